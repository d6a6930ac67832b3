import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { Gate, type ReceivedRequest, type Reply, respond, say, type ScriptEntry } from '../../support/model/fakeModelServer.ts';
import { completed, execCommand, functionCall, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];

interface Row {
	readonly thread: { readonly id: string; readonly name: string | null; readonly parentThreadId: string | null };
	readonly state: string;
	readonly turn: { readonly id: string; readonly status: string; readonly startedAt: number | null; readonly durationMs: number | null } | null;
	readonly step: { readonly kind: string; readonly text: string } | null;
	readonly tokens: number | null;
	readonly asks: readonly { readonly kind: string; readonly text: string }[];
	readonly readState: { readonly revision: string } | null;
	readonly server: { readonly pid: number; readonly mayHaveEnded: boolean } | null;
}

/** A client that watches: what it shows, by the ids of threads. */
async function watching(server: AppServerProcess, steps: boolean) {
	const from = server.mark();
	const { data } = await server.request('thread/activity/watch', { steps });
	const rows = () => {
		const shown = new Map<string, Row>((data as Row[]).map((row) => [row.thread.id, row]));
		for (const { method, params } of server.received.slice(from)) {
			if (method !== 'thread/activity/changed') continue;
			for (const row of params.changed as Row[]) shown.set(row.thread.id, row);
			for (const id of params.removed as string[]) shown.delete(id);
		}
		return shown;
	};
	return {
		rows,
		told: () => server.received.slice(from).filter(({ method }) => method === 'thread/activity/changed').length,
		row: (id: string, fits: (row: Row) => boolean): Promise<Row> =>
			server.waitUntil(`a row of ${id}`, () => {
				const row = rows().get(id);
				return row !== undefined && fits(row) ? row : undefined;
			}),
		gone: (id: string) => server.waitUntil(`no row of ${id}`, () => (rows().has(id) ? undefined : true)),
	};
}

describe('what happens in the threads of a home', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const start = async (): Promise<AppServerProcess> => {
		const server = fixture.start();
		await server.initialize();
		return server;
	};
	const begin = async (...script: readonly ScriptEntry[]) => {
		fixture = await serverFixture(script, { approval_policy: '"untrusted"' });
		return start();
	};
	const left = async () => (await readdir(path.join(fixture.home.codexHome, 'tiller/activity'))).filter((name) => name.endsWith('.json'));

	it('is told to who watches: a turn, its steps and tokens, what it asks, and that its result is unread until somebody has read it', async () => {
		const gate = new Gate();
		const server = await begin(
			respond(execCommand('touch made.txt'), completed({ input: 900, output: 100 })),
			respond(gate, ...message('All made.')),
		);
		const shown = await watching(server, true);
		assert.equal(shown.rows().size, 0);
		const id = await server.startThread(fixture.home);
		await server.request('turn/start', { threadId: id, input: input('go') });
		const asking = await shown.row(id, ({ state, tokens }) => state === 'waiting' && tokens === 1000);
		assert.deepEqual(
			asking.asks.map(({ kind, text }) => [kind, text]),
			[['command', 'touch made.txt']],
		);
		assert.equal(asking.server, null);
		const asked = await server.waitForServerRequest('item/commandExecution/requestApproval');
		server.send({ id: asked.id, result: { decision: 'decline' } });
		await gate.reached();
		const running = await shown.row(id, ({ state }) => state === 'running');
		assert.deepEqual([running.asks.length, running.turn?.status, typeof running.turn?.startedAt], [0, 'inProgress', 'number']);
		gate.open();
		const unread = await shown.row(id, ({ state }) => state === 'unread');
		assert.deepEqual([unread.turn?.status, unread.step?.text], ['completed', 'All made.']);
		assert.ok((unread.tokens ?? 0) > 1000);
		await server.request('thread/readState/update', {
			threadId: id,
			operation: { type: 'read' },
			expectedRevision: unread.readState?.revision,
		});
		await shown.gone(id);
		assert.deepEqual(await left(), []);
	});

	it('tells who wants no steps of what comes, goes and waits, and nothing else', async () => {
		const gate = new Gate();
		const server = await begin(respond(execCommand('touch made.txt')), respond(gate, ...message('Made.')));
		server.answer('item/commandExecution/requestApproval', () => ({ decision: 'decline' }));
		const shown = await watching(server, false);
		const id = await server.startThread(fixture.home);
		await server.request('turn/start', { threadId: id, input: input('go') });
		await gate.reached();
		await shown.row(id, ({ state }) => state === 'running');
		gate.open();
		await shown.row(id, ({ state }) => state === 'unread');
		// Running, perhaps waiting and running again, unread.
		assert.ok(shown.told() <= 5, String(shown.told()));
		await server.request('thread/activity/unwatch', {});
		const before = shown.told();
		fixture.model.add(say('Once more.'));
		await server.runTurn(id, 'again');
		await server.request('thread/archive', { threadId: id });
		assert.equal(shown.told(), before);
	});

	it('shows what another server of the home runs, with what it asks, and that it has ended', async () => {
		const gate = new Gate();
		const first = await begin(respond(execCommand('touch made.txt')), respond(gate, ...message('Made.')));
		const second = await start();
		const shown = await watching(second, true);
		const id = await first.startThread(fixture.home);
		await first.request('turn/start', { threadId: id, input: input('Make a file') });
		const asking = await shown.row(id, ({ state }) => state === 'waiting');
		assert.deepEqual([asking.server?.pid, asking.server?.mayHaveEnded], [first.process.pid, false]);
		assert.deepEqual(
			asking.asks.map(({ text }) => text),
			['touch made.txt'],
		);
		assert.equal(asking.turn?.status, 'inProgress');
		// It cannot be stopped from there, and nobody says that it was.
		await second.requestError('turn/interrupt', { threadId: id, turnId: asking.turn?.id });
		const asked = await first.waitForServerRequest('item/commandExecution/requestApproval');
		first.send({ id: asked.id, result: { decision: 'decline' } });
		await shown.row(id, ({ state, asks }) => state === 'running' && asks.length === 0);
		gate.open();
		const unread = await shown.row(id, ({ state }) => state === 'unread');
		assert.deepEqual([unread.server, unread.step?.text], [null, 'Made.']);
		// Two windows of two servers agree.
		const there = await watching(first, true);
		assert.deepEqual(
			[...there.rows().values()].map(({ thread, state, step }) => [thread.id, state, step]),
			[[id, 'unread', unread.step]],
		);
		await first.request('thread/name/set', { threadId: id, name: 'Better name' });
		await shown.row(id, ({ thread }) => thread.name === 'Better name');
		await first.request('thread/archive', { threadId: id });
		await shown.gone(id);
		await there.gone(id);
		assert.deepEqual(await left(), []);
	});

	it('no longer shows what a server ran that was killed, and its files are taken away', async () => {
		const gate = new Gate();
		const first = await begin(respond(execCommand('touch made.txt')), respond(gate));
		const second = await start();
		const shown = await watching(second, true);
		const id = await first.startThread(fixture.home);
		await first.request('turn/start', { threadId: id, input: input('go') });
		await shown.row(id, ({ state }) => state === 'waiting');
		assert.deepEqual(await left(), [`${id}.json`]);
		await first.kill();
		await shown.gone(id);
		await second.request('thread/activity/unwatch', {});
		assert.deepEqual((await watching(second, true)).rows(), new Map());
		assert.deepEqual(await left(), []);
		gate.open();
	});

	it('puts agents below the thread that started them', async () => {
		const ofAgent = (request: ReceivedRequest) => JSON.stringify(request.body.input).includes('started by another agent');
		const gate = new Gate();
		const main: Reply[] = [respond(functionCall('spawn_agent', { message: 'Make a file.' })), say('It works on it.')];
		const agent: Reply[] = [respond(execCommand('touch made.txt')), respond(gate, ...message('Made.'))];
		const next = (request: ReceivedRequest): Reply => (ofAgent(request) ? agent : main).shift() ?? say('Nothing more.');
		const server = await begin(...Array.from({ length: 6 }, () => next));
		const shown = await watching(server, true);
		const id = await server.startThread(fixture.home);
		await server.request('turn/start', { threadId: id, input: input('go') });
		const waiting = () => [...shown.rows().values()].find(({ thread, state }) => thread.parentThreadId === id && state === 'waiting');
		const asking = await server.waitUntil('an agent that asks', waiting);
		assert.deepEqual(asking.asks[0]?.text, 'touch made.txt');
		assert.ok(shown.rows().has(id), 'its parent is there, too');
		gate.open();
	});

	it('says nothing of answers beside a thread and of threads that are not kept', async () => {
		const gate = new Gate();
		const server = await begin(say('One.'), respond(gate, ...message('Two.')));
		const id = await server.startThread(fixture.home, { ephemeral: true });
		await server.runTurn(id, 'hello');
		const shown = await watching(server, true);
		await server.request('turn/start', { threadId: id, input: input('again') });
		await gate.reached();
		assert.equal((await watching(server, true)).rows().size, 0);
		gate.open();
		await server.waitForNotification('turn/completed', ({ turn }) => turn.items !== null && turn.status === 'completed');
		assert.equal(shown.rows().size, 0);
	});

	it('lives with whatever lies in the folders of the home', async () => {
		const server = await begin(say('One.'));
		const { codexHome } = fixture.home;
		for (const folder of ['tiller/activity', 'tiller/leases']) {
			await mkdir(path.join(codexHome, folder), { recursive: true });
			for (const name of ['x', '..json', '01890000-0000-7000-8000-000000000001.json', '01890000-0000-7000-8000-000000000002.json'])
				await writeFile(path.join(codexHome, folder, name), name.endsWith('1.json') ? '{"pid":1,"since":1,"host":"elsewhere"}' : '{');
			await mkdir(path.join(codexHome, folder, '01890000-0000-7000-8000-000000000003.json'));
		}
		const shown = await watching(server, true);
		assert.equal(shown.rows().size, 0);
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'hello');
		await shown.row(id, ({ state }) => state === 'unread');
	});
});
