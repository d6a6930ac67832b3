import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { within } from './deadline.ts';
import { findViolation } from './findViolation.ts';
import { readLines } from './jsonLines.ts';

/** The one place that knows where the built server lies. */
export const serverFile = path.resolve(import.meta.dirname, '../../dist/server.js');

/** In the lane that runs parts of the server's suite on Windows, stands between a test and its server. */
const bridgeFile = path.resolve(import.meta.dirname, '../wine/bridge.ts');

function wineEnvironment(home: TestHome): Readonly<Record<string, string>> {
	const { TILLER_WINE_PREFIX: prefix, TILLER_WINE_NODE: node = '' } = process.env;
	return prefix === undefined ? {} : { TILLER_WINE_PREFIX: prefix, TILLER_WINE_NODE: node, TILLER_WINE_ROOT: home.root };
}

/** Says which other system servers are to take this machine for. */
export const systemVariable = 'TILLER_TEST_SYSTEM';

/** Arguments of Node for that: see test/systems. */
function systemArguments(): readonly string[] {
	return process.env[systemVariable] === 'macos' ? ['--require', path.resolve(import.meta.dirname, '../systems/macos.cjs')] : [];
}

type Json = Readonly<Record<string, unknown>>;

export interface Message {
	readonly id?: string | number;
	readonly method?: string;
	// What a method carries is what the test looks at.
	// oxlint-disable-next-line typescript/no-explicit-any
	readonly params?: any;
	// oxlint-disable-next-line typescript/no-explicit-any
	readonly result?: any;
	readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** An answer with `error`, thrown by `request`. */
export class RpcFailure extends Error {
	readonly code: number;
	readonly data: unknown;

	constructor(method: string, error: NonNullable<Message['error']>) {
		super(`${method}: ${error.message}`);
		this.name = 'RpcFailure';
		this.code = error.code;
		this.data = error.data;
	}
}

/** Folders of a test's own: nothing of the user's home, temporary folder or keyring is in reach. */
export interface TestHome {
	readonly root: string;
	readonly codexHome: string;
	readonly workspace: string;
	readonly env: Readonly<Record<string, string>>;
	/** Writes `config.toml`. */
	config(text: string): Promise<void>;
	remove(): Promise<void>;
}

export async function makeTestHome(): Promise<TestHome> {
	const root = await realpath(await mkdtemp(path.join(tmpdir(), 'tiller-test-')));
	const [home, codexHome, temporary, workspace] = ['home', 'codex-home', 'tmp', 'workspace'].map((name) => path.join(root, name)) as [
		string,
		string,
		string,
		string,
	];
	await Promise.all([home, codexHome, temporary, workspace].map((folder) => mkdir(folder)));
	const env = {
		PATH: process.env['PATH'] ?? '/usr/bin:/bin',
		SHELL: '/bin/bash',
		LANG: 'C.UTF-8',
		TZ: 'UTC',
		HOME: home,
		CODEX_HOME: codexHome,
		TMPDIR: temporary,
		XDG_CONFIG_HOME: path.join(home, '.config'),
		XDG_CACHE_HOME: path.join(home, '.cache'),
		XDG_RUNTIME_DIR: temporary,
		GIT_CONFIG_NOSYSTEM: '1',
		GIT_CEILING_DIRECTORIES: path.dirname(root),
		// Nothing listens there: what tries to reach the network instead of loopback fails at once.
		HTTPS_PROXY: 'http://127.0.0.1:9',
		HTTP_PROXY: 'http://127.0.0.1:9',
		NO_PROXY: '127.0.0.1,localhost',
	};
	return {
		root,
		codexHome,
		workspace,
		env,
		config: (text) => writeFile(path.join(codexHome, 'config.toml'), text),
		remove: () => rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
	};
}

type Answer = (params: Message['params'], message: Message) => unknown;

export interface AppServerOptions {
	readonly home: TestHome;
	readonly serverFile?: string;
	readonly args?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	/** Words before its command line: another program that starts it. */
	readonly within?: readonly string[];
	/** One that runs already, elsewhere. */
	readonly process?: ChildProcessWithoutNullStreams;
}

/** The built server as a client sees it: a process, lines of JSON both ways. Every wait has a limit and says what it waited for. */
export class AppServerProcess {
	/** Everything received, in order. */
	readonly received: Message[] = [];
	readonly process: ChildProcessWithoutNullStreams;
	/** Resolves when the process has ended and its output is through. */
	readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
	/** Lines that were no JSON. */
	readonly garbage: string[] = [];
	/** Messages of another shape than the method table says; empty in a right server. `serverFixture` looks after each test. */
	readonly violations: string[] = [];
	readonly #answers = new Map<string, Answer>();
	readonly #watchers = new Set<() => void>();
	readonly #asked = new Map<unknown, string>();
	#stderr = '';
	#nextId = 1;
	#isEnded = false;

	constructor(options: AppServerOptions) {
		const wine = process.env['TILLER_WINE_PREFIX'] === undefined ? [] : ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', bridgeFile];
		const own = [process.execPath, ...systemArguments(), ...wine, options.serverFile ?? serverFile, ...(options.args ?? ['app-server'])];
		const [program = process.execPath, ...words] = [...(options.within ?? []), ...own];
		this.process =
			options.process ??
			spawn(program, words, {
				cwd: options.home.workspace,
				env: { ...options.home.env, ...options.env, ...wineEnvironment(options.home) },
				stdio: 'pipe',
				detached: true,
			});
		this.ended = new Promise((resolve) => {
			this.process.once('close', (code, signal) => {
				this.#isEnded = true;
				this.#wake();
				resolve({ code, signal });
			});
			this.process.once('error', (error) => {
				this.#stderr += error.message;
				this.#isEnded = true;
				this.#wake();
				resolve({ code: null, signal: null });
			});
		});
		this.process.stdin.on('error', () => {
			// The server has ended; whoever waits is told by `ended`.
		});
		this.process.stderr.on('data', (chunk: Buffer) => {
			this.#stderr += chunk.toString('utf8');
			this.#wake();
		});
		readLines(this.process.stdout, (line) => this.#take(line));
	}

	get stderr(): string {
		return this.#stderr;
	}

	/** Looks after every message and every line of the log. */
	waitUntilReady(isReady: () => boolean): Promise<true> {
		return this.waitUntil('the server to be ready', () => isReady() || undefined);
	}

	/** Sends a line as it is, for what no well-behaved client sends. */
	sendLine(line: string): void {
		this.process.stdin.write(`${line}\n`);
	}

	send(message: Json): void {
		if (typeof message['method'] === 'string' && message['id'] !== undefined) this.#asked.set(message['id'], message['method']);
		this.sendLine(JSON.stringify(message));
	}

	notify(method: string, params?: Json): void {
		this.send({ method, ...(params === undefined ? {} : { params }) });
	}

	/** The answer's result; throws `RpcFailure` for an error answer. */
	// oxlint-disable-next-line typescript/no-explicit-any
	async request(method: string, params: unknown = {}): Promise<any> {
		const id = this.#nextId++;
		this.send({ id, method, params });
		const answer = await this.waitFor(`the answer to ${method}`, (message) => message.method === undefined && message.id === id);
		if (answer.error !== undefined) {
			throw new RpcFailure(method, answer.error);
		}
		return answer.result;
	}

	/** The failure of a request that must fail. */
	async requestError(method: string, params: unknown = {}): Promise<RpcFailure> {
		const outcome: unknown = await this.request(method, params).catch((error: unknown) => error);
		if (outcome instanceof RpcFailure) {
			return outcome;
		}
		if (outcome instanceof Error) {
			throw outcome;
		}
		throw new Error(`${method} succeeded: ${JSON.stringify(outcome)}`);
	}

	/** From now on the server's requests of this method are answered with what the function gives; a rejection becomes an error answer. */
	answer(method: string, answer: Answer): void {
		this.#answers.set(method, answer);
	}

	/** Where the list of messages ends now: pass it to a wait to see only what comes later. */
	mark(): number {
		return this.received.length;
	}

	/** The first message since `from` that fits, also one that came before the call. */
	async waitFor(what: string, fits: (message: Message) => boolean, from = 0): Promise<Message> {
		let seen = from;
		const found = () => {
			while (seen < this.received.length) {
				const message = this.received[seen++];
				if (message !== undefined && fits(message)) {
					return message;
				}
			}
			if (this.#isEnded) {
				throw new Error(`The server ended while the test waited for ${what}.\n${this.#story()}`);
			}
			return undefined;
		};
		return this.waitUntil(what, found);
	}

	waitForNotification(method: string, fits: (params: Message['params']) => boolean = () => true, from = 0): Promise<Message> {
		return this.waitFor(method, (message) => message.method === method && message.id === undefined && fits(message.params), from);
	}

	waitForServerRequest(method: string, fits: (params: Message['params']) => boolean = () => true, from = 0): Promise<Message> {
		return this.waitFor(method, (message) => message.method === method && message.id !== undefined && fits(message.params), from);
	}

	/** Looks at once and after every message until there is something. */
	async waitUntil<T>(what: string, look: () => T | undefined): Promise<T> {
		let watcher: (() => void) | undefined;
		const promise = new Promise<T>((resolve, reject) => {
			watcher = () => {
				try {
					const value = look();
					if (value !== undefined) {
						resolve(value);
					}
				} catch (error) {
					reject(error instanceof Error ? error : new Error(String(error)));
				}
			};
			this.#watchers.add(watcher);
			watcher();
		});
		try {
			return await within(what, promise, { detail: () => this.#story() });
		} finally {
			if (watcher !== undefined) {
				this.#watchers.delete(watcher);
			}
		}
	}

	async initialize(capabilities: Json = { experimentalApi: true }): Promise<Message['result']> {
		const result: unknown = await this.request('initialize', { clientInfo: { name: 'tiller-test', title: null, version: '0.0.0' }, capabilities });
		this.notify('initialized');
		return result;
	}

	/** Starts a thread in the test's workspace and gives its id. */
	async startThread(home: TestHome, params: Json = {}): Promise<string> {
		const { thread } = await this.request('thread/start', { cwd: home.workspace, ...params });
		return thread.id as string;
	}

	/** Starts a turn and waits until it is over; gives the turn of `turn/completed`. */
	async runTurn(threadId: string, text: string, params: Json = {}): Promise<Message['params']> {
		const from = this.mark();
		const { turn } = await this.request('turn/start', { threadId, input: [{ type: 'text', text, text_elements: [] }], ...params });
		// A follower also hears how the turn of another server ended.
		const message = await this.waitForNotification('turn/completed', (done) => done.threadId === threadId && done.turn.id === turn.id, from);
		return message.params.turn;
	}

	/** Ends stdin, as a client that goes away does, and waits for the end. */
	async close(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
		this.process.stdin.end();
		return within('the server to end after its stdin', this.ended, { detail: () => this.#story() });
	}

	/** For tear-down: the process and its group are gone when this resolves, whatever state they were in. */
	async kill(): Promise<void> {
		const { pid } = this.process;
		if (pid !== undefined) {
			try {
				process.kill(-pid, 'SIGKILL');
			} catch {
				// The group has ended by itself.
			}
		} else {
			this.process.kill('SIGKILL');
		}
		await within('the killed server to be reaped', this.ended);
	}

	#take(line: string): void {
		let message: Message;
		try {
			message = JSON.parse(line) as Message;
		} catch {
			this.garbage.push(line);
			return;
		}
		this.received.push(message);
		const violation = findViolation(message, this.#asked);
		if (violation !== null) this.violations.push(violation);
		this.#reply(message);
		this.#wake();
	}

	#reply(message: Message): void {
		const answer = message.method !== undefined && message.id !== undefined ? this.#answers.get(message.method) : undefined;
		if (answer === undefined) {
			return;
		}
		Promise.resolve()
			.then(() => answer(message.params, message))
			.then(
				(result) => this.send({ id: message.id, result }),
				(error: unknown) => this.send({ id: message.id, error: { code: -32000, message: String(error) } }),
			);
	}

	#wake(): void {
		for (const watcher of this.#watchers) {
			watcher();
		}
	}

	#story(): string {
		const last = this.received.slice(-15).map((message) => JSON.stringify(message).slice(0, 300));
		return `Last messages:\n${last.join('\n')}\nstderr:\n${this.#stderr.slice(-2000)}`;
	}
}
