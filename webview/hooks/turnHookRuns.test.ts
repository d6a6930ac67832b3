import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import { type HookRun, linesOf, runsByPlace, spentOn, withHookRun } from './turnHookRuns.ts';

const run = (id: string, change: Partial<HookRun> = {}): HookRun => ({
	id,
	eventName: 'postToolUse',
	handlerType: 'command',
	executionMode: 'sync',
	scope: 'turn',
	sourcePath: '/hooks.json',
	source: 'user',
	displayOrder: 0,
	status: 'completed',
	statusMessage: null,
	startedAt: 10,
	completedAt: 11,
	durationMs: 20,
	entries: [],
	...change,
});
const running = (id: string, startedAt = 10) => run(id, { status: 'running', startedAt, completedAt: null, durationMs: null });

describe('the runs of hooks in a turn', () => {
	it('end where they began, and are there once however often they are told', () => {
		const told = [
			{ run: running('a'), afterItemId: 'i' },
			{ run: running('a'), afterItemId: 'j' },
			{ run: run('a'), afterItemId: 'j' },
			{ run: run('a'), afterItemId: 'k' },
			{ run: running('a'), afterItemId: 'k' },
		].reduce(withHookRun, []);
		assert.deepEqual(told, [{ run: run('a'), afterItemId: 'i' }]);
	});

	it('of one hook in one turn are kept apart', () => {
		const again = run('a', { startedAt: 12, completedAt: 12, durationMs: 7 });
		const told = [run('a'), running('a', 12), again].map((each) => ({ run: each, afterItemId: null })).reduce(withHookRun, []);
		assert.deepEqual(
			told.map((each) => each.run),
			[run('a'), again],
		);
	});

	it('stand behind their items, also when an item is not shown', () => {
		const items = [{ item: { type: 'userMessage', id: 'one', content: [] } satisfies ThreadItem, done: true, startedAtMs: null, progress: null }];
		const hookRuns = [
			{ run: run('first'), afterItemId: null },
			{ run: run('second'), afterItemId: 'one' },
			{ run: run('third'), afterItemId: 'hidden' },
		];
		const places = [...runsByPlace({ items, hookRuns })].map(([place, runs]) => [place, runs.map(({ id }) => id)]);
		assert.deepEqual(places, [
			[-1, ['first']],
			[0, ['second', 'third']],
		]);
	});

	it('that have nothing to say share a line, and the time that passed side by side counts once', () => {
		const quiet = [run('a', { durationMs: 100 }), run('b', { durationMs: 300 }), run('c', { eventName: 'preToolUse', durationMs: 50 })];
		const blocked = run('d', { status: 'blocked', entries: [{ kind: 'feedback', text: 'no' }] });
		assert.deepEqual(
			linesOf([...quiet, blocked, run('e')]).map((line) => line.map(({ id }) => id)),
			[['a', 'b', 'c'], ['d'], ['e']],
		);
		assert.equal(spentOn(quiet), 350);
	});
});
