import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import type { AppServerProcess, Message } from '../../support/appServerProcess.ts';
import { within } from '../../support/deadline.ts';
import { execCommand } from '../../support/model/modelEvents.ts';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { awkwardPaths, FrameFuzzer, type RawClient } from '../../support/frameFuzzer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

/** By hand: `TILLER_FRAMES=100000 npx mocha test/server/faults/fuzz.test.ts`, and `TILLER_SEED=...` to see a failure again. */
const frames = Number(process.env['TILLER_FRAMES'] ?? 2000);
const seed = Number(process.env['TILLER_SEED'] ?? Date.now() % 2 ** 31);
const commands = [['true'], ['nowhere'], ['echo', 'x'], ['sleep', '0.01'], ['sh', '-c', 'echo a; echo b >&2; exit 3']];

/** What the log says of mistakes that are ours. */
const FAULT = /nobody caught|could not be taken|what follows .* failed|ERROR .*(?:Type|Range|Reference)Error/;

describe(`frames made from the schemas of all methods (TILLER_SEED=${seed})`, function () {
	this.timeout(60_000 + frames * 60);
	let fixture: ServerFixture;
	const sockets: WebSocket[] = [];
	beforeEach(async () => {
		fixture = await serverFixture(Array.from({ length: frames }, (_, n) => (n % 5 === 1 ? respond(execCommand('echo x')) : say('Well.'))));
	});
	afterEach(async () => {
		for (const socket of sockets.splice(0)) socket.terminate();
		await fixture.dispose();
	});

	const attack = async (client: Omit<RawClient, 'end'>, server: AppServerProcess) => {
		const end = () =>
			server.process.exitCode === null && server.process.signalCode === null ? null : `The server ended:\n${server.stderr.slice(-3000)}`;
		const fuzzer = new FrameFuzzer({ ...client, end }, seed);
		await fuzzer.run(frames / 2, { paths: awkwardPaths(fixture.home), commands });
		assert.deepEqual([...new Set(fuzzer.mistakes)], []);
		const faults = server.stderr.split('\n').filter((line) => FAULT.test(line));
		assert.deepEqual(faults.slice(0, 5), []);
		assert.ok(fuzzer.counts.answered > frames / 20, JSON.stringify(fuzzer.counts));
		assert.ok(fuzzer.counts.refused > frames / 20, JSON.stringify(fuzzer.counts));
	};

	it('end nothing over stdio: each is answered once, and the server goes on', async () => {
		const server = fixture.start();
		await server.initialize();
		await attack({ received: server.received, send: (text) => server.sendLine(text) }, server);
		assert.deepEqual(server.garbage, []);
		assert.ok(await server.request('thread/loaded/list'));
	});

	it('end nothing over a websocket', async () => {
		const server = fixture.start({ args: ['app-server', '--listen', 'ws://127.0.0.1:0'] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const socket = new WebSocket(/address=(\S+)/.exec(server.stderr)?.[1] ?? '');
		sockets.push(socket);
		const received: Message[] = [];
		socket.on('message', (data) => received.push(JSON.parse(String(data)) as Message));
		await within('the socket to open', new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)));
		const capabilities = { experimentalApi: true };
		socket.send(JSON.stringify({ id: 'i', method: 'initialize', params: { clientInfo: { name: 'fuzz', version: '1' }, capabilities } }));
		await attack({ received, send: (text) => socket.send(text) }, server);
		assert.equal(server.process.exitCode, null);
		assert.doesNotMatch(server.stderr, /a connection was closed/);
	});
});
