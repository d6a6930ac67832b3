import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ChangedFiles } from './index/changedFiles.ts';
import { updateIndex } from './index/indexUpdate.ts';
import { IndexUpdater } from './index/indexUpdater.ts';
import { LocalThreadStore } from './localThreadStore.ts';
import { ThreadIndex } from './index/threadIndex.ts';
import type { StoredThread, ThreadQuery } from './threadStore.ts';

const all: ThreadQuery = {
	archived: false,
	cwds: null,
	providers: null,
	sources: null,
	searchTerm: null,
	sortKey: 'created_at',
	sortDirection: 'desc',
	indexOnly: false,
	cursor: null,
	limit: 25,
};

const sources = ['the files', 'the index', 'an index that was made before the last changes'] as const;
for (const source of sources) {
	describe(`stored threads, from ${source}`, () => storedThreads(source, { isWatched: false }));
	if (source !== 'the files') describe(`stored threads whose folders are watched, from ${source}`, () => storedThreads(source, { isWatched: true }));
}

function storedThreads(source: (typeof sources)[number], { isWatched }: { readonly isWatched: boolean }): void {
	let home: string;
	let store: LocalThreadStore;
	let index: ThreadIndex;
	let changes: ChangedFiles;

	beforeEach(async () => {
		home = await mkdtemp(path.join(tmpdir(), 'tiller-store-'));
		index = new ThreadIndex({
			home,
			onProblem: (error) => {
				throw error;
			},
		});
		// What is under test is which answers come, not when the index is made.
		const updater = new IndexUpdater({ home, worker: path.join(home, 'no such worker'), onProblem: () => {} });
		changes = new ChangedFiles(home, isWatched ? { least: 0 } : {});
		store = new LocalThreadStore({ home, index, updater, changes });
		if (source !== 'the files') await bringUpToDate();
	});
	afterEach(async () => {
		changes.dispose();
		index.close();
		await rm(home, { recursive: true, force: true });
	});

	const bringUpToDate = () => updateIndex({ home, renew: false });

	const idOf = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
	const previews = (threads: readonly StoredThread[]) => threads.map((thread) => thread.preview);

	/** A thread that began on this day of January, and was changed `changed` minutes into February. */
	async function write(n: number, given: { day?: number; changed?: number; cwd?: string; message?: string | null; folder?: string } = {}) {
		const day = String(given.day ?? 1).padStart(2, '0');
		const folder = path.join(home, given.folder ?? `sessions/2026/01/${day}`);
		await mkdir(folder, { recursive: true });
		const line = (type: string, payload: object) => JSON.stringify({ timestamp: `2026-01-${day}T10:00:00.000Z`, type, payload });
		const meta = { id: idOf(n), timestamp: `2026-01-${day}T10:00:00.000Z`, cwd: given.cwd ?? '/project', source: 'vscode', model_provider: 'p' };
		const message = given.message === undefined ? `thread ${n}` : given.message;
		const lines = [line('session_meta', meta), ...(message === null ? [] : [line('event_msg', { type: 'user_message', message })])];
		const file = path.join(folder, `rollout-2026-01-${day}T10-00-00-${idOf(n)}.jsonl`);
		await writeFile(file, `${lines.join('\n')}\n`);
		const time = new Date(Date.UTC(2026, 1, 1, 0, given.changed ?? n));
		await utimes(file, time, time);
		return file;
	}

	async function pages(query: Partial<ThreadQuery>): Promise<string[][]> {
		const result: string[][] = [];
		if (source === 'the index') await bringUpToDate();
		for (let cursor: string | null = null; ; ) {
			const page = await store.list({ ...all, ...query, cursor });
			result.push(previews(page.threads));
			cursor = page.nextCursor;
			if (cursor === null) return result;
		}
	}

	it('come newest first, those of one second by id, and pages join without a gap', async () => {
		await Promise.all([write(1, { day: 3 }), write(2, { day: 3 }), write(3, { day: 1 }), write(4, { day: 12 }), write(5, { day: 3 })]);
		assert.deepEqual(await pages({ limit: 2 }), [['thread 4', 'thread 5'], ['thread 2', 'thread 1'], ['thread 3']]);
		assert.deepEqual(await pages({ limit: 2, sortDirection: 'asc' }), [['thread 3', 'thread 1'], ['thread 2', 'thread 5'], ['thread 4']]);
	});

	it('come by their last change where that is asked for', async () => {
		await Promise.all([write(1, { day: 9, changed: 5 }), write(2, { changed: 9 }), write(3, { changed: 9 }), write(4, { changed: 1 })]);
		assert.deepEqual(await pages({ limit: 3, sortKey: 'updated_at' }), [['thread 3', 'thread 2', 'thread 1'], ['thread 4']]);
		assert.deepEqual(await pages({ limit: 3, sortKey: 'updated_at', sortDirection: 'asc' }), [['thread 4', 'thread 1', 'thread 2'], ['thread 3']]);
	});

	it('come by their last change page after page, however many there are and however few of them fit', async () => {
		const count = 160;
		const changed = (n: number) => (n * 37) % 100;
		for (let n = 1; n <= count; n++) {
			await write(n, { changed: changed(n), cwd: n % 20 === 0 ? '/few' : '/many', ...(n % 3 === 0 ? { message: null } : {}) });
		}
		for (const [cwds, fits] of [[null, () => true] as const, [['/few'], (n: number) => n % 20 === 0] as const]) {
			const expected = Array.from({ length: count }, (_, n) => n + 1)
				.filter((n) => n % 3 !== 0 && fits(n))
				.toSorted((a, b) => changed(b) - changed(a) || b - a)
				.map((n) => `thread ${n}`);
			const found = await pages({ limit: 4, sortKey: 'updated_at', cwds });
			assert.deepEqual(found.flat(), expected);
			assert.ok(found.slice(0, -1).every((page) => page.length === 4));
		}
	});

	it('can be paged back to where one came from', async () => {
		await Promise.all([1, 2, 3, 4].map((n) => write(n, { day: n })));
		const first = await store.list({ ...all, limit: 2 });
		const second = await store.list({ ...all, limit: 2, cursor: first.nextCursor });
		assert.deepEqual(previews(second.threads), ['thread 2', 'thread 1']);
		const back = await store.list({ ...all, limit: 2, cursor: second.backwardsCursor, sortDirection: 'asc' });
		assert.deepEqual(previews(back.threads), ['thread 3', 'thread 4']);
		await assert.rejects(store.list({ ...all, cursor: 'nonsense' }), /invalid cursor/);
	});

	it('show what is new, changed and gone since the last look', async () => {
		const file = await write(1);
		await write(2, { message: null });
		assert.deepEqual(await pages({}), [['thread 1']]);
		await write(2, { message: 'now it has begun' });
		await write(3, { day: 2 });
		assert.deepEqual(await pages({}), [['thread 3', 'now it has begun', 'thread 1']]);
		await rm(file);
		assert.deepEqual(await pages({}), [['thread 3', 'now it has begun']]);
		await write(3, { day: 2, changed: 90 });
		assert.equal((await store.list(all)).threads[0]?.updatedAt, Date.UTC(2026, 1, 1, 1, 30));
	});

	it('are found by folder, by words of the message or of the name', async () => {
		await Promise.all([write(1, { cwd: '/a' }), write(2, { cwd: '/b', message: 'fix the lexer' }), write(3, { cwd: '/a' })]);
		await store.setName(idOf(3), 'the parser');
		assert.deepEqual(await pages({ cwds: ['/a'] }), [['thread 3', 'thread 1']]);
		assert.deepEqual(await pages({ cwds: ['/a'], sortKey: 'updated_at' }), [['thread 3', 'thread 1']]);
		assert.deepEqual(await pages({ searchTerm: 'lexer' }), [['fix the lexer']]);
		assert.deepEqual(await pages({ searchTerm: 'parser', sortKey: 'updated_at' }), [['thread 3']]);
	});

	it('are listed and found also above the folder of their day, and beside damaged files', async () => {
		await write(1, { day: 1 });
		await write(2, { day: 2, folder: 'sessions' });
		await write(3, { day: 3, folder: 'sessions/2026' });
		await writeFile(path.join(home, 'sessions/2026/01/01', `rollout-2026-01-01T10-00-00-${idOf(9)}.jsonl`), 'no json\n');
		await writeFile(path.join(home, 'sessions/notes.txt'), 'not a rollout');
		assert.deepEqual(await pages({ limit: 1 }), [['thread 3'], ['thread 2'], ['thread 1']]);
		assert.equal((await store.find(idOf(2).toUpperCase()))?.preview, 'thread 2');
		assert.equal(await store.find(idOf(9)), null);
		assert.equal(await store.find(idOf(7)), null);
	});

	it('are what was written last, where two files carry one id', async () => {
		await write(1, { day: 1 });
		await write(1, { day: 5, message: 'the copy', changed: 9 });
		assert.equal((await store.find(idOf(1)))?.preview, 'the copy');
		await write(1, { day: 1, changed: 99 });
		assert.equal((await store.find(idOf(1)))?.preview, 'thread 1');
	});

	it('are found when their first line was torn', async () => {
		await write(1, { day: 1 });
		const [torn] = (await readdir(path.join(home, 'sessions/2026/01/01'))).map((name) => path.join(home, 'sessions/2026/01/01', name));
		assert.ok(torn);
		const [first = '', ...rest] = (await readFile(torn, 'utf8')).split('\n');
		const context = JSON.stringify({ timestamp: '2026-01-01T10:00:00.000Z', type: 'turn_context', payload: { cwd: '/torn' } });
		await writeFile(torn, [first.slice(0, 40), context, ...rest].join('\n'));
		const found = await store.find(idOf(1));
		assert.deepEqual([found?.meta.id, found?.meta.cwd, found?.preview], [idOf(1), '/torn', 'thread 1']);
		assert.deepEqual(await pages({}), [['thread 1']]);
	});

	it('move to the archive and back', async () => {
		await write(1, { day: 1 });
		const thread = await store.find(idOf(1));
		assert.ok(thread);
		await store.setArchived(thread, { archived: true });
		assert.deepEqual(await pages({}), [[]]);
		assert.deepEqual(await pages({ archived: true }), [['thread 1']]);
		const archived = await store.find(idOf(1));
		assert.equal(archived?.archived, true);
		assert.ok(archived);
		await store.setArchived(archived, { archived: false });
		assert.equal((await store.find(idOf(1)))?.path, thread.path);
		assert.deepEqual(await pages({ archived: true }), [[]]);
	});

	it('have a preview also when much comes before the first message', async () => {
		const file = await write(1, { message: null });
		const long = JSON.stringify({ timestamp: '', type: 'response_item', payload: { type: 'message', text: 'x'.repeat(300_000) } });
		const first = JSON.stringify({ timestamp: '', type: 'event_msg', payload: { type: 'user_message', message: 'after much' } });
		await writeFile(file, `${long}\n${first}\n`, { flag: 'a' });
		assert.deepEqual(await pages({}), [['after much']]);
	});

	it('are none where a file stands in the place of their folder', async () => {
		await writeFile(path.join(home, 'sessions'), '');
		assert.deepEqual(await pages({}), [[]]);
		assert.equal(await store.find(idOf(1)), null);
	});

	it('are none in a new home', async () => {
		assert.deepEqual(await store.list(all), { threads: [], nextCursor: null, backwardsCursor: null });
	});
}
