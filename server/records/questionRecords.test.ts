import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { approvalEntry } from './questionRecords.ts';

const asked = (id: string, isSecret: boolean) => ({ id, header: 'H', question: 'What?', isOther: true, isSecret, options: null });

describe('the record of an answer', () => {
	it('has what was answered, but nothing that was typed unseen', () => {
		const question = {
			kind: 'userInput',
			turnId: 'u',
			askedAt: 5,
			question: { itemId: 'i', questions: [asked('name', false), asked('password', true)] },
		} as const;
		const entry = approvalEntry(question, {
			answer: { type: 'answered', answers: { name: ['Ada'], password: ['hunter2'], other: ['hunter3'] } },
			by: null,
		});
		const text = JSON.stringify(entry);
		assert.ok(text.includes('Ada') && text.includes('(not recorded)'), text);
		assert.ok(!text.includes('hunter'), text);
	});

	it('says for approvals what was decided and by whom', () => {
		const question = { itemId: 'i', changes: [], reason: null, grantRoot: null };
		const entry = approvalEntry({ kind: 'fileChange', turnId: 'u', askedAt: 5, question }, { answer: { type: 'acceptForSession' }, by: 'editor' });
		assert.deepEqual(entry.payload, {
			type: 'tiller_approval',
			turn_id: 'u',
			item_id: 'i',
			kind: 'fileChange',
			decision: { type: 'acceptForSession' },
			asked_at_ms: 5,
			answered_by: 'editor',
		});
	});
});
