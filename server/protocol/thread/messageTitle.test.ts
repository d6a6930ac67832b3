import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { attachmentBlock } from './attachmentBlocks.ts';
import { cutText, messageTitle } from './messageTitle.ts';

describe('the title of a message', () => {
	it('has no attachment in it, unless nothing was said', () => {
		const block = attachmentBlock({ kind: 'file', label: 'src/a.ts', content: 'export {}' });
		assert.equal(messageTitle(`Explain this\n\n${block}`), 'Explain this');
		assert.equal(messageTitle(`\n\n${block}`), 'src/a.ts');
		for (const cut of [20, 50]) assert.equal(messageTitle(`Explain this\n\n${block.slice(0, cut)}`), 'Explain this');
	});

	it('is one line that hides nothing', () => {
		assert.equal(messageTitle('  \nFix  the \u202Etest\nand more'), 'Fix the ⟨U+202E⟩test');
	});

	it('is never cut inside of a character', () => {
		assert.equal(cutText('👩\u200D👩\u200D👧👩\u200D👩\u200D👧👩\u200D👩\u200D👧', 3), '👩\u200D👩\u200D👧👩\u200D👩\u200D👧👩\u200D👩\u200D👧');
		assert.equal(cutText('👍🏽'.repeat(5), 3), '👍🏽👍🏽…');
		assert.equal(cutText('abc', 3), 'abc');
		assert.equal(cutText('abcd', 3), 'ab…');
	});
});
