import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type AgentChange, type FileReview, hunksOf, isSettled, keepHunk, markReviewed, originalText, takeChange, undoHunk } from './fileReview.ts';

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;
const text = (value: string | null) => ({ type: 'text', text: value }) as const;
const change = (before: string | null, after: string | null, checkpointId = 'turn'): AgentChange => ({
	path: '/a',
	source: { threadId: 'thread', checkpointId },
	before: text(before),
	after: text(after),
});

function review(before: string | null, after: string | null): FileReview {
	const result = takeChange(null, change(before, after));
	assert.ok(result !== null);
	return result;
}

/** What the document becomes when these lines come to where the hunk is. */
function replaced(live: string, { start, end }: { start: number; end: number }, by: readonly string[]): string {
	return live
		.split('\n')
		.toSpliced(start, end - start, ...by)
		.join('\n');
}

const anyText = fc.array(fc.constantFrom('', 'a', 'b', 'c', 'd'), { maxLength: 12 }).map((all) => all.join('\n'));

describe('the review of a file', () => {
	it('has a hunk for each place that the agent changed', () => {
		const hunks = hunksOf(review(lines('1', '2', '3', '4', '5'), lines('one', '2', '3', '5')), lines('one', '2', '3', '5'));
		assert.deepEqual(
			hunks.map(({ live, removed, added }) => [live, removed, added]),
			[
				[{ start: 0, end: 1 }, ['1'], ['one']],
				[{ start: 3, end: 3 }, ['4'], []],
			],
		);
	});

	it('follows the hunks when the person types elsewhere, and never shows that as a change', () => {
		const after = lines('1', 'two', '3');
		const [hunk, ...others] = hunksOf(review(lines('1', '2', '3'), after), lines('mine', 'mine', '1', 'two', '3', 'mine'));
		assert.deepEqual([hunk?.live, hunk?.edited, others], [{ start: 3, end: 4 }, false, []]);
	});

	it('says which hunk the person has changed', () => {
		const [hunk] = hunksOf(review(lines('1', '2', '3'), lines('1', 'two', 'zwei', '3')), lines('1', 'two', 'mine', '3'));
		assert.deepEqual([hunk?.live, hunk?.edited], [{ start: 1, end: 3 }, true]);
	});

	it('has no hunk where the person brought the old lines back, whatever was done there', () => {
		const before = lines('1', '2', '3', '4', '5');
		const cases: readonly (readonly [agent: string, live: string, left: number])[] = [
			[lines('1', 'two', '3', '4', 'five'), lines('1', '2', '3', '4', 'five'), 1],
			[lines('1', '2', 'new', '3', '4', 'five'), lines('1', '2', '3', '4', 'five'), 1],
			[lines('1', '3', '4', 'five'), lines('1', '2', '3', '4', 'five'), 1],
			[lines('1', '3', '4', 'five'), lines('mine', '1', '2', '3', '4', '5'), 0],
			[lines('1', '3', '4', 'five'), lines('1', 'mine', '3', '4', 'five'), 2],
		];
		for (const [agent, live, left] of cases) assert.equal(hunksOf(review(before, agent), live).length, left, live);
	});

	it('is over when nothing of it is left in the file', () => {
		const changed = review(lines('1', '2'), lines('1', 'two'));
		assert.deepEqual(
			[lines('1', '2'), lines('mine', '1', '2'), lines('1', 'two'), null].map((live) => isSettled(changed, live)),
			[true, true, false, false],
		);
		const added = review(null, lines('1'));
		assert.deepEqual([isSettled(added, null), isSettled(added, lines('1')), isSettled(added, '')], [true, false, false]);
		const deleted = review(lines('1'), null);
		assert.deepEqual([isSettled(deleted, null), isSettled(deleted, lines('1')), isSettled(deleted, 'other')], [false, true, false]);
	});

	it('keeps one hunk and undoes another', () => {
		const before = lines('1', '2', '3', '4', '5');
		const after = lines('one', '2', '3', '4', 'five');
		const first = review(before, after);
		const [one, five] = hunksOf(first, after);
		assert.ok(one && five);
		const kept = keepHunk(first, one);
		assert.ok(kept);
		assert.equal(hunksOf(kept, after).length, 1);
		const [left] = hunksOf(kept, after);
		assert.ok(left);
		const undone = undoHunk(kept, left);
		assert.equal(undone.review, null);
		assert.equal(replaced(after, left.live, undone.lines), lines('one', '2', '3', '4', '5'));
	});

	it('adds later changes of the agent to those that are open, and takes what the person changed in between as decided', () => {
		const first = review(lines('1', '2', '3', '4', '5', '6'), lines('one', '2', '3', '4', '5', '6'));
		const next = takeChange(first, change(lines('one', '2', '3', 'mine', '5', '6'), lines('one', '2', '3', 'mine', '5', 'six'), 'later'));
		assert.ok(next);
		const live = lines('one', '2', '3', 'mine', '5', 'six');
		assert.deepEqual(
			hunksOf(next, live).map(({ added }) => added),
			[['one'], ['six']],
		);
		assert.deepEqual(
			next.sources.map(({ checkpointId }) => checkpointId),
			['turn', 'later'],
		);
	});

	it('is over when the agent takes its change back itself', () => {
		assert.equal(takeChange(review('a\n', 'b\n'), change('b\n', 'a\n')), null);
		assert.equal(takeChange(review(null, 'b\n'), change('b\n', null)), null);
	});

	it('shows a new file as one hunk, and a deleted one without', () => {
		assert.deepEqual(
			hunksOf(review(null, lines('a', 'b')), lines('a', 'b')).map(({ added }) => added),
			[['a', 'b']],
		);
		assert.deepEqual(hunksOf(review('a\n', null), ''), []);
	});

	it('cannot be read in parts when a content is no text', () => {
		const opaque = takeChange(review('a\n', 'b\n'), { ...change('b\n', 'c\n'), after: { type: 'opaque' } });
		assert.equal(opaque?.opaque, true);
		assert.deepEqual(opaque && hunksOf(opaque, 'x'), []);
	});

	it('remembers which hunks were looked at while their lines stay', () => {
		const first = review(lines('1', '2'), lines('one', '2'));
		const id = hunksOf(first, lines('one', '2'))[0]?.id ?? '';
		const marked = markReviewed(first, id);
		assert.equal(hunksOf(marked, lines('x', 'one', '2'))[0]?.reviewed, true);
		assert.equal(hunksOf(markReviewed(marked, id), lines('one', '2'))[0]?.reviewed, false);
	});

	it('does not mind line ends', () => {
		assert.equal(takeChange(null, change('a\r\nb\r\n', 'a\nb\n')), null);
		assert.equal(hunksOf(review('a\r\nb\r\n', 'a\r\nc\r\n'), 'a\r\nc\r\n').length, 1);
	});

	it('gives the old text when every hunk is undone, and the new base when every hunk is kept', () => {
		fc.assert(
			fc.property(anyText, anyText, (before, after) => {
				let open = takeChange(null, change(before, after));
				let live = after;
				for (let rounds = 0; open !== null && rounds < 50; rounds++) {
					const [hunk] = hunksOf(open, live);
					assert.ok(hunk);
					assert.equal(hunk.edited, false);
					const undone = undoHunk(open, hunk);
					live = replaced(live, hunk.live, undone.lines);
					open = undone.review;
				}
				assert.equal(live, before);
				let kept = takeChange(null, change(before, after));
				for (let rounds = 0; kept !== null && rounds < 50; rounds++) {
					const [hunk] = hunksOf(kept, after);
					assert.ok(hunk);
					kept = keepHunk(kept, hunk);
				}
				assert.equal(kept, null);
			}),
		);
	});

	it('leaves what the person typed when a hunk is undone', () => {
		const before = lines('1', '2', '3', '4', '5', '6', '7');
		const open = review(before, lines('1', 'two', '3', '4', '5', '6', '7'));
		const live = lines('1', 'two', '3', '4', '5', 'mine', '7');
		const [hunk] = hunksOf(open, live);
		assert.ok(hunk);
		assert.equal(replaced(live, hunk.live, undoHunk(open, hunk).lines), lines('1', '2', '3', '4', '5', 'mine', '7'));
		assert.equal(originalText(open, live), lines('1', '2', '3', '4', '5', 'mine', '7'));
	});
});
