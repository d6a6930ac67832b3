import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { until } from '../../support/deadline.ts';
import { respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const args = ['app-server', '--thread-idle', '0.05'];

describe('a thread that every client left', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is unloaded, can be resumed and goes on', async () => {
		fixture = await serverFixture([respond(message('One.')), respond(message('Two.', 'msg_2'))]);
		const server = fixture.start({ args });
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'first');
		await server.request('thread/unsubscribe', { threadId });
		await server.waitForNotification('thread/status/changed', ({ status }) => status.type === 'notLoaded');
		await server.waitForNotification('thread/closed', (params) => params.threadId === threadId);
		assert.deepEqual((await server.request('thread/loaded/list')).data, []);
		assert.equal((await server.request('thread/read', { threadId })).thread.status.type, 'notLoaded');
		await server.request('thread/resume', { threadId });
		await server.runTurn(threadId, 'second');
		assert.match(JSON.stringify(fixture.model.requests.at(-1)?.body.input), /One\./);
	});

	it('stays while a command of it runs', async () => {
		fixture = await serverFixture([
			respond(...execCommand('sleep 60', { yield_time_ms: 250 })),
			respond(message('It runs.')),
			respond(message('Other.', 'msg_2')),
		]);
		const server = fixture.start({ args });
		await server.initialize();
		const busy = await server.startThread(fixture.home);
		await server.runTurn(busy, 'start it');
		await server.request('thread/unsubscribe', { threadId: busy });
		const quiet = await server.startThread(fixture.home);
		await server.runTurn(quiet, 'nothing');
		await server.request('thread/unsubscribe', { threadId: quiet });
		await server.waitForNotification('thread/closed', (params) => params.threadId === quiet);
		assert.deepEqual((await server.request('thread/loaded/list')).data, [busy]);
	});

	it('leaves no memory behind: 300 of them are as few', async () => {
		fixture = await serverFixture([]);
		// A snapshot of the heap collects first: what is measured then is what stays.
		const folder = fixture.home.codexHome;
		const server = fixture.start({ args, env: { NODE_OPTIONS: `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder}` } });
		await server.initialize();
		const closed = () => server.received.filter(({ method }) => method === 'thread/closed').length;
		const startAndLeave = async () => server.request('thread/unsubscribe', { threadId: await server.startThread(fixture.home) });
		const untilClosed = async (count: number) => {
			for (let started = closed(); started < count; started += 50) await Promise.all(Array.from({ length: 50 }, startAndLeave));
			await server.waitUntil('all to be unloaded', () => closed() === count || undefined);
		};
		await untilClosed(50);
		const heapBefore = await heapBytes(server.process, folder);
		const before = residentBytes(server.process.pid);
		await untilClosed(350);
		assert.deepEqual((await server.request('thread/loaded/list')).data, []);
		const heapGrown = (await heapBytes(server.process, folder)) - heapBefore;
		assert.ok(heapGrown < 300 * 4096, `${Math.round(heapGrown / 1024)} KiB of objects more`);
		const grown = residentBytes(server.process.pid) - before;
		// Freed and not given back, and what a snapshot needed (about 20 MiB): nothing near the 55 MiB of 300 loaded threads.
		assert.ok(grown < 40 * 1024 * 1024, `${Math.round(grown / 1024)} KiB more`);
	});
});

function residentBytes(pid: number | undefined): number {
	if (process.platform !== 'linux') return 0;
	return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** Bytes of the live objects of a process of Node that writes a snapshot of its heap on SIGUSR2; 0 on Windows, which has no such signal. */
async function heapBytes(server: { kill(signal: NodeJS.Signals): boolean }, folder: string): Promise<number> {
	if (process.platform === 'win32') return 0;
	const snapshots = () => readdirSync(folder).filter((name) => name.endsWith('.heapsnapshot'));
	const before = new Set(snapshots());
	server.kill('SIGUSR2');
	let read: HeapSnapshot | undefined;
	await until('a snapshot of the heap', () => {
		const name = snapshots().find((each) => !before.has(each));
		read = name === undefined ? undefined : wholeSnapshot(readFileSync(path.join(folder, name), 'utf8'));
		return read !== undefined;
	});
	assert.ok(read);
	const { snapshot, nodes } = read;
	const { node_fields: fields } = snapshot.meta;
	const size = fields.indexOf('self_size');
	let bytes = 0;
	for (let at = size; at < nodes.length; at += fields.length) bytes += nodes[at] ?? 0;
	return bytes;
}

interface HeapSnapshot {
	readonly snapshot: { readonly meta: { readonly node_fields: readonly string[] } };
	readonly nodes: readonly number[];
}

/** Undefined while it is being written. */
function wholeSnapshot(text: string): HeapSnapshot | undefined {
	try {
		return JSON.parse(text) as HeapSnapshot;
	} catch {
		return undefined;
	}
}
