import assert from 'node:assert/strict';
import type { Thread } from '../../server/protocol/thread.ts';
import type { Client } from '../server/client.ts';
import { ThreadList, threadTitle } from './threadList.ts';

function thread(id: string, updatedAt: number, more: Partial<Thread> = {}): Thread {
	return {
		id,
		updatedAt,
		cwd: '/w',
		name: null,
		preview: id,
		ephemeral: false,
		agentNickname: null,
		status: { type: 'notLoaded' },
		...more,
	} as unknown as Thread;
}

/** A server with these pages of threads for each folder. */
function client(pages: Readonly<Record<string, readonly (readonly Thread[])[]>>): Client {
	const request = async (_: string, { cwd, cursor }: { cwd: string; cursor: string | null }) => {
		const at = Number(cursor ?? 0);
		const all = pages[cwd] ?? [];
		return { data: all[at] ?? [], nextCursor: at + 1 < all.length ? String(at + 1) : null, backwardsCursor: null };
	};
	return { request } as unknown as Client;
}

const ids = (list: ThreadList) => list.folders.map(({ folder, threads }) => [folder, threads.map(({ id }) => id).join(' ')]);

describe('list of threads', () => {
	it('has the threads of each folder, newest first, and more on demand', async () => {
		const list = new ThreadList();
		const server = client({
			'/w': [
				[thread('b', 2), thread('c', 3)],
				[thread('a', 1), thread('b', 2)],
			],
			'/v': [[thread('x', 9, { cwd: '/v' })]],
		});
		await list.load(server, ['/w', '/v']);
		assert.deepEqual(ids(list), [
			['/w', 'c b'],
			['/v', 'x'],
		]);
		await list.loadMore(server, '/w');
		assert.deepEqual(ids(list)[0], ['/w', 'c b a']);
		assert.equal(list.folders[0]?.cursor, null);
	});

	it('follows what happens without asking again', async () => {
		const list = new ThreadList();
		await list.load(client({ '/w': [[thread('a', 1), thread('b', 2)]] }), ['/w']);
		list.notice({ method: 'thread/started', params: { thread: thread('n', 3, { preview: '' }) } }, 0);
		list.notice({ method: 'thread/started', params: { thread: thread('elsewhere', 3, { cwd: '/other' }) } }, 0);
		assert.deepEqual(ids(list), [['/w', 'n b a']]);
		list.notice({ method: 'thread/status/changed', params: { threadId: 'a', status: { type: 'active', activeFlags: [] } } }, 10);
		assert.deepEqual(ids(list), [['/w', 'a n b']]);
		list.notice({ method: 'thread/name/updated', params: { threadId: 'b', threadName: 'Fix it' } }, 0);
		assert.equal(list.find('b')?.name, 'Fix it');
		list.notice({ method: 'thread/archived', params: { threadId: 'n' } }, 0);
		assert.deepEqual(ids(list), [['/w', 'a b']]);
	});

	it('calls a thread by its name, else by the first line of its beginning', () => {
		assert.equal(threadTitle({ name: 'N', preview: 'p' }), 'N');
		assert.equal(threadTitle({ name: null, preview: ' one\ntwo' }), 'one');
		assert.equal(threadTitle({ name: null, preview: '' }), null);
	});
});
