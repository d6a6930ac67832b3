import assert from 'node:assert/strict';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { Client } from '../server/client.ts';
import { Pins } from './pins.ts';
import { ThreadList, threadTitle } from './threadList.ts';

function thread(id: string, updatedAt: number, more: Partial<Thread> = {}): Thread {
	return {
		id,
		sessionId: id,
		forkedFromId: null,
		updatedAt,
		createdAt: updatedAt,
		cwd: '/w',
		name: null,
		preview: id,
		ephemeral: false,
		source: 'vscode',
		agentNickname: null,
		status: { type: 'notLoaded' },
		...more,
	} as unknown as Thread;
}

function agent(id: string, parent: string, updatedAt: number): Thread {
	const spawn = { parent_thread_id: parent, depth: 1, agent_path: null, agent_nickname: null, agent_role: null };
	return thread(id, updatedAt, { source: { subAgent: { thread_spawn: spawn } } });
}

interface Disk {
	readonly threads: readonly Thread[];
	readonly archived?: readonly Thread[];
	/** Threads in one page. */
	readonly page?: number;
}

/** A server with these threads, newest first. */
function client({ threads, archived = [], page = 50 }: Disk): Client {
	const request = async (method: string, params: Readonly<Record<string, unknown>>) => {
		if (method === 'thread/read') {
			const found = [...threads, ...archived].find(({ id }) => id === params.threadId);
			if (found === undefined) throw new Error('no rollout found');
			return { thread: found };
		}
		const cwds = params.cwd === undefined ? null : [params.cwd].flat();
		const agents = String(params.sourceKinds).includes('subAgent');
		const all = (params.archived === true ? archived : threads).filter(
			({ cwd, source }) => (cwds === null || cwds.includes(cwd)) && (typeof source === 'object') === agents,
		);
		const from = Number(params.cursor ?? 0);
		const data = [...all].sort((a, b) => b.updatedAt - a.updatedAt).slice(from, from + page);
		return { data, nextCursor: from + page < all.length ? String(from + page) : null, backwardsCursor: null };
	};
	return { request } as unknown as Client;
}

function pinned(...ids: string[]): Pins {
	const kept = new Map<string, unknown>([['tiller.pinnedThreads', ids]]);
	return new Pins({ get: <T>(key: string, otherwise: T) => (kept.get(key) ?? otherwise) as T, update: (key, value) => kept.set(key, value) });
}

const ids = (threads: readonly Thread[] | undefined) => threads?.map(({ id }) => id).join(' ');
const shown = (list: ThreadList) => list.folders.map(({ id, threads }) => [id, ids(threads)]);

describe('list of threads', () => {
	it('hands on what the server says of unread threads', async () => {
		const learnt: unknown[] = [];
		const list = new ThreadList(pinned(), { learn: (states) => states && learnt.push(states) });
		const readStates = { a: { firstUnread: null, revision: 'r' } };
		const { request } = client({ threads: [thread('a', 1)] });
		await list.load(
			{ request: async (...asked: Parameters<typeof request>) => ({ ...(await request(...asked)), readStates }) } as unknown as Client,
			['/w'],
		);
		assert.deepEqual(learnt, [readStates]);
	});

	it('has the threads of each folder, newest first, and more on demand', async () => {
		const list = new ThreadList(pinned());
		const threads = [thread('b', 2), thread('c', 3), thread('a', 1), thread('x', 9, { cwd: '/v' })];
		await list.load(client({ threads, page: 2 }), ['/w', '/v']);
		assert.deepEqual(shown(list), [
			['folder:/w', 'c b'],
			['folder:/v', 'x'],
		]);
		await list.loadMore('folder:/w');
		assert.deepEqual(shown(list)[0], ['folder:/w', 'c b a']);
		assert.equal(list.group('folder:/w')?.cursor, null);
	});

	it('follows what happens without asking again', async () => {
		const list = new ThreadList(pinned());
		await list.load(client({ threads: [thread('a', 1), thread('b', 2)] }), ['/w']);
		list.notice({ method: 'thread/started', params: { thread: thread('n', 3, { preview: '' }) } }, 0);
		list.notice({ method: 'thread/started', params: { thread: thread('elsewhere', 3, { cwd: '/other' }) } }, 0);
		assert.deepEqual(shown(list), [['folder:/w', 'n b a']]);
		list.notice({ method: 'thread/status/changed', params: { threadId: 'a', status: { type: 'active', activeFlags: [] } } }, 10);
		assert.deepEqual(shown(list), [['folder:/w', 'a n b']]);
		list.notice({ method: 'thread/name/updated', params: { threadId: 'b', threadName: 'Fix it' } }, 0);
		assert.equal(list.find('b')?.name, 'Fix it');
		list.notice({ method: 'thread/archived', params: { threadId: 'n' } }, 0);
		assert.deepEqual(shown(list), [['folder:/w', 'a b']]);
		list.notice({ method: 'thread/deleted', params: { threadId: 'b' } }, 0);
		assert.deepEqual(shown(list), [['folder:/w', 'a']]);
	});

	it('knows how a thread began that another window started, whose messages nobody else hears', async () => {
		const list = new ThreadList(pinned());
		const idle = { type: 'idle' } as const;
		const stored = [thread('a', 1)];
		await list.load(client({ threads: stored }), ['/w']);
		list.notice({ method: 'thread/started', params: { thread: thread('n', 3, { preview: '' }) } }, 0);
		const learnt = new Promise((resolve) => list.onDidChange(() => list.find('n')?.preview !== '' && resolve(null)));
		stored.push(thread('n', 3, { preview: 'Fix it', status: { type: 'active', activeFlags: [] } }));
		list.notice({ method: 'thread/status/changed', params: { threadId: 'n', status: idle } }, 4);
		await learnt;
		const found = list.find('n');
		assert.deepEqual([found?.preview, found?.status], ['Fix it', idle]);
		await list.load(client({ threads: [] }), ['/w']);
		list.notice({ method: 'thread/started', params: { thread: thread('x', 3, { preview: '' }) } }, 0);
		list.notice({ method: 'thread/status/changed', params: { threadId: 'x', status: idle } }, 4);
		await new Promise((resolve) => setImmediate(resolve));
		assert.equal(list.find('x')?.preview, '', 'a server that does not know it is no failure');
	});

	it('has threads of other folders and archived ones on demand, and follows them then', async () => {
		const list = new ThreadList(pinned());
		const disk = { threads: [thread('a', 1), thread('x', 9, { cwd: '/v' })], archived: [thread('old', 0)] };
		await list.load(client(disk), ['/w']);
		assert.equal(list.group('elsewhere'), undefined);
		assert.equal(list.find('x'), undefined);
		assert.equal(ids((await list.open('elsewhere')).threads), 'x');
		assert.equal(ids((await list.open('archived')).threads), 'old');
		list.notice({ method: 'thread/started', params: { thread: thread('y', 10, { cwd: '/v' }) } }, 0);
		assert.equal(ids(list.group('elsewhere')?.threads), 'y x');
		list.notice({ method: 'thread/archived', params: { threadId: 'a' } }, 0);
		assert.equal(ids(list.group('archived')?.threads), 'a old');
		assert.equal(ids(list.all()), '');
		list.notice({ method: 'thread/unarchived', params: { threadId: 'old' } }, 0);
		await new Promise((resolve) => list.onDidChange(() => list.all().length > 0 && resolve(null)));
		assert.equal(ids(list.all()), 'old');
		assert.equal(ids(list.group('archived')?.threads), 'a');
	});

	it('brings a thread in that is archived, of another folder, or too old for the first page', async () => {
		const list = new ThreadList(pinned());
		const threads = [thread('new', 3), thread('newer', 4), thread('old', 1), thread('x', 9, { cwd: '/v' }), thread('gone', 2, { ephemeral: true })];
		const server = client({ threads, archived: [thread('put-away', 0)], page: 2 });
		assert.equal(await list.bring('old'), false, 'nothing is known yet');
		await list.load(server, ['/w']);
		const brought = await Promise.all(['put-away', 'x', 'old', 'gone', 'never-was'].map((id) => list.bring(id)));
		assert.deepEqual(brought, [true, true, true, false, false]);
		assert.deepEqual(shown(list), [['folder:/w', 'newer new old']]);
		assert.deepEqual([list.groupOf('put-away')?.id, list.groupOf('x')?.id], ['archived', 'elsewhere']);
	});

	it('keeps what was opened, and what the server told, while everything is loaded anew', async () => {
		const list = new ThreadList(pinned());
		const threads = [thread('a', 1), thread('b', 2)];
		const server = client({ threads, archived: [thread('put-away', 0)] });
		await list.load(server, ['/w']);
		const again = list.load(server, ['/w']);
		const brought = list.bring('put-away');
		list.notice({ method: 'thread/started', params: { thread: thread('c', 3) } }, 3);
		list.notice({ method: 'thread/deleted', params: { threadId: 'a' } }, 3);
		await Promise.all([again, brought]);
		assert.deepEqual(shown(list), [['folder:/w', 'c b']]);
		assert.equal(list.groupOf('put-away')?.id, 'archived');
		// What is told later is not kept for another load.
		await list.load(client({ threads: [thread('a', 1)] }), ['/w']);
		assert.deepEqual(shown(list), [['folder:/w', 'a']]);
	});

	it('of several loads at once has what the last one found, for all who wait', async () => {
		const list = new ThreadList(pinned());
		const slow = Promise.withResolvers<void>();
		const server = client({ threads: [thread('w', 1), thread('v', 2, { cwd: '/v' })] });
		const held = {
			request: async (method: string, params: Readonly<Record<string, unknown>>) => {
				await slow.promise;
				return await server.request(method as 'thread/list', params);
			},
		} as unknown as Client;
		const first = list.load(held, ['/w']);
		const last = list.load(server, ['/v']);
		slow.resolve();
		await first;
		assert.deepEqual(shown(list), [['folder:/v', 'v']]);
		await last;
		assert.deepEqual(shown(list), [['folder:/v', 'v']]);
	});

	it('says what is on the disk when the workspace has no thread', async () => {
		const list = new ThreadList(pinned());
		assert.equal(list.loaded, false);
		await list.load(client({ threads: [thread('x', 1, { cwd: '/v' }), thread('y', 2, { cwd: '/u' })], archived: [thread('old', 0)] }), ['/w']);
		assert.deepEqual(list.others, { elsewhere: 2, more: false, archived: true });
		list.put(thread('n', 3));
		assert.equal(list.others, null);
	});

	it('keeps agents below the thread that started them', async () => {
		const list = new ThreadList(pinned());
		await list.load(client({ threads: [thread('a', 5), agent('a1', 'a', 1), agent('a2', 'a', 2)] }), ['/w']);
		assert.deepEqual(shown(list), [['folder:/w', 'a']]);
		list.notice({ method: 'thread/started', params: { thread: agent('a11', 'a1', 3) } }, 0);
		assert.equal(ids(list.agentsOf('a')), 'a1 a2');
		assert.equal(ids(list.agentsOf('a1')), 'a11');
		list.notice({ method: 'thread/status/changed', params: { threadId: 'a11', status: { type: 'active', activeFlags: [] } } }, 9);
		assert.equal(list.find('a11')?.status.type, 'active');
	});

	it('has pinned threads first, also one that is too old for the first page', async () => {
		const pins = pinned('a', 'gone');
		const list = new ThreadList(pins);
		await list.load(client({ threads: [thread('a', 1), thread('b', 2), thread('c', 3)], page: 2 }), ['/w']);
		assert.deepEqual(shown(list), [['folder:/w', 'a c b']]);
		pins.set('b', true);
		pins.set('a', false);
		list.sort();
		assert.deepEqual(shown(list), [['folder:/w', 'b c a']]);
	});

	it('calls a thread by its name, else by the first line of its beginning', () => {
		assert.equal(threadTitle({ name: 'N', preview: 'p' }), 'N');
		assert.equal(threadTitle({ name: null, preview: ' one\ntwo' }), 'one');
		assert.equal(threadTitle({ name: null, preview: '' }), null);
	});
});
