import assert from 'node:assert/strict';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import { turnTests } from './turnTests.ts';

let id = 0;
const run = (passed: number, failed: number, command = 'npm test', type: 'unknown' | 'read' = 'unknown'): ThreadItem => ({
	type: 'commandExecution',
	id: `c${id++}`,
	command: `/bin/bash -lc '${command}'`,
	cwd: '/shop',
	processId: null,
	source: 'agent',
	status: failed > 0 ? 'failed' : 'completed',
	commandActions: [type === 'read' ? { type, command, name: 'log', path: '/shop/log' } : { type, command }],
	aggregatedOutput: `${passed} passed, ${failed} failed\n`,
	exitCode: failed > 0 ? 1 : 0,
	durationMs: 1,
});
const edit = (status: 'completed' | 'failed' | 'declined' = 'completed'): ThreadItem => ({
	type: 'fileChange',
	id: `f${id++}`,
	changes: [{ path: '/shop/a.ts', kind: { type: 'update', move_path: null }, diff: '' }],
	status,
});
const of = (...items: readonly ThreadItem[]) => {
	const tests = turnTests(items.map((item) => ({ item })));
	const words = (counts: { passed: number; failed: number } | undefined) => (counts === undefined ? null : `${counts.passed}/${counts.failed}`);
	return tests === null ? null : [words(tests.before?.counts), words(tests.after?.counts)];
};

describe('the tests of a turn', () => {
	it('are those of the last run before the edits and of the last one after them', () => {
		assert.deepEqual(of(run(1, 3), run(12, 2), edit(), run(13, 1), edit(), run(13, 1), run(14, 0)), ['12/2', '14/0']);
	});

	it('say only what came last when nothing was edited', () => {
		assert.deepEqual(of(run(1, 3), run(12, 2), edit('declined')), [null, '12/2']);
	});

	it('say that they were not run again after an edit', () => {
		assert.deepEqual(of(run(12, 2), edit(), run(14, 0), edit()), ['12/2', null]);
	});

	it('do not compare what is not the same command', () => {
		assert.deepEqual(of(run(12, 2), edit(), run(3, 0, 'npm test -- cart')), [null, '3/0']);
	});

	it('are not those of a log that was read, and none where none ran', () => {
		assert.equal(of(run(12, 2, 'cat log', 'read'), edit()), null);
		assert.equal(of(edit(), run(0, 0, 'npm run build')), null);
	});
});
