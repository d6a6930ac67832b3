import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Attachment } from '../channel/attachment.ts';
import { appAttachment, type Draft, inputOf, isBound, parseDraft, skillAttachment, namedIn, withText } from './draft.ts';

const file: Attachment = { kind: 'file', label: 'a.ts', content: 'x', tokens: 1, cut: false, words: '@a.ts' };
const chip: Attachment = { kind: 'selection', label: 'b.ts:1', content: 'y', tokens: 1, cut: false };

describe('a draft', () => {
	it('loses what was attached by words that were deleted, and nothing else', () => {
		const draft: Draft = { text: 'Explain @a.ts', attachments: [file, chip] };
		assert.deepEqual(withText(draft, 'Explain @a.ts please').attachments, [file, chip]);
		assert.deepEqual(withText(draft, 'Explain ').attachments, [chip]);
		assert.deepEqual(withText({ text: '', attachments: [file] }, 'x').attachments, [file]);
	});

	describe('with a skill', () => {
		const mine = skillAttachment({ name: 'lint', path: '/home/lint/SKILL.md' });
		const ours = skillAttachment({ name: 'lint', path: '/repo/lint/SKILL.md' });

		it('sends it as what it is, with the place of its word in bytes', () => {
			assert.deepEqual(inputOf({ text: ' Ü $lint, then $lint-all and $lint ', attachments: [mine, file, ours] }), [
				{
					type: 'text',
					text: 'Ü $lint, then $lint-all and $lint',
					text_elements: [
						{ byteRange: { start: 3, end: 8 }, placeholder: '$lint' },
						{ byteRange: { start: 29, end: 34 }, placeholder: '$lint' },
					],
				},
				{ type: 'skill', name: 'lint', path: '/home/lint/SKILL.md' },
				{ type: 'text', text: '\n\n<attachment kind="file" label="a.ts">\nx\n</attachment>', text_elements: [] },
				{ type: 'skill', name: 'lint', path: '/repo/lint/SKILL.md' },
			]);
		});

		it('loses it with its word, also when the word becomes another', () => {
			const draft: Draft = { text: '$lint and $lint', attachments: [mine, ours] };
			assert.deepEqual(withText(draft, '$lint and $lint now').attachments, [mine, ours]);
			assert.deepEqual(withText(draft, '$lint and ').attachments, [mine]);
			assert.deepEqual(withText(draft, '$lints and ').attachments, []);
			assert.deepEqual(withText({ text: '', attachments: [mine] }, 'x').attachments, [mine]);
		});

		it('knows whether each of its words has its own', () => {
			assert.equal(isBound({ text: 'x $lint', attachments: [mine] }, '$lint'), true);
			assert.equal(isBound({ text: '$lint $lint', attachments: [mine] }, '$lint'), false);
			assert.equal(isBound({ text: '$lint', attachments: [] }, '$lint'), false);
		});

		it('has it again from what was saved or sent', () => {
			const draft: Draft = { text: '$lint', attachments: [mine] };
			assert.deepEqual(parseDraft(structuredClone(draft)), draft);
			assert.deepEqual(namedIn(inputOf(draft)), [mine]);
		});

		it('holds an app in the same way, as the mention of its address', () => {
			const mail = appAttachment({ id: 'a-1', name: 'Big Mail!' });
			const draft: Draft = { text: 'read $big-mail', attachments: [mail] };
			const sent = inputOf(draft);
			assert.deepEqual(sent, [
				{ type: 'text', text: 'read $big-mail', text_elements: [{ byteRange: { start: 5, end: 14 }, placeholder: '$big-mail' }] },
				{ type: 'mention', name: 'Big Mail!', path: 'app://a-1' },
			]);
			assert.deepEqual(namedIn(sent), [mail]);
			assert.deepEqual(namedIn([{ type: 'mention', name: 'x', path: 'other://x' }]), []);
			assert.deepEqual(withText(draft, 'read $big').attachments, []);
			assert.deepEqual(parseDraft(structuredClone(draft)), draft);
			assert.equal(appAttachment({ id: 'b', name: '!!' }).words, '$app');
		});
	});
});
