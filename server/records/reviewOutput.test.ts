import assert from 'node:assert/strict';
import { parseReview, reviewText } from './reviewOutput.ts';

const review = {
	findings: [
		{
			title: '[P1] Off by one',
			body: 'The loop runs too far.\n\nStop at the length.',
			confidence_score: 0.9,
			priority: 1,
			code_location: { absolute_file_path: '/w/a.ts', line_range: { start: 10, end: 20 } },
		},
	],
	overall_correctness: 'patch is incorrect',
	overall_explanation: 'One problem.',
	overall_confidence_score: 0.8,
};
const text = 'One problem.\n\nReview comment:\n\n- [P1] Off by one — /w/a.ts:10-20\n  The loop runs too far.\n\n  Stop at the length.';

describe('the result of a review', () => {
	it('is read from a structured answer, also one with words or a fence around it', () => {
		assert.equal(reviewText(parseReview(JSON.stringify(review))), text);
		assert.equal(reviewText(parseReview(`Here it is:\n\`\`\`json\n${JSON.stringify(review)}\n\`\`\``)), text);
	});

	it('is the answer itself when it has no structure', () => {
		assert.equal(reviewText(parseReview('Looks fine to me.')), 'Looks fine to me.');
		assert.equal(reviewText(parseReview('{"a": 1}')), '{"a": 1}');
		assert.equal(reviewText(parseReview('')), 'The reviewer did not say anything.');
	});

	it('keeps what can be used of damaged findings', () => {
		const damaged = {
			...review,
			findings: [null, { title: 3 }, { title: 'No place' }, { ...review.findings[0], code_location: { line_range: { start: -4, end: 'x' } } }],
		};
		const { findings } = parseReview(JSON.stringify(damaged));
		assert.deepEqual(
			findings.map(({ title, path, startLine, endLine }) => [title, path, startLine, endLine]),
			[
				['No place', '', 1, 1],
				['[P1] Off by one', '', 1, 1],
			],
		);
	});
});
