import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../support/appServerProcess.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

describe('initialize', () => {
	let fixture: ServerFixture;
	let server: AppServerProcess;

	beforeEach(async () => {
		fixture = await serverFixture();
		server = fixture.start();
	});
	afterEach(() => fixture.dispose());

	it('tells who the server is and where its home lies', async () => {
		const result = await server.initialize();
		assert.match(result.userAgent, /tiller-test/);
		assert.equal(result.codexHome, fixture.home.codexHome);
		assert.equal(result.platformFamily, 'unix');
	});

	it('comes before everything else, and once', async () => {
		assert.match((await server.requestError('thread/list')).message, /not initialized/i);
		await server.initialize();
		assert.match(
			(await server.requestError('initialize', { clientInfo: { name: 'again', title: null, version: '1' } })).message,
			/already initialized/i,
		);
	});

	it('says which method is unknown and goes on', async () => {
		await server.initialize();
		assert.match((await server.requestError('thread/fly')).message, /thread\/fly/);
		assert.ok(Array.isArray((await server.request('thread/list')).data));
	});

	it('survives lines that are no JSON and messages of a wrong shape', async () => {
		server.sendLine('{"id":');
		server.sendLine('[]');
		server.sendLine('{"foo":1}');
		server.sendLine('');
		await server.initialize();
		assert.deepEqual(server.garbage, []);
	});

	it('ends with its client', async () => {
		await server.initialize();
		assert.deepEqual(await server.close(), { code: 0, signal: null });
	});

	it('takes the trace of a request, and says when it is none', async () => {
		const server = fixture.start();
		await server.initialize();
		const ask = async (trace: unknown) => {
			const id = JSON.stringify(trace);
			server.send({ id, method: 'thread/loaded/list', params: {}, trace });
			return server.waitFor('an answer', (message) => message.id === id);
		};
		const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
		for (const trace of [null, {}, { traceparent, tracestate: null }, { traceparent, other: 1 }]) assert.ok((await ask(trace)).result);
		for (const trace of [17, 'x', { traceparent: 5 }]) assert.match((await ask(trace)).error?.message ?? '', /^Invalid request: .*trace/);
	});
});
