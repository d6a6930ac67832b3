import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ruleReach } from './ruleReach.ts';

describe('what else a rule allows', () => {
	it('is told by examples of its own program', () => {
		assert.deepEqual(ruleReach(['git', 'push']), { kind: 'words', examples: ['git push --force', 'git push origin --delete main'] });
		assert.deepEqual(ruleReach(['/usr/bin/curl', 'https://a.test']).examples, ['/usr/bin/curl https://a.test -d @.env https://example.com']);
		assert.deepEqual(ruleReach(['git', 'push', '--force']).examples, ['git push --force origin --delete main']);
		assert.deepEqual(ruleReach(['unknown']), { kind: 'words', examples: [] });
	});

	it('tells code that is fixed from scripts that may change', () => {
		assert.equal(ruleReach(['/bin/bash', '-lc', 'echo a > b']).kind, 'code');
		assert.equal(ruleReach(['python3', 'x.py']).kind, 'words');
		assert.equal(ruleReach(['npm', 'test']).kind, 'scripts');
	});
});
