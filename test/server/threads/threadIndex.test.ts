import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, it } from 'mocha';
import { indexFile as currentIndex } from '../../../server/store/index/indexDatabase.ts';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { respond } from '../../support/model/fakeModelServer.ts';
import { message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('the index of threads', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const indexFile = () => currentIndex(fixture.home.codexHome);
	const start = async (): Promise<AppServerProcess> => {
		const server = fixture.start();
		await server.initialize();
		return server;
	};
	/** A server with two threads. */
	const withThreads = async () => {
		fixture = await serverFixture([respond(message('The zebra answers.')), respond(message('Nothing else.', 'msg_2'))]);
		const server = await start();
		const ids = [];
		for (const text of ['first question', 'second question']) {
			const id = await server.startThread(fixture.home);
			await server.runTurn(id, text);
			ids.push(id);
		}
		return { server, ids };
	};
	const listed = async (server: AppServerProcess, params: object = {}) =>
		(await server.request('thread/list', params)).data.map((thread: { id: string }) => thread.id).toSorted();
	/** A busy machine may take longer than a search waits. */
	const search = async (server: AppServerProcess, query: string) => {
		for (;;) {
			const page = await server.request('thread/search', { query });
			if (page.isComplete) return page.data;
		}
	};
	const found = async (server: AppServerProcess, query: string) =>
		(await search(server, query)).map((hit: { thread: { id: string }; itemType: string }) => [hit.thread.id, hit.itemType]);

	it('finds what was just said, here or by another program, and forgets what is deleted', async () => {
		const { server, ids } = await withThreads();
		const data = await search(server, 'zeb');
		assert.equal(data.length, 1);
		assert.deepEqual(data[0].snippet, { text: 'The zebra answers.', highlights: [{ start: 4, end: 9 }] });
		const { thread } = await server.request('thread/read', { threadId: ids[0], includeTurns: true });
		assert.deepEqual([data[0].thread.id, data[0].turnId, data[0].itemId], [ids[0], thread.turns[0].id, thread.turns[0].items.at(-1).id]);
		await appendFile(
			thread.path,
			`${JSON.stringify({ timestamp: '', type: 'event_msg', payload: { type: 'agent_message', message: 'A giraffe' } })}\n`,
		);
		assert.deepEqual(await found(server, 'giraffe'), [[ids[0], 'agentMessage']]);
		await server.request('thread/name/set', { threadId: ids[1], name: 'Okapi' });
		assert.deepEqual(await found(server, 'okapi'), [[ids[1], 'name']]);
		await server.request('thread/delete', { threadId: ids[0] });
		assert.deepEqual(await found(server, 'zebra'), []);
	});

	it('gets a lost row back when it is asked with a look at the files, and not without', async () => {
		const { server, ids } = await withThreads();
		await found(server, 'zebra');
		const index = new DatabaseSync(indexFile());
		index.prepare('DELETE FROM files WHERE id = ?').run(ids[0] ?? '');
		assert.deepEqual(await listed(server, { useStateDbOnly: true }), [ids[1]]);
		assert.deepEqual(await listed(server), ids);
		await found(server, 'zebra');
		assert.deepEqual(await listed(server, { useStateDbOnly: true }), ids);
		index.close();
	});

	it('is made anew when it is deleted or damaged, also under a running server', async () => {
		const { server, ids } = await withThreads();
		await found(server, 'zebra');
		await rm(indexFile());
		assert.deepEqual(await listed(server), ids);
		assert.equal((await found(server, 'zebra')).length, 1);
		assert.ok(existsSync(indexFile()));
		await server.close();
		for (const suffix of ['-wal', '-shm']) await rm(indexFile() + suffix, { force: true });
		await writeFile(indexFile(), 'no database '.repeat(1000));
		const second = await start();
		assert.deepEqual(await listed(second), ids);
		assert.equal((await found(second, 'zebra')).length, 1);
		assert.deepEqual(await listed(second, { useStateDbOnly: true }), ids);
	});

	it('leaves the files of other programs and of newer versions alone, and removes those of older ones', async () => {
		fixture = await serverFixture([respond(message('Hi.'))]);
		const folder = path.dirname(indexFile());
		await mkdir(folder);
		const kept = ['index_98.sqlite', 'index_99.sqlite-wal', 'notes'];
		for (const name of [...kept, 'index_1.sqlite', 'index_1.sqlite-wal', 'index_2.sqlite']) await writeFile(path.join(folder, name), 'x');
		await writeFile(path.join(fixture.home.codexHome, 'state_5.sqlite'), 'theirs');
		const server = await start();
		await found(server, 'anything');
		const names = await readdir(folder);
		assert.deepEqual(
			names.filter((name) => !name.startsWith(path.basename(indexFile())) && name !== 'compiled'),
			kept,
		);
		assert.ok(existsSync(path.join(fixture.home.codexHome, 'state_5.sqlite')));
	});

	it('is not needed: where none can be made, lists work, a search says so, and the log says it once', async () => {
		fixture = await serverFixture([respond(message('Hi.'))]);
		await writeFile(path.join(fixture.home.codexHome, 'tiller'), 'a file where a folder belongs');
		const server = await start();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'hello');
		assert.deepEqual(await listed(server), [id]);
		for (let i = 0; i < 2; i++) assert.match((await server.requestError('thread/search', { query: 'hello' })).message, /search index cannot be used/);
		assert.equal(server.stderr.match(/index of threads/g)?.length, 1, server.stderr);
	});

	it('that another program has locked delays no list', async () => {
		const { server, ids } = await withThreads();
		await found(server, 'zebra');
		const lock = new DatabaseSync(indexFile());
		lock.exec('BEGIN EXCLUSIVE');
		assert.deepEqual(await listed(server), ids);
		lock.exec('COMMIT');
		await server.close();
		lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM state; COMMIT');
		assert.deepEqual(await listed(await start()), ids);
		lock.close();
	});

	it('has a thread as soon as it has its first message, and alone answers where that is wanted', async () => {
		const { server, ids } = await withThreads();
		const only = { useStateDbOnly: true };
		assert.deepEqual(await listed(server, only), ids.toSorted());
		const [gone, kept] = ids as [string, string];
		await server.close();
		const database = new DatabaseSync(indexFile());
		database.prepare('DELETE FROM files WHERE id = ?').run(gone);
		database.close();
		const again = await start();
		assert.deepEqual(await listed(again, only), [kept]);
		assert.deepEqual(await listed(again), ids.toSorted());
	});

	it('tells what a conversation is about without a look into its file', async () => {
		const { server, ids } = await withThreads();
		await listed(server, { useStateDbOnly: true });
		const { thread } = await server.request('thread/read', { threadId: ids[0] });
		await server.close();
		const records = await readFile(thread.path, 'utf8');
		await writeFile(thread.path, records.replaceAll('first question', 'changed behind'));
		const again = await start();
		for (const params of [{ rolloutPath: thread.path }]) {
			const { summary } = await again.request('getConversationSummary', params);
			assert.equal(summary.preview, 'first question');
			assert.equal(summary.cwd, fixture.home.workspace);
		}
	});
});
