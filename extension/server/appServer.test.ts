import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { inEnglish } from './translate.ts';
import { AppServer, ServerNotRunningError, UnusableProgramError } from './appServer.ts';
import type { Launcher, ServerState } from './appServer.ts';
import { NewlineReader, NewlineWriter } from './stdioTransport.ts';

/** Answers `initialize` and nothing else; `end` is what a crash looks like from outside. */
function scriptedServer() {
	const toClient = new PassThrough();
	const fromClient = new PassThrough();
	fromClient.on('data', (chunk: Buffer) => {
		for (const line of chunk.toString('utf8').split('\n')) {
			if (line === '') continue;
			const message = JSON.parse(line);
			if (message.method === 'initialize')
				toClient.write(
					`${JSON.stringify({ id: message.id, result: { userAgent: 'x', codexHome: '/h', platformFamily: 'unix', platformOs: 'linux' } })}\n`,
				);
		}
	});
	return {
		end: () => toClient.end(),
		transport: { reader: new NewlineReader(toClient), writer: new NewlineWriter(fromClient), close: () => toClient.end() },
	};
}

function fixture(connect: (count: number) => Promise<ReturnType<typeof scriptedServer>>, crashes = 3) {
	const servers: ReturnType<typeof scriptedServer>[] = [];
	const states: string[] = [];
	let ended = 0;
	let starts = 0;
	const launcher: Launcher = {
		connect: async () => {
			const server = await connect(++starts);
			servers.push(server);
			return server.transport;
		},
		endServer: async () => {
			ended++;
		},
	};
	let ends = 0;
	const server = new AppServer({
		launcher: () => launcher,
		policy: {
			serverEnded: () => (++ends >= crashes ? { type: 'giveUp' } : { type: 'restart', attempt: ends, delayMs: 0 }),
			reset: () => {
				ends = 0;
			},
		},
		clientVersion: '1',
		onRequest: async () => null,
		log: { warn: () => {} },
		t: inEnglish,
		gaveUp: (cause) => `gave up: ${cause}`,
	});
	server.onDidChangeState((state) => states.push(state.type));
	const reached = (type: ServerState['type']) =>
		new Promise<void>((resolve) => {
			if (server.state.type === type) return resolve();
			const listener = server.onDidChangeState((state) => {
				if (state.type !== type) return;
				listener.dispose();
				resolve();
			});
		});
	return { server, servers, states, reached, ended: () => ended };
}

describe('app-server of a window', () => {
	it('gives a client once it is initialized', async () => {
		const { server, states } = fixture(async () => scriptedServer());
		const client = await server.ready();
		assert.equal(client.info.codexHome, '/h');
		assert.deepEqual(states, ['starting', 'ready']);
		server.dispose();
		await assert.rejects(client.request('thread/list', {}));
	});

	it('is started again after a crash, and what waited ends', async () => {
		const { server, servers, states, reached } = fixture(async () => scriptedServer());
		const client = await server.ready();
		const waiting = client.request('thread/list', {});
		const again = reached('restarting').then(() => reached('ready'));
		servers[0]?.end();
		await assert.rejects(waiting, /ended before it answered/);
		await again;
		assert.deepEqual(states, ['starting', 'ready', 'restarting', 'ready']);
		server.dispose();
	});

	it('is given up with the last cause, and a person can start it again', async () => {
		let broken = true;
		const { server, ended } = fixture(async () => {
			if (broken) throw new Error('no such program');
			return scriptedServer();
		});
		await assert.rejects(server.ready(), (error: unknown) => error instanceof ServerNotRunningError && error.message === 'gave up: no such program');
		broken = false;
		await server.restart();
		await server.ready();
		assert.equal(ended(), 1);
		server.dispose();
	});

	it('is not tried again when its program cannot be run at all', async () => {
		let tries = 0;
		const { server, states } = fixture(async () => {
			tries++;
			throw new UnusableProgramError('there is no such program');
		});
		await assert.rejects(server.ready(), (error: unknown) => error instanceof ServerNotRunningError && error.message === 'there is no such program');
		assert.equal(tries, 1);
		assert.deepEqual(states, ['starting', 'failed']);
		server.dispose();
	});

	it('can be restarted while it starts', async () => {
		let release: (() => void) | null = null;
		const { server, states } = fixture(async (count) => {
			if (count === 1) await new Promise<void>((resolve) => (release = resolve));
			return scriptedServer();
		});
		server.start();
		await server.restart();
		await server.ready();
		(release as (() => void) | null)?.();
		await new Promise((resolve) => setImmediate(resolve));
		assert.equal(server.state.type, 'ready');
		assert.equal(states.filter((state) => state === 'ready').length, 1);
		server.dispose();
	});
});
