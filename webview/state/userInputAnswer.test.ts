import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { answersOf, emptyDraft, isAnswered } from './userInputAnswer.ts';

const question = (id: string, labels: readonly string[] | null) => ({
	id,
	header: 'h',
	question: '?',
	isOther: true,
	isSecret: false,
	options: labels && labels.map((label) => ({ label, description: '' })),
});

describe('answers to questions of the model', () => {
	it('hold the chosen option, and own words as a note beside it', () => {
		const drafts = { a: { option: 'Left', words: ' soon ' }, b: { option: null, words: 'neither' } };
		assert.deepEqual(answersOf([question('a', ['Left']), question('b', ['Left']), question('c', ['Left'])], drafts), {
			a: { answers: ['Left', 'user_note: soon'] },
			b: { answers: ['user_note: neither'] },
		});
	});

	it('are plain words where there are no options', () => {
		assert.deepEqual(answersOf([question('a', null)], { a: { option: null, words: 'blue' } }), { a: { answers: ['blue'] } });
	});

	it('need an option or words', () => {
		assert.deepEqual(
			[isAnswered(emptyDraft), isAnswered({ option: null, words: ' ' }), isAnswered({ option: 'x', words: '' })],
			[false, false, true],
		);
	});
});
