import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, describe, it } from 'mocha';
import { heapBytes, measuredIn } from '../../support/heapSize.ts';
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
		// The command ends with the server, and not when that is killed.
		await server.close();
	});

	it('leaves no memory behind: 300 of them are as few', async () => {
		fixture = await serverFixture([]);
		const folder = fixture.home.codexHome;
		const server = fixture.start({ args, env: measuredIn(folder) });
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
