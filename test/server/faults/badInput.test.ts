import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import { createAppServer } from '../../../server/appServer.ts';
import { linkedPair } from '../../../server/transport/linkedPair.ts';
import { type AppServerProcess, type Message, serverFile } from '../../support/appServerProcess.ts';
import { patient, until, within } from '../../support/deadline.ts';
import { hostileInputs, hostileMethods, hostileTexts } from '../../support/hostileInput.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

/** A client that sends texts as they are. */
interface Sender {
	send(text: string): void;
	readonly received: readonly Message[];
}

const initialize = JSON.stringify({ id: 'init', method: 'initialize', params: { clientInfo: { name: 'fuzz', version: '1' } } });

/** Sends what no client should, and waits until every request is answered, and one more that is in order. */
async function attack(sender: Sender, texts: readonly string[], asked: ReadonlyMap<string, number>): Promise<void> {
	sender.send(initialize);
	for (const text of texts) sender.send(text);
	sender.send(JSON.stringify({ id: 'last', method: 'thread/loaded/list', params: {} }));
	const missing = () => {
		const counts = new Map<unknown, number>();
		for (const { id, method } of sender.received) if (method === undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
		return [...asked, ['last', 1] as const].filter(([id, count]) => counts.get(id) !== count);
	};
	await until('all answers', () => missing().length === 0).catch(() => {});
	assert.deepEqual(missing(), [], 'these were not answered exactly as often as they were asked');
	const answers = new Map(sender.received.filter(({ method }) => method === undefined).map((answer) => [answer.id, answer]));
	for (const id of asked.keys()) {
		const answer = answers.get(id);
		assert.notEqual(answer?.result === undefined, answer?.error === undefined, `${id} has a result or an error`);
	}
	assert.ok(Array.isArray(answers.get('last')?.result?.data));
}

/** The most memory that the process ever held, in MiB; null where the system does not tell. */
function peakMemory(server: AppServerProcess): number | null {
	try {
		const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1];
		return kib === undefined ? null : Number(kib) / 1024;
	} catch {
		return null;
	}
}

/** What the process took of the processor so far; null where the system does not tell. */
function processorSeconds(server: AppServerProcess): number | null {
	try {
		const stat = readFileSync(`/proc/${server.process.pid}/stat`, 'utf8');
		const [user, system] = stat
			.slice(stat.lastIndexOf(')') + 2)
			.split(' ')
			.slice(11, 13);
		return (Number(user) + Number(system)) / 100;
	} catch {
		return null;
	}
}

describe('bad input', () => {
	let fixture: ServerFixture;
	const sockets: WebSocket[] = [];
	beforeEach(async () => {
		fixture = await serverFixture();
	});
	afterEach(async () => {
		for (const socket of sockets.splice(0)) socket.terminate();
		await fixture.dispose();
	});

	async function listen(address: string): Promise<{ server: AppServerProcess; connect: () => Promise<Sender & { readonly socket: WebSocket }> }> {
		const server = fixture.start({ args: ['app-server', '--listen', address] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const bound = /address=(\S+)/.exec(server.stderr)?.[1] ?? '';
		const isPath = bound.startsWith('unix://');
		const connect = async () => {
			const socket = isPath
				? new WebSocket('ws://localhost/', { createConnection: () => net.connect(bound.slice('unix://'.length)) })
				: new WebSocket(bound);
			sockets.push(socket);
			const received: Message[] = [];
			socket.on('message', (data) => received.push(JSON.parse(String(data)) as Message));
			socket.on('error', () => {});
			await within('the socket to open', new Promise((resolve) => socket.once('open', resolve)));
			return { socket, received, send: (text: string) => socket.send(text) };
		};
		return { server, connect };
	}

	const { texts, asked } = hostileTexts(hostileInputs(400));

	it('over stdio ends nothing: every request with an id is answered, and the server goes on', async () => {
		const server = fixture.start();
		assert.ok(asked.size > 200);
		await attack({ received: server.received, send: (text) => server.sendLine(text) }, texts, asked);
		assert.deepEqual(server.garbage, []);
		assert.ok(Array.isArray((await server.request('thread/list')).data));
		assert.equal(Object.prototype.hasOwnProperty.call({}, 'threadId'), false);
		assert.deepEqual(await server.close(), { code: 0, signal: null });
	});

	for (const [name, address] of [
		['websocket', 'ws://127.0.0.1:0'],
		['unix socket', 'unix://{root}/s.sock'],
	] as const) {
		it(`over a ${name} ends nothing, and what two clients send at once stays apart`, async () => {
			const { server, connect } = await listen(address.replace('{root}', fixture.home.root));
			const clients = await Promise.all([connect(), connect()]);
			await Promise.all(clients.map((client) => attack(client, texts, asked)));
			assert.doesNotMatch(server.stderr, /a connection was closed/);
			assert.ok((peakMemory(server) ?? 0) < 400);
		});
	}

	it('in the same process ends nothing', async () => {
		const server = createAppServer({ env: { ...fixture.home.env }, assets: path.dirname(serverFile), writeLog: () => {} });
		const pair = linkedPair();
		server.accept(pair.server);
		const received: Message[] = [];
		pair.client.listen({ message: (value) => received.push(value as Message), closed: () => {} });
		const isJson = (text: string) => {
			try {
				return [JSON.parse(text) as unknown];
			} catch {
				return [];
			}
		};
		await attack({ received, send: (text) => isJson(text).forEach((value) => pair.client.send(value)) }, texts, asked);
		pair.client.close();
		await server.close();
	});

	it('before initialize is refused, whatever it is', async () => {
		const server = fixture.start();
		for (const method of hostileMethods.slice(0, 30)) assert.match((await server.requestError(method, {})).message, /Not initialized/);
		await server.initialize();
	});

	it('of a hundred megabytes in one line is answered without keeping it', async () => {
		const server = fixture.start();
		await server.initialize();
		const part = 'x'.repeat(1024 * 1024);
		server.process.stdin.write('{"id":"huge","method":"thread/list","params":{"searchTerm":"');
		for (let megabytes = 0; megabytes < 100; megabytes++) {
			if (!server.process.stdin.write(part)) await new Promise((resolve) => server.process.stdin.once('drain', resolve));
		}
		server.sendLine('"}}');
		assert.ok(Array.isArray((await server.request('thread/list')).data));
		const answer = await server.waitFor('an answer to the line', (message) => message.id === 'huge');
		assert.match(answer.error?.message ?? '', /at most 16777216 are taken/);
		assert.ok((peakMemory(server) ?? 0) < 250);
	});

	it('of sixteen megabytes of brackets, or of texts, holds up nobody', async () => {
		const server = fixture.start();
		await server.initialize();
		server.sendLine(`{"id":"deep","method":"thread/start","params":{"config":${'{"a":'.repeat(3_000_000)}1${'}'.repeat(1_000_000)}`);
		server.sendLine(`{"id":"wide","method":"thread/start","params":{"config":{"a":[${'{},'.repeat(500_000)}{}]}}}`);
		const deep = await server.waitFor('an answer to the nested one', (message) => message.id === 'deep');
		assert.match(deep.error?.message ?? '', /nested deeper than 128 levels/);
		const wide = await server.waitFor('an answer to the wide one', (message) => message.id === 'wide');
		assert.ok(wide.result !== undefined || wide.error !== undefined);
		assert.ok(Array.isArray((await server.request('thread/list')).data));
		const seconds = processorSeconds(server);
		assert.ok(seconds === null || seconds < patient(8), `${seconds} s of the processor`);
	});

	it('of frames that are against the rules closes their connection with a reason, and no other', async () => {
		const { server, connect } = await listen('ws://127.0.0.1:0');
		const good = await connect();
		good.send(initialize);
		/** Bytes after a good upgrade; gives the status of the close frame, null when the connection just ended. */
		const frames = async (bytes: Buffer, { end = false } = {}): Promise<number | null> => {
			const { socket } = await connect();
			const raw = (socket as unknown as { _socket: net.Socket })._socket;
			const closed = new Promise<number>((resolve) => socket.once('close', resolve));
			raw.write(bytes);
			if (end) raw.end();
			const code = await within('the close', closed);
			return code === 1006 ? null : code;
		};
		const header = (opcode: number, length: number) => {
			const bytes = Buffer.alloc(14);
			bytes[0] = 0x80 | opcode;
			bytes[1] = 0x80 | 127;
			bytes.writeBigUInt64BE(BigInt(length), 2);
			return bytes;
		};
		assert.equal(await frames(header(1, 100 * 1024 * 1024)), 1009, 'a frame of a hundred megabytes');
		assert.equal(await frames(Buffer.from([0xff, 0xff, 0x00])), 1002, 'reserved bits');
		assert.equal(await frames(Buffer.from([0x81, 0x02, 0x7b, 0x7d])), 1002, 'a frame without a mask');
		assert.equal(await frames(Buffer.concat([Buffer.from([0x81, 0x82, 0, 0, 0, 0]), Buffer.from([0xc3, 0x28])])), 1007, 'no UTF-8');
		assert.equal(await frames(Buffer.concat([header(1, 1000), Buffer.from('{"id":1')]), { end: true }), null, 'a frame that is cut off');
		for (const seed of [3, 5, 7, 11, 13]) {
			const noise = Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * n * seed + seed) & 0xff));
			await frames(noise, { end: true });
		}
		good.send(JSON.stringify({ id: 'still', method: 'thread/loaded/list', params: {} }));
		await until('an answer on the good connection', () => good.received.some(({ id }) => id === 'still'));
		assert.match(server.stderr, /a connection was closed .*reason=Max payload size exceeded/);
		assert.ok((peakMemory(server) ?? 0) < 250);
	});

	it('that is no HTTP ends its own connection only', async () => {
		const { server, connect } = await listen('ws://127.0.0.1:0');
		const port = Number(/127\.0\.0\.1:(\d+)/.exec(server.stderr)?.[1]);
		const inputs = [
			'\u0000\u0001\u0002',
			'GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
			`GET /${'a'.repeat(100_000)} HTTP/1.1\r\n`,
		];
		for (const input of inputs) {
			const socket = net.connect(port, '127.0.0.1');
			const closed = new Promise((resolve) => socket.once('close', resolve));
			socket.on('error', () => {});
			socket.resume();
			socket.end(input);
			await within('the end of the connection', closed);
		}
		const good = await connect();
		good.send(initialize);
		await until('an answer', () => good.received.some(({ id, result }) => id === 'init' && result !== undefined));
	});
});
