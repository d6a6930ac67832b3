import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Message, TestHome } from '../support/appServerProcess.ts';
import { within } from '../support/deadline.ts';
import { memoryOf } from './memory.ts';
import type { Program } from './program.ts';

/** A server's answer with an error: what was asked for is not there, which is no crash. */
export class Refusal extends Error {}

const PATIENCE = 600_000;
const DELTA = '{"method":"item/agentMessage/delta"';

/** A client that does as little as it can, so that what is measured is the server: text deltas are counted and not parsed. */
export class BenchClient {
	readonly #process: ChildProcessWithoutNullStreams;
	readonly #isLaunched: boolean;
	readonly #pending = new Map<number, { resolve: (value: Message['result']) => void; reject: (error: Error) => void }>();
	readonly #turns = new Map<string, (turn: Message['params']) => void>();
	readonly #ended = Promise.withResolvers<never>();
	readonly #closed: Promise<void>;
	#nextId = 1;
	/** Pieces of a line whose end has not come: joined once, since answers can be megabytes long. */
	#begun: Buffer[] = [];
	#stderr = '';
	/** Text deltas so far. */
	deltas = 0;
	#firstDelta: (() => void) | null = null;
	/** Items that were completed, by thread. */
	readonly items = new Map<string, Message['params'][]>();

	constructor(program: Program, home: TestHome) {
		this.#isLaunched = program.isLaunched;
		this.#process = spawn(program.command, program.args, { cwd: home.workspace, env: home.env, stdio: 'pipe' });
		this.#closed = new Promise((resolve) => {
			this.#process.once('close', (code, signal) => {
				this.#ended.reject(new Error(`${program.name}: the server ended (${signal ?? code}).\n${this.#stderr.slice(-2000)}`));
				resolve();
			});
		});
		this.#process.once('error', (error) => this.#ended.reject(error));
		this.#ended.promise.catch(() => {
			// Told to whoever waits; after a close nobody does.
		});
		this.#process.stdin.on('error', () => {
			// The end of the process is told above.
		});
		this.#process.stderr.on('data', (chunk: Buffer) => {
			this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-4000);
		});
		this.#process.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
	}

	static async connect(program: Program, home: TestHome): Promise<BenchClient> {
		const client = new BenchClient(program, home);
		await client.initialize();
		return client;
	}

	async initialize(): Promise<void> {
		const clientInfo = { name: 'tiller-bench', title: null, version: '0.0.0' };
		await this.request('initialize', { clientInfo, capabilities: { experimentalApi: true } });
		this.#send({ method: 'initialized' });
	}

	request(method: string, params: unknown): Promise<Message['result']> {
		const id = this.#nextId++;
		const answer = new Promise<Message['result']>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
		this.#send({ id, method, params });
		return this.#wait(`the answer to ${method}`, answer);
	}

	async startThread(params: object = {}): Promise<string> {
		const { thread } = await this.request('thread/start', params);
		return String(thread.id);
	}

	/** Runs a turn to its end, which must be a good one. */
	async runTurn(threadId: string, text: string): Promise<void> {
		const completed = new Promise<Message['params']>((resolve) => this.#turns.set(threadId, resolve));
		await this.request('turn/start', { threadId, input: [{ type: 'text', text, text_elements: [] }] });
		const turn = await this.#wait('turn/completed', completed);
		if (turn.status !== 'completed') {
			throw new Error(`The turn ended as ${turn.status}: ${JSON.stringify(turn.error)}`);
		}
	}

	/** Resolves at the next end of a turn of a thread. Called before what begins the turn. */
	turnEnd(threadId: string): Promise<void> {
		return this.#wait('turn/completed', new Promise<void>((resolve) => this.#turns.set(threadId, () => resolve())));
	}

	get pid(): number {
		return this.#process.pid ?? 0;
	}

	/** Resolves with the next text delta. */
	nextDelta(): Promise<void> {
		return this.#wait('a text delta', new Promise<void>((resolve) => (this.#firstDelta = resolve)));
	}

	/** Resident memory in MiB; null where the system does not tell. */
	memory(): Promise<number | null> {
		return memoryOf(this.pid, { isLaunched: this.#isLaunched });
	}

	/** Ends the server as a client that goes away does. */
	async close(): Promise<void> {
		this.#process.stdin.end();
		const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
		await this.#closed;
		clearTimeout(timer);
	}

	#wait<T>(what: string, promise: Promise<T>): Promise<T> {
		return within(what, Promise.race([promise, this.#ended.promise]), { ms: PATIENCE, detail: () => this.#stderr.slice(-2000) });
	}

	#send(message: object): void {
		this.#process.stdin.write(`${JSON.stringify(message)}\n`);
	}

	#read(chunk: Buffer): void {
		const end = chunk.lastIndexOf(0x0a);
		if (end < 0) {
			this.#begun.push(chunk);
			return;
		}
		const lines = Buffer.concat([...this.#begun, chunk.subarray(0, end)])
			.toString('utf8')
			.split('\n');
		this.#begun = [chunk.subarray(end + 1)];
		for (const line of lines) {
			this.#take(line);
		}
	}

	#take(line: string): void {
		if (line.startsWith(DELTA)) {
			this.deltas++;
			this.#firstDelta?.();
			this.#firstDelta = null;
			return;
		}
		const message = JSON.parse(line) as Message;
		const { id, method } = message;
		if (method === undefined) {
			this.#settle(message);
		} else if (id !== undefined) {
			this.#send({ id, error: { code: -32601, message: `The benchmark does not answer ${method}.` } });
		} else if (method === 'item/completed') {
			const items = this.items.get(message.params.threadId) ?? [];
			this.items.set(message.params.threadId, [...items, message.params.item]);
		} else if (method === 'turn/completed') {
			this.#turns.get(message.params.threadId)?.(message.params.turn);
		}
	}

	#settle({ id, result, error }: Message): void {
		const pending = this.#pending.get(Number(id));
		this.#pending.delete(Number(id));
		if (error === undefined) {
			pending?.resolve(result);
		} else {
			pending?.reject(new Refusal(error.message));
		}
	}
}

/** Runs the work with a fresh server that is ended afterwards. */
export async function withServer<T>(program: Program, home: TestHome, work: (client: BenchClient) => Promise<T>): Promise<T> {
	const client = await BenchClient.connect(program, home);
	try {
		return await work(client);
	} finally {
		await client.close();
	}
}
