import assert from 'node:assert/strict';
import type { Client } from '../server/client.ts';
import { UnreadThreads } from './unreadThreads.ts';

const unread = (turnId: string, revision: string) => ({ firstUnread: { type: 'turn' as const, turnId }, revision });
const read = (revision: string) => ({ firstUnread: null, revision });

describe('unread threads', () => {
	function setUp() {
		const asked: unknown[] = [];
		let shown: readonly string[] = [];
		const threads = new UnreadThreads(() => shown);
		const request = async (method: string, params: { readonly operation: { readonly type: string } }) => {
			asked.push([method, params]);
			return { readState: params.operation.type === 'read' ? read('r9') : { firstUnread: { type: 'threadStart' }, revision: 'r9' } };
		};
		threads.connect({ request } as unknown as Client);
		return { threads, asked, show: (threadId: string) => (shown = [threadId]) };
	}
	const settled = () => new Promise((resolve) => setImmediate(resolve));

	it('are those that the server says, until they are looked at', async () => {
		const { threads, asked, show } = setUp();
		threads.learn({ a: unread('t1', 'r1'), b: read('r2') });
		assert.deepEqual([threads.has('a'), threads.has('b'), threads.has('c')], [true, false, false]);
		show('a');
		threads.look();
		await settled();
		assert.deepEqual(asked, [['thread/readState/update', { threadId: 'a', operation: { type: 'read' }, expectedRevision: 'r1' }]]);
		assert.equal(threads.has('a'), false);
		threads.look();
		await settled();
		assert.equal(asked.length, 1, 'what is read is not marked again');
	});

	it('grow by what happens where nobody looks', async () => {
		const { threads, asked, show } = setUp();
		show('b');
		threads.notice({ method: 'thread/readState/changed', params: { threadId: 'a', readState: unread('t1', 'r1') } });
		assert.equal(threads.has('a'), true);
		threads.notice({ method: 'thread/readState/changed', params: { threadId: 'b', readState: unread('t2', 'r2') } });
		await settled();
		assert.deepEqual([threads.has('b'), asked.length], [false, 1]);
		await threads.mark('b', 'unread');
		assert.equal(threads.has('b'), true);
	});

	it('stay unread when a person marked them while they were shown, until they are shown anew', async () => {
		const { threads, asked, show } = setUp();
		threads.learn({ a: read('r1'), b: read('r1') });
		show('a');
		await threads.markByHand('a', 'unread');
		threads.notice({ method: 'thread/readState/changed', params: { threadId: 'a', readState: unread('t1', 'r2') } });
		await settled();
		assert.deepEqual([threads.has('a'), asked.length], [true, 1]);
		show('b');
		threads.look();
		show('a');
		threads.look();
		await settled();
		assert.equal(threads.has('a'), false);
	});
});
