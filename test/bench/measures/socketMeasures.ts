import { type ChildProcess, spawn } from 'node:child_process';
import { WebSocket } from 'ws';
import type { Message, TestHome } from '../../support/appServerProcess.ts';
import { within } from '../../support/deadline.ts';
import { type Measure, repeated, timed } from '../measure.ts';
import { itemAdded, itemDone, messageItem, textDelta } from '../../support/model/modelEvents.ts';
import { bodyOf, manyDeltas } from '../model.ts';
import { memoryOf } from '../memory.ts';
import { inHome, type Program } from '../program.ts';

const patience = { ms: 90_000 };
const DELTA = '{"method":"item/agentMessage/delta"';
const input = [{ type: 'text', text: 'Write much.', text_elements: [] }];

/** A client over a websocket that does as little as it can: deltas are counted and not parsed. */
class SocketBenchClient {
	readonly #socket: WebSocket;
	readonly #pending = new Map<number, PromiseWithResolvers<Message['result']>>();
	#nextId = 1;
	deltas = 0;
	/** Resolves at each end of a turn. */
	turnDone = Promise.withResolvers<void>();

	private constructor(socket: WebSocket) {
		this.#socket = socket;
		socket.on('error', () => {});
		socket.on('message', (data) => this.#take(String(data)));
	}

	static async connect(url: string): Promise<SocketBenchClient> {
		const socket = new WebSocket(url);
		const client = new SocketBenchClient(socket);
		await within('the socket to open', new Promise((resolve) => socket.once('open', resolve)), patience);
		await client.request('initialize', {
			clientInfo: { name: 'tiller-bench', title: null, version: '0.0.0' },
			capabilities: { experimentalApi: true },
		});
		return client;
	}

	request(method: string, params: unknown): Promise<Message['result']> {
		const id = this.#nextId++;
		const answer = Promise.withResolvers<Message['result']>();
		this.#pending.set(id, answer);
		this.#socket.send(JSON.stringify({ id, method, params }));
		return within(`the answer to ${method}`, answer.promise, patience);
	}

	stopReading(): void {
		this.#socket.pause();
	}

	close(): void {
		this.#socket.terminate();
	}

	#take(text: string): void {
		if (text.startsWith(DELTA)) {
			this.deltas++;
			return;
		}
		const message = JSON.parse(text) as Message;
		if (message.method === 'turn/completed') {
			this.turnDone.resolve();
			this.turnDone = Promise.withResolvers();
		} else if (message.method === undefined) {
			const pending = this.#pending.get(Number(message.id));
			this.#pending.delete(Number(message.id));
			if (message.error) pending?.reject(new Error(message.error.message));
			else pending?.resolve(message.result);
		}
	}
}

/** Runs the work with a server on a websocket and clients of it. */
export async function withClients<T>(
	program: Program,
	home: TestHome,
	count: number,
	work: (clients: readonly SocketBenchClient[], server: { memory(): Promise<number | null> }) => Promise<T>,
): Promise<T> {
	const args = [...program.args, '--listen', 'ws://127.0.0.1:0'];
	const child = spawn(program.command, args, { cwd: home.workspace, env: home.env, stdio: ['ignore', 'pipe', 'pipe'] });
	try {
		const url = await within('the server to listen', listening(child), patience);
		const clients = await Promise.all(Array.from({ length: count }, () => SocketBenchClient.connect(url)));
		try {
			return await work(clients, { memory: () => memoryOf(child.pid ?? 0, program) });
		} finally {
			for (const client of clients) client.close();
		}
	} finally {
		const closed = new Promise((resolve) => child.once('close', resolve));
		child.kill('SIGTERM');
		const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
		await closed;
		clearTimeout(timer);
	}
}

function listening(child: ChildProcess): Promise<string> {
	return new Promise((resolve, reject) => {
		let text = '';
		const look = (chunk: Buffer) => {
			text += chunk.toString('utf8');
			const url = /ws:\/\/127\.0\.0\.1:[1-9]\d*/.exec(text)?.[0];
			if (url !== undefined) resolve(url);
		};
		child.stdout?.on('data', look);
		child.stderr?.on('data', look);
		child.once('close', () => reject(new Error(`the server ended: ${text.slice(-500)}`)));
	});
}

/** A thread that all clients follow, after a first turn, so that it can be resumed. */
async function sharedThread(clients: readonly SocketBenchClient[], home: TestHome): Promise<string> {
	const [first, ...others] = clients;
	if (first === undefined) throw new Error('no client');
	const { thread } = await first.request('thread/start', { cwd: home.workspace });
	const done = first.turnDone.promise;
	await first.request('turn/start', { threadId: thread.id, input });
	await done;
	await Promise.all(others.map((client) => client.request('thread/resume', { threadId: thread.id })));
	return String(thread.id);
}

const DELTA_COUNT = 20_000;

const subscribers: Measure = {
	id: 'subscribers',
	rows: [
		{ key: 'deltas1', name: '20,000 text deltas to 1 websocket client', unit: 'ms', budget: 450 },
		{ key: 'deltas5', name: '20,000 text deltas to 5 websocket clients', unit: 'ms', budget: null },
	],
	run: async (program, model) => {
		const body = manyDeltas(Array.from({ length: DELTA_COUNT }, (_, n) => `w${n} `));
		const runs = (count: number) =>
			inHome(model.server.url, (home) =>
				repeated(3, () =>
					withClients(program, home, count, async (clients) => {
						model.reply(manyDeltas(['Hello.']), body);
						const threadId = await sharedThread(clients, home);
						return timed(async () => {
							const done = Promise.all(clients.map((client) => client.turnDone.promise));
							await clients[0]?.request('turn/start', { threadId, input });
							await within('all turns to end', done, patience);
						});
					}),
				),
			);
		return { deltas1: await runs(1), deltas5: await runs(5) };
	},
};

const slowReader: Measure = {
	id: 'slowReader',
	rows: [{ key: 'slowReader', name: 'slowest answer to others while one client does not read', unit: 'ms', budget: 50 }],
	run: async (program, model) => {
		// Much in small pieces, of which the whole that is recorded in the end is no part of what is measured.
		const pieces = Array.from({ length: 8000 }, (_, n) => textDelta(`${n} ${'x'.repeat(2500)}\n`));
		const begun = itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] });
		const flood = bodyOf(begun, pieces, itemDone(messageItem('That was much.')));
		const runs = await inHome(model.server.url, (home) =>
			repeated(3, () =>
				withClients(program, home, 3, async (clients) => {
					const [first, stuck, other] = clients;
					if (!first || !stuck || !other) throw new Error('no clients');
					model.reply(manyDeltas(['Hello.']), flood);
					const threadId = await sharedThread([first, stuck], home);
					stuck.stopReading();
					let isOver = false;
					void first.turnDone.promise.then(() => {
						isOver = true;
					});
					await first.request('turn/start', { threadId, input });
					let slowest = 0;
					while (!isOver) slowest = Math.max(slowest, await timed(() => other.request('thread/loaded/list', {})));
					return slowest;
				}),
			),
		);
		return { slowReader: runs };
	},
};

export const socketMeasures: readonly Measure[] = [subscribers, slowReader];
