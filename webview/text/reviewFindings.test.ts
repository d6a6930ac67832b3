import assert from 'node:assert/strict';
import { reviewFindings } from './reviewFindings.ts';

describe('the findings of a review', () => {
	it('are read from its text, with their places', () => {
		const text =
			'Two problems.\n\nFull review comments:\n\n- [P1] Wrong sum — /w/a — b.js:2-3\n  It adds one.\n\n  Take it off.\n\n- Unused — /w/c.js:7-7\n  Remove it.';
		assert.deepEqual(reviewFindings(text), {
			summary: 'Two problems.',
			findings: [
				{ title: 'Wrong sum', priority: 1, path: '/w/a — b.js', startLine: 2, endLine: 3, body: 'It adds one.\n\nTake it off.' },
				{ title: 'Unused', priority: null, path: '/w/c.js', startLine: 7, endLine: 7, body: 'Remove it.' },
			],
		});
	});

	it('are none in a text of another form', () => {
		for (const text of ['Looks fine to me.', 'Review comment:\n\nnothing', ''])
			assert.deepEqual(reviewFindings(text), { summary: text, findings: [] });
	});
});
