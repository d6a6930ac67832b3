import assert from 'node:assert/strict';
import { compareProblems, type Problem, type ProblemState } from './compareProblems.ts';

const problem = (uri: string, message: string, line = 1): Problem => ({ uri, line, column: 1, severity: 'error', message, source: 'ts 1' });
const state = (open: readonly string[], ...problems: readonly Problem[]): ProblemState => ({ open: new Set(open), problems });
const nothing = { created: new Set<string>(), deleted: new Set<string>() };
const counts = (before: ProblemState, after: ProblemState, life = nothing) => {
	const { added, ...rest } = compareProblems(before, after, life);
	return { ...rest, added: added.map(({ message, line }) => `${message}:${line}`) };
};

describe('problems before and after a turn', () => {
	it('tell what was fixed and what is new, wherever the lines have gone', () => {
		assert.deepEqual(counts(state(['a'], problem('a', 'x', 3), problem('a', 'y', 4)), state(['a'], problem('a', 'y', 14), problem('a', 'z', 2))), {
			before: 2,
			after: 2,
			fixed: 1,
			added: ['z:2'],
			notCompared: 0,
		});
	});

	it('count equal words one by one, and point to the one that came', () => {
		const found = counts(state(['a'], problem('a', 'x', 3)), state(['a'], problem('a', 'x', 1), problem('a', 'x', 3)));
		assert.deepEqual(found, { before: 1, after: 2, fixed: 0, added: ['x:1'], notCompared: 0 });
	});

	it('do not call new what a file had before anybody looked at it', () => {
		assert.deepEqual(counts(state([]), state(['a'], problem('a', 'x'))), { before: 0, after: 0, fixed: 0, added: [], notCompared: 1 });
	});

	it('call new what is in a file that the turn made', () => {
		const found = counts(state([]), state(['a'], problem('a', 'x')), { ...nothing, created: new Set(['a']) });
		assert.deepEqual([found.added, found.notCompared], [['x:1'], 0]);
	});

	it('do not call fixed what a closed file has no more', () => {
		assert.deepEqual(counts(state(['a'], problem('a', 'x')), state([])), { before: 0, after: 0, fixed: 0, added: [], notCompared: 1 });
	});

	it('call fixed what went with its file, or what a server of the whole project says no more', () => {
		assert.equal(counts(state(['a'], problem('a', 'x')), state([]), { ...nothing, deleted: new Set(['a']) }).fixed, 1);
		assert.equal(counts(state([], problem('a', 'x')), state([])).fixed, 1);
	});
});
