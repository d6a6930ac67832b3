import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messagesInSources, readWords } from './l10nMessages.ts';

describe('the words of extension and page', () => {
	it('are all in l10n/bundle.l10n.json, for translators', async () => {
		const known = Object.keys(await readWords('l10n/bundle.l10n.json'));
		assert.deepEqual(await messagesInSources(), known, 'run "npm run l10n"');
	});

	it('are said through t, so that they can be translated', async () => {
		const source = await readFile(path.resolve(import.meta.dirname, '../../webview/strings.ts'), 'utf8');
		const rest = source
			.replaceAll(/\/\*\*.*?\*\/|^\s*\/\/.*$/gms, '')
			.replaceAll(/^import .*$/gm, '')
			.replaceAll(/\bt\(\s*(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g, 't(')
			.replaceAll(/=== '[^'\n]*'/g, '');
		assert.deepEqual(rest.match(/'[^'\n]*'|"[^"\n]*"|`[^`]*`/g), ["'Tiller'"], 'put these into t(…)');
	});
});
