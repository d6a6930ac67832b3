import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinShellWords } from '../../exec/shellQuote.ts';
import { shellScriptOf, shellScriptOfWords } from './shellScript.ts';

describe('the script of a command on the wire', () => {
	it('is what the shell is given, whatever quotes it needed', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('/bin/bash', 'zsh', '/usr/bin/sh'), (script, shell) => {
				assert.equal(shellScriptOf(joinShellWords([shell, '-lc', script])), script);
			}),
		);
	});

	it('is the line itself when that runs no shell, or more than one script', () => {
		for (const line of ['git push', "bash -lc 'a' b", "bash -x 'a'", "bash -lc 'open", 'crash -lc x', '']) {
			assert.equal(shellScriptOf(line), line);
		}
	});

	it('is found in words too', () => {
		assert.equal(shellScriptOfWords(['/bin/bash', '-lc', 'a && b']), 'a && b');
		assert.equal(shellScriptOfWords(['git', 'push']), 'git push');
	});
});
