import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Connection as ClientConnection } from '../../extension/server/connection.ts';
import { connectWebSocket } from '../../extension/server/webSocketTransport.ts';
import { proveOver, SilentPipeError, UnprovenPipeError } from '../../server/protocol/wire/pipeProof.ts';
import type { Listener } from '../../server/transport/connection.ts';
import { makePipeSecret, readPipeSecret, restrictOnWindows } from '../../server/transport/pipeSecret.ts';
import { connectToSocket, proveOnPipe } from '../../server/transport/provenPipe.ts';
import { listenOnUnix } from '../../server/transport/webSocket.ts';
import { patient, within } from '../support/deadline.ts';

const patience = () => AbortSignal.timeout(patient(30_000));
const hex = (letter: string) => letter.repeat(64);

/** A unix socket stands for the pipe here: what is said on it is the same. The lane in Wine does it on a pipe. */
describe('a pipe that others may have taken', () => {
	let folder: string;
	let pipe: string;
	let secretFile: string;
	let heard: unknown[];
	let listener: Listener | null;
	const closers: (() => void)[] = [];

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-pipe-'));
		pipe = path.join(folder, 'pipe');
		secretFile = path.join(folder, 'tiller', 'run', 'pipe.secret');
		heard = [];
		listener = null;
	});
	afterEach(async () => {
		for (const close of closers.splice(0)) close();
		await listener?.close();
		fs.rmSync(folder, { recursive: true, force: true });
	});

	/** Our listener; it answers each message with itself. */
	async function listen(secret?: Buffer): Promise<void> {
		listener = await listenOnUnix(pipe, {
			...(secret === undefined ? {} : { secret }),
			accept: (connection) =>
				connection.listen({
					message: (message) => {
						heard.push(message);
						connection.send(JSON.stringify({ id: (message as { id: number }).id, result: message }));
					},
					malformed: () => {},
					closed: () => {},
				}),
			refuse: () => Promise.resolve(null),
			onError: (error) => assert.fail(error),
		});
	}

	/** Somebody else's listener: does with each connection what it likes. */
	async function squat(react: (socket: net.Socket) => void): Promise<string[]> {
		const told: string[] = [];
		const sockets: net.Socket[] = [];
		const server = net.createServer((socket) => {
			sockets.push(socket);
			socket.on('error', () => {});
			socket.on('data', (chunk) => told.push(String(chunk)));
			react(socket);
		});
		await new Promise<void>((resolve) => server.listen(pipe, resolve));
		closers.push(() => {
			for (const socket of sockets) socket.destroy();
			server.close();
		});
		return told;
	}

	const connect = () => connectWebSocket({ socket: pipe, secret: secretFile }, patience());

	it('connects the two that know the secret, and only then a message is heard', async () => {
		await listen(await makePipeSecret(secretFile));
		const client = new ClientConnection(await connect(), { onRequest: () => Promise.resolve(null), log: { warn: () => {} } });
		assert.deepEqual(await client.request('initialize', { a: 1 }), { id: 0, method: 'initialize', params: { a: 1 } });
		client.dispose();
	});

	it('tells a stranger that took the name nothing but a random number, whatever it answers', async () => {
		await makePipeSecret(secretFile);
		const answers = [
			`${hex('a')} ${hex('b')}\n`,
			'ok\n',
			'HTTP/1.1 101 Switching Protocols\r\n\r\n',
			`${'x'.repeat(5000)}`,
			`${hex('a')} ${hex('b')}\nok\n`,
		];
		for (const answer of answers) {
			const told = await squat((socket) => socket.once('data', () => socket.write(answer)));
			await assert.rejects(connect(), UnprovenPipeError, answer.slice(0, 40));
			assert.match(told.join(''), /^tiller-pipe 1 [0-9a-f]{64}\n$/);
			for (const close of closers.splice(0)) close();
			fs.rmSync(pipe, { force: true });
		}
	});

	it('does not believe a stranger that says back what it hears, or that passes it on to our server under another name', async () => {
		const secret = await makePipeSecret(secretFile);
		await listen(secret);
		const [ours, theirs] = [pipe, path.join(folder, 'other')];
		pipe = theirs;
		await squat((socket) => socket.pipe(net.connect(ours)).pipe(socket));
		await assert.rejects(connect(), UnprovenPipeError);
		for (const close of closers.splice(0)) close();
		fs.rmSync(pipe, { force: true });
		await squat((socket) => socket.pipe(socket));
		await assert.rejects(connect(), UnprovenPipeError);
		pipe = ours;
		assert.deepEqual(heard, []);
	});

	it('takes one that goes away for a server that is not there', async () => {
		await makePipeSecret(secretFile);
		await squat((socket) => socket.once('data', () => socket.end()));
		await assert.rejects(connect(), (error: unknown) => error instanceof SilentPipeError && error.code === 'ECONNRESET');
		await assert.rejects(connectWebSocket({ socket: pipe, secret: secretFile }, AbortSignal.abort()));
	});

	it('knows every listener for a stranger while no server of this user has made a secret', async () => {
		const told = await squat(() => {});
		await assert.rejects(connect(), UnprovenPipeError);
		assert.deepEqual(told, []);
	});

	it('takes no file that holds anything else for a secret: it could be known to others', async () => {
		const told = await squat(() => {});
		fs.mkdirSync(path.dirname(secretFile), { recursive: true });
		for (const text of ['', '\n', hex('a').slice(1), hex('g')]) {
			fs.writeFileSync(secretFile, text);
			await assert.rejects(connect(), UnprovenPipeError);
		}
		assert.deepEqual(told, []);
	});

	it('hears nothing of a client without the secret, and goes on with the others', async () => {
		const secret = await makePipeSecret(secretFile);
		await listen(secret);
		const upgrade =
			'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n';
		const hello = `tiller-pipe 1 ${hex('1')}\n`;
		for (const said of [upgrade, hello + upgrade, `${hello}${hex('2')}\n`, 'x'.repeat(100_000), '\n', `tiller-pipe 2 ${hex('1')}\n`]) {
			const socket = net.connect(pipe);
			let answer = '';
			socket.on('error', () => {}).on('data', (chunk) => (answer += String(chunk)));
			socket.write(said);
			await within('the connection to end', new Promise((resolve) => socket.once('close', resolve)));
			assert.doesNotMatch(answer, /HTTP|ok/, said.slice(0, 40));
		}
		const wrong = net.connect(pipe);
		await assert.rejects(proveOnPipe(wrong, 'client', { pipe, secret: Buffer.alloc(32) }), UnprovenPipeError);
		// The proof of one connection is none on another: its numbers are new.
		const proofs: string[] = [];
		for (let round = 0; round < 2; round++) {
			const socket = net.connect(pipe).on('error', () => {});
			socket.write(hello);
			proofs.push(String(await within('the proof', new Promise((resolve) => socket.once('data', resolve)))));
			socket.destroy();
		}
		assert.notEqual(proofs[0], proofs[1]);
		assert.deepEqual(heard, []);
		(await connect()).close();
	});

	it('ends with those in it that have proven nothing yet', async () => {
		await listen(await makePipeSecret(secretFile));
		const socket = net.connect(pipe).on('error', () => {});
		socket.write(`tiller-pipe 1 ${hex('1')}\n`);
		await within('the proof', new Promise((resolve) => socket.once('data', resolve)));
		const ended = new Promise((resolve) => socket.once('close', resolve));
		await listener?.close();
		listener = null;
		await within('the connection to end', ended);
	});

	it('asks nobody for a proof on a unix socket', async () => {
		await listen();
		const transport = await connectWebSocket({ socket: pipe, secret: null }, patience());
		transport.close();
		(await connectToSocket(pipe, secretFile)).destroy();
		assert.equal(fs.existsSync(secretFile), false);
	});

	it('has streams that are whole after the proof, also when the first bytes come with its last line', async () => {
		const there = new PassThrough();
		const written: string[] = [];
		const send = there.write.bind(there) as (text: string) => boolean;
		const stream = Object.assign(there, { write: (text: string) => written.push(text) });
		const mac = (text: string) => `${text.length}`.padStart(64, '0');
		const done = proveOver(stream as never, 'client', { pipe: 'p', nonce: hex('1'), mac });
		const proof = mac(['tiller-pipe', 'server', 'p', hex('1'), hex('2')].join('\n'));
		send(`${hex('2')} ${proof}\n`);
		await within('our proof', new Promise<void>((resolve) => setImmediate(resolve)));
		send('ok\n');
		await done;
		assert.equal(there.listenerCount('readable'), 0);
		const next = new Promise((resolve) => there.once('data', resolve));
		send('HTTP');
		assert.equal(String(await within('what comes next', next)), 'HTTP');
		assert.equal(written.length, 2);
	});
});

describe('the secret of pipes', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-secret-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('is one for all that make it at the same time, open to its owner alone before it is written', async () => {
		const file = path.join(folder, 'run', 'pipe.secret');
		assert.equal(readPipeSecret(file), null);
		const open: string[] = [];
		const restrict = (made: string) => {
			open.push(`${fs.readFileSync(made, 'utf8')}${(fs.statSync(made).mode & 0o077).toString(8)}`);
			return Promise.resolve();
		};
		const secrets = await Promise.all(Array.from({ length: 4 }, () => makePipeSecret(file, restrict)));
		assert.deepEqual([...new Set(secrets.map((secret) => secret.toString('hex')))].length, 1);
		assert.deepEqual([...new Set(open)], ['0']);
		assert.deepEqual(fs.readdirSync(path.dirname(file)), ['pipe.secret']);
		assert.equal(fs.statSync(file).mode & 0o777, 0o600);
		assert.deepEqual(await makePipeSecret(file, () => assert.fail('made twice')), secrets[0]);
	});

	it('is not made where it cannot be kept from others, and what is no secret is not taken for one', async () => {
		const file = path.join(folder, 'pipe.secret');
		await assert.rejects(
			makePipeSecret(file, () => Promise.reject(new Error('no rights'))),
			/no rights/,
		);
		assert.deepEqual(fs.readdirSync(folder), []);
		for (const text of ['', 'abc', `${hex('a')}x`]) {
			fs.writeFileSync(file, text);
			assert.throws(() => readPipeSecret(file), /holds no secret/);
		}
	});

	it('is left to this user alone on Windows', async () => {
		const calls: string[] = [];
		const answers: Readonly<Record<string, string>> = { 'whoami.exe': '"PC\\j\u00f6 müller","S-1-5-21-1-2-3-1001"\r\n', 'icacls.exe': 'ok' };
		await restrictOnWindows('C:\\h\\x', (file, args) => {
			calls.push([file, ...args].join(' '));
			return Promise.resolve(Buffer.from(answers[file] ?? '', 'latin1'));
		});
		assert.deepEqual(calls, ['whoami.exe /user /fo csv /nh', 'icacls.exe C:\\h\\x /inheritance:r /grant:r *S-1-5-21-1-2-3-1001:F']);
		await assert.rejects(
			restrictOnWindows('C:\\h\\x', () => Promise.resolve(Buffer.from('?'))),
			/whoami/,
		);
	});
});
