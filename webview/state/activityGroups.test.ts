import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import { activityGroups, saysAll } from './activityGroups.ts';
import type { HookRun } from '../hooks/turnHookRuns.ts';
import type { ItemState } from './viewState.ts';

type Command = Extract<ThreadItem, { type: 'commandExecution' }>;

const command = (text: string, actions: Command['commandActions'], change: Partial<Command> = {}): Command => ({
	type: 'commandExecution',
	id: text,
	command: text,
	cwd: '/w',
	processId: null,
	source: 'agent',
	status: 'completed',
	commandActions: actions,
	aggregatedOutput: '',
	exitCode: 0,
	durationMs: 1,
	...change,
});
const read = (path: string): Command => command(`cat ${path}`, [{ type: 'read', command: `cat ${path}`, name: path, path }]);
const run = (text: string, change: Partial<Command> = {}) => command(text, [{ type: 'unknown', command: text }], change);
const say = (text: string): ThreadItem => ({ type: 'agentMessage', id: text, text, phase: null, memoryCitation: null });
const states = (...items: readonly ThreadItem[]): readonly ItemState[] =>
	items.map((item) => ({ item, done: !('status' in item && item.status === 'inProgress'), startedAtMs: null, progress: null }));

const hookRun: HookRun = {
	...{ id: 'h', eventName: 'postToolUse', handlerType: 'command', executionMode: 'sync', scope: 'turn' },
	...{ sourcePath: '/hooks.json', source: 'user', displayOrder: 0, status: 'completed', statusMessage: null },
	...{ startedAt: 1, completedAt: 2, durationMs: 20, entries: [] },
};

describe('groups of activity', () => {
	it('fold what has succeeded when text follows, and count it', () => {
		const items = states(read('a'), read('b'), read('a'), run('npm test'), say('Now I know.'));
		assert.deepEqual(activityGroups({ items, status: 'inProgress', hookRuns: [] }), [
			{ from: 0, to: 4, files: 2, searches: 0, commands: 1, tools: 0 },
		]);
	});

	it('stay open while nothing follows yet, and fold with the end of the turn', () => {
		const items = states(read('a'), run('ls'));
		assert.deepEqual(activityGroups({ items, status: 'inProgress', hookRuns: [] }), []);
		assert.equal(activityGroups({ items, status: 'completed', hookRuns: [] }).length, 1);
	});

	it('never hide what failed, runs, was denied or is alone', () => {
		const items = states(
			read('a'),
			run('false', { status: 'failed', exitCode: 1 }),
			run('x', { status: 'declined', exitCode: null }),
			run('server &', { exitCode: null }),
			run('sleep', { status: 'inProgress', exitCode: null }),
			say('Hm.'),
		);
		assert.deepEqual(activityGroups({ items, status: 'completed', hookRuns: [] }), []);
	});

	it('never hide what a hook said, only that one ran', () => {
		const items = states(read('a'), run('ls'), run('npm test'), say('Done.'));
		const groupsWith = (change: Partial<HookRun>) =>
			activityGroups({ items, status: 'completed', hookRuns: [{ run: { ...hookRun, ...change }, afterItemId: 'ls' }] });
		assert.deepEqual(
			groupsWith({}).map(({ from, to }) => [from, to]),
			[[0, 3]],
		);
		assert.deepEqual(groupsWith({ entries: [{ kind: 'context', text: 'more' }] }), []);
	});
});

describe('a summary of a command', () => {
	it('is one only when it says all', () => {
		const list: Command['commandActions'] = [{ type: 'listFiles', command: 'ls', path: null }];
		assert.equal(saysAll(command('ls', list)), true);
		assert.equal(saysAll(command("/bin/bash -lc 'ls'", list)), true);
		assert.equal(saysAll(command('echo secret > x; ls | head', list)), false);
		assert.equal(saysAll(command('ls && ls', [...list, ...list])), true);
		assert.equal(saysAll(run('rm -rf build')), false);
	});
});
