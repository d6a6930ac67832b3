import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import { within } from '../support/deadline.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

/** Opens a websocket; gives its HTTP status when the upgrade is refused. */
function upgrade(url: string, headers: Readonly<Record<string, string>> = {}): Promise<WebSocket | number> {
	const socket = new WebSocket(url, { headers });
	const result = new Promise<WebSocket | number>((resolve, reject) => {
		socket.once('open', () => resolve(socket));
		socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
		socket.once('error', reject);
	});
	return within('the upgrade', result);
}

async function answerTo(socket: WebSocket, message: object): Promise<{ readonly id: unknown; readonly result?: unknown; readonly error?: unknown }> {
	const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
	socket.send(JSON.stringify(message));
	return JSON.parse(await within('an answer', answer));
}

const initialize = { method: 'initialize', params: { clientInfo: { name: 'ws-test', version: '1' } } };

describe('a server on a websocket', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	async function start(args: readonly string[] = []) {
		fixture = await serverFixture();
		const token = path.join(fixture.home.root, 'token');
		await writeFile(token, 'the-token\n');
		const server = fixture.start({ args: ['app-server', '--listen', 'ws://127.0.0.1:0', ...args.map((arg) => (arg === '{token}' ? token : arg))] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const port = /ws:\/\/127\.0\.0\.1:(\d+)/.exec(server.stderr)?.[1] ?? '';
		return { server, url: `ws://127.0.0.1:${port}`, port: Number(port) };
	}

	it('says that it is healthy on the same port', async () => {
		const { port } = await start();
		for (const url of ['/readyz', '/healthz', '/else']) {
			const response = await new Promise<http.IncomingMessage>((resolve) => http.get({ port, path: url, host: '127.0.0.1' }, resolve));
			response.resume();
			assert.deepEqual([response.statusCode, response.headers['content-length']], [url === '/else' ? 404 : 200, '0']);
		}
	});

	it('keeps answers on their connection, also when two use the same id at once', async () => {
		const { url } = await start();
		const sockets = await Promise.all([upgrade(url), upgrade(url), upgrade(url)]);
		const [a, b, silent] = sockets.filter((socket) => typeof socket !== 'number');
		assert.ok(a && b && silent);
		const heard: unknown[] = [];
		silent.on('message', (data) => heard.push(data));
		const [first, second] = await Promise.all([answerTo(a, { id: 7, ...initialize }), answerTo(b, { id: 7, method: 'thread/list', params: {} })]);
		assert.ok(first.id === 7 && first.result !== undefined);
		assert.ok(second.id === 7 && second.error !== undefined, 'a connection must initialize itself');
		assert.deepEqual(heard, []);
		for (const socket of [a, b, silent]) socket.terminate();
	});

	it('lets no page of a browser in', async () => {
		const { url, port } = await start();
		const headers = { origin: 'https://example.com' };
		assert.equal(await upgrade(url, headers), 403);
		const response = await new Promise<http.IncomingMessage>((resolve) => http.get({ port, path: '/healthz', host: '127.0.0.1', headers }, resolve));
		response.resume();
		assert.equal(response.statusCode, 403);
	});

	it('says at its start that everybody on this computer can connect, unless that is meant', async () => {
		assert.match((await start()).server.stderr, /every program on this computer, of every user, can connect/);
		await fixture.dispose();
		assert.doesNotMatch((await start(['--ws-auth', 'none'])).server.stderr, /every program on this computer/);
	});

	it('asks for the token at the upgrade', async () => {
		const { url } = await start(['--ws-auth', 'capability-token', '--ws-token-file', '{token}']);
		assert.equal(await upgrade(url), 401);
		assert.equal(await upgrade(url, { authorization: 'Bearer other' }), 401);
		const socket = await upgrade(url, { authorization: 'Bearer the-token' });
		assert.ok(typeof socket !== 'number');
		socket.terminate();
	});

	it('does not start with an auth that protects nothing', async () => {
		fixture = await serverFixture();
		const server = fixture.start({ args: ['app-server', '--listen', 'ws://127.0.0.1:0', '--ws-auth', 'capability-token'] });
		assert.equal((await within('the end', server.ended)).code, 2);
		assert.match(server.stderr, /--ws-token-file/);
	});

	it('is reached by a client of lines through the proxy of its unix socket', async () => {
		fixture = await serverFixture();
		const socket = path.join(fixture.home.root, 's.sock');
		const server = fixture.start({ args: ['app-server', '--listen', `unix://${socket}`] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const client = fixture.start({ args: ['app-server', 'proxy', '--sock', socket] });
		await client.initialize();
		assert.deepEqual((await client.request('thread/list')).data, []);
		assert.equal((await client.close()).code, 0);
	});
});
