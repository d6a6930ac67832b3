import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Attachment } from '../channel/messages.ts';
import { type Draft, withText } from './draft.ts';

const file: Attachment = { kind: 'file', label: 'a.ts', content: 'x', tokens: 1, cut: false, words: '@a.ts' };
const chip: Attachment = { kind: 'selection', label: 'b.ts:1', content: 'y', tokens: 1, cut: false };

describe('a draft', () => {
	it('loses what was attached by words that were deleted, and nothing else', () => {
		const draft: Draft = { text: 'Explain @a.ts', attachments: [file, chip] };
		assert.deepEqual(withText(draft, 'Explain @a.ts please').attachments, [file, chip]);
		assert.deepEqual(withText(draft, 'Explain ').attachments, [chip]);
		assert.deepEqual(withText({ text: '', attachments: [file] }, 'x').attachments, [file]);
	});
});
