import assert from 'node:assert/strict';
import type { ThreadActivity } from '../../server/protocol/thread/threadActivity.ts';
import { AgentList } from './agentList.ts';

type State = ThreadActivity['state'];
const ask = { kind: 'command', text: 'npm test', askedAt: 1 } as const;
function row(
	id: string,
	state: State,
	{ parent = null, startedAt = 0, asks = state === 'waiting' ? 1 : 0 }: { parent?: string | null; startedAt?: number; asks?: number } = {},
): ThreadActivity {
	return {
		thread: { id, parentThreadId: parent, createdAt: 0, updatedAt: startedAt } as ThreadActivity['thread'],
		state,
		turn: { id: 't', status: 'inProgress', startedAt, durationMs: null },
		...{ step: null, plan: null, tokens: null, readState: null, server: null },
		asks: Array.from({ length: asks }, () => ask),
	};
}
const ids = (rows: readonly ThreadActivity[]) => rows.map(({ thread }) => thread.id);

describe('the list of agents', () => {
	it('has what waits first, then what runs, then what is unread, the newest first', () => {
		const list = new AgentList();
		list.set([row('old', 'unread', { startedAt: 1 }), row('runs', 'running'), row('new', 'unread', { startedAt: 2 }), row('waits', 'waiting')]);
		assert.deepEqual(ids(list.roots()), ['waits', 'runs', 'new', 'old']);
		assert.deepEqual(list.counts, { waiting: 1, running: 1, unread: 2 });
	});

	it('has agents below their threads, which stand as high as the most urgent of them', () => {
		const list = new AgentList();
		list.set([
			row('runs', 'running'),
			row('parent', 'idle'),
			row('agent', 'waiting', { parent: 'parent', asks: 2 }),
			row('other', 'running', { parent: 'gone' }),
		]);
		assert.deepEqual(ids(list.roots()), ['parent', 'other', 'runs']);
		assert.deepEqual(ids(list.agentsOf('parent')), ['agent']);
		assert.equal(list.parentOf('agent'), 'parent');
		assert.equal(list.parentOf('other'), null);
		assert.equal(list.counts.waiting, 2);
	});

	it('loses no row, also when threads name each other as parents', () => {
		const list = new AgentList();
		list.set([row('a', 'running', { parent: 'b' }), row('b', 'running', { parent: 'a' }), row('self', 'running', { parent: 'self' })]);
		assert.deepEqual(ids(list.roots()).sort(), ['a', 'b', 'self']);
	});

	it('follows what the server tells', () => {
		const list = new AgentList();
		list.set([row('a', 'running'), row('b', 'running')]);
		let heard = 0;
		list.onDidChange(() => heard++);
		list.apply({ changed: [row('a', 'unread'), row('c', 'waiting')], removed: ['b'] });
		assert.deepEqual(ids(list.roots()), ['c', 'a']);
		assert.equal(heard, 1);
	});
});
