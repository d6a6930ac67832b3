import type { Fetch } from '../model/http/transportFetch.ts';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import type { ProcessHost } from '../exec/process.ts';
import { type McpCallResult, readCallResult } from './calls/callResult.ts';
import { CallClock } from './calls/callClock.ts';
import { type ElicitationReply, type ElicitationRequest, readElicitation, replyForServer } from './calls/elicitation.ts';
import {
	ElicitationRefused,
	type AccessTokens,
	type Connect,
	type ListedTool,
	McpCallError,
	type McpClient,
	type Progress,
	type RawRecord,
} from './sdk/mcpClient.ts';
import type { ListedServer } from './knownServers.ts';
import type { McpServerConfig } from './serverConfig.ts';

export type ServerState =
	| { readonly type: 'idle' }
	| { readonly type: 'starting' }
	| { readonly type: 'ready'; readonly client: McpClient }
	/** `message`: for people, with what to do about it where that is known. */
	| { readonly type: 'failed'; readonly message: string; readonly access: Access }
	| { readonly type: 'closed' };

/** Whether a server that failed let us in: it did or was not asked, it wants to know who is there, or it no longer knows who signed in. */
export type Access = 'notRefused' | 'unknownUser' | 'signInExpired';

export interface ConnectionPorts {
	/** Loads what is needed to connect. */
	readonly connect: () => Promise<Connect>;
	readonly host: ProcessHost;
	readonly fetch: Fetch;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly version: string;
	readonly tokens: AccessTokens | null;
	/** Asks the person about what the server wants to know. Never rejects. `signal`: the server, or whoever called it, no longer waits. */
	elicit(request: ElicitationRequest, signal: AbortSignal): Promise<ElicitationReply>;
	/** Asked before the program or address is used for the first time; a text says why it may not be. */
	mayStart(config: McpServerConfig, signal: AbortSignal): Promise<string | null>;
	stateChanged(state: ServerState): void;
	listsChanged(): void;
	/** What the server offers; null: it was to start and did not. */
	learned(said: ListedServer | null): void;
	log(line: string): void;
	/** Takes out of what the server says what must not be shown. */
	redact(text: string): string;
	/** Milliseconds, for waiting between attempts. */
	now(): number;
}

export interface CallRequest {
	readonly tool: string;
	readonly arguments: RawRecord | undefined;
	readonly meta: RawRecord;
	readonly signal: AbortSignal;
	onProgress(progress: Progress): void;
}

/** Between two attempts after one that failed, in milliseconds: doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Whoever needs the server waits so long for the next attempt; for longer pauses they hear why. */
const PATIENCE_MS = 2_500;
/** For a server to hear that a call is no longer wanted. */
const STOP_MS = 50;
/** Lists that are asked for while the person waits. */
const LIST_TIMEOUT_MS = 30_000;

/** One server as one thread uses it: connects, calls, connects again when it has died and is needed. */
export class McpConnection {
	/** What decides about calls may be replaced; the rest makes another connection. */
	config: McpServerConfig;
	readonly #cwd: string;
	readonly #ports: ConnectionPorts;
	readonly #life = new AbortController();
	readonly #calls = new Set<CallClock>();
	#state: ServerState = { type: 'idle' };
	#starting: Promise<void> | null = null;
	#failures = 0;
	#retryAt = 0;
	#listed: ListedServer | null;
	#listing: Promise<void> | null = null;
	#listAgain = false;

	/** `listed`: what another connection to the same server heard. */
	constructor(config: McpServerConfig, options: { readonly cwd: string; readonly ports: ConnectionPorts; readonly listed?: ListedServer | null }) {
		this.config = config;
		this.#cwd = options.cwd;
		this.#ports = options.ports;
		this.#listed = options.listed ?? null;
	}

	get state(): ServerState {
		return this.#state;
	}

	/** As the server listed them last, sorted by name; null before it did. Those of a server that died are still there: a call starts it again. */
	get tools(): readonly ListedTool[] | null {
		return this.#listed?.tools ?? null;
	}

	/** What the server says of its list of tools. */
	get toolListMeta(): RawRecord | null {
		return this.#listed?.toolListMeta ?? null;
	}

	/** What the server wants models to know about it. */
	get instructions(): string | null {
		return this.#listed?.instructions ?? null;
	}

	/** Connects, unless it is connected or connecting. Resolves when it is ready or has failed; never rejects. */
	start(): Promise<void> {
		if (this.#state.type === 'ready' || this.#state.type === 'closed') return Promise.resolve();
		this.#starting ??= this.#connect().finally(() => {
			this.#starting = null;
		});
		return this.#starting;
	}

	/** The client; connects where needed. Rejects with `McpCallError`. */
	async client(signal: AbortSignal): Promise<McpClient> {
		if (this.#state.type === 'failed' && this.#starting === null) {
			const pause = this.#retryAt - this.#ports.now();
			if (pause > PATIENCE_MS) throw new McpCallError(`${this.#state.message} (the next attempt is in ${Math.ceil(pause / 1000)} s)`);
			if (pause > 0) await sleep(pause, signal);
		}
		if (this.#state.type !== 'ready') await until(this.start(), signal);
		const { state } = this;
		if (state.type === 'ready') return state.client;
		throw new McpCallError(state.type === 'failed' ? state.message : `the MCP server ${this.config.name} is not running`);
	}

	/** Rejects with `McpCallError`, also when the time is up; then the server has been told. */
	async call({ tool, arguments: args, meta, signal, onProgress }: CallRequest): Promise<McpCallResult> {
		const client = await this.client(signal);
		const clock = new CallClock(this.config.toolTimeoutMs, signal);
		this.#calls.add(clock);
		try {
			const result = readCallResult(await client.callTool({ name: tool, arguments: args }, { meta, signal: clock.signal, onProgress }));
			if (result === null) throw new McpCallError('the server answered with something that is no result of a call');
			return result;
		} catch (error) {
			if (clock.isTimedOut) throw new McpCallError(`timed out awaiting tools/call after ${this.config.toolTimeoutMs / 1000} s`, { cause: error });
			// What was told to stop gets a moment for it: the turn does not end before its server knows.
			if (signal.aborted) await delay(STOP_MS);
			// Whoever waits hears of the end of the connection in any order.
			const over = signal.aborted ? null : await Promise.race([client.closed, setImmediate(null)]);
			if (over !== null) throw new McpCallError(`the MCP server ${this.config.name} ended during the call: ${over}`, { cause: error });
			if (error instanceof Error) error.message = this.#ports.redact(error.message);
			throw error;
		} finally {
			this.#calls.delete(clock);
			clock.stop();
		}
	}

	/** Connects anew, at once. */
	async restart(): Promise<void> {
		if (this.#state.type === 'closed') return;
		await this.#starting;
		const { state } = this;
		this.#failures = 0;
		this.#retryAt = 0;
		this.#set({ type: 'idle' });
		if (state.type === 'ready') await state.client.close();
		await this.start();
	}

	async close(): Promise<void> {
		const { state } = this;
		this.#state = { type: 'closed' };
		this.#life.abort(new Error('the thread is closed'));
		if (state.type === 'ready') await state.client.close();
		await this.#starting;
	}

	async #connect(): Promise<void> {
		const { config } = this;
		const refused = await this.#ports.mayStart(config, this.#life.signal);
		if (this.#isClosed()) return;
		if (refused !== null) return this.#failed(refused);
		this.#set({ type: 'starting' });
		const timeout = AbortSignal.timeout(config.startupTimeoutMs);
		const signal = AbortSignal.any([this.#life.signal, timeout]);
		let client: McpClient | null = null;
		let hasToken = false;
		const { tokens: source } = this.#ports;
		const watched: AccessTokens = {
			current: async (request) => {
				const token = (await source?.current(request)) ?? null;
				hasToken ||= token !== null;
				return token;
			},
		};
		try {
			const connect = await this.#ports.connect();
			client = await connect({
				config,
				cwd: this.#cwd,
				env: this.#ports.env,
				host: this.#ports.host,
				fetch: this.#ports.fetch,
				version: this.#ports.version,
				tokens: source && watched,
				signal,
				onElicitation: (params, server) => this.#elicit(params, server),
				onListChanged: (what) => (what === 'tools' ? void this.#listTools() : this.#ports.listsChanged()),
				onLog: (line) => this.#ports.log(line),
			});
			const { tools, meta: toolListMeta } = client.has.tools ? await client.listTools(signal) : { tools: [], meta: null };
			if (this.#isClosed()) throw new Error('the thread is closed');
			this.#heard({ tools, instructions: client.instructions, toolListMeta });
		} catch (error) {
			await client?.close();
			if (this.#isClosed()) return;
			this.#ports.learned(null);
			const late = `it was not ready within ${config.startupTimeoutMs / 1000} s (startup_timeout_sec)`;
			const isRefused = source !== null && error instanceof Error && error.name === 'AccessRefused';
			const access = !isRefused ? 'notRefused' : hasToken ? 'signInExpired' : 'unknownUser';
			const again = access === 'signInExpired' ? '; sign in again' : '';
			return this.#failed(`the MCP server ${config.name} could not be started: ${timeout.aborted ? late : errorText(error)}${again}`, access);
		}
		this.#failures = 0;
		this.#set({ type: 'ready', client });
		void client.closed.then((reason) => this.#died(client, reason));
	}

	#isClosed(): boolean {
		return this.#state.type === 'closed';
	}

	#heard(said: ListedServer): void {
		this.#listed = said;
		this.#ports.learned(said);
	}

	#failed(said: string, access: Access = 'notRefused'): void {
		const message = this.#ports.redact(said);
		this.#retryAt = this.#ports.now() + Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
		this.#failures++;
		this.#ports.log(message);
		this.#set({ type: 'failed', message, access });
	}

	#died(client: McpClient, reason: string): void {
		if (this.#state.type !== 'ready' || this.#state.client !== client) return;
		this.#failed(`the MCP server ${this.config.name} ended: ${reason}`);
		// The first time it is needed it is started again without a pause.
		if (this.#failures === 1) this.#retryAt = 0;
	}

	#set(state: ServerState): void {
		if (this.#isClosed()) return;
		this.#state = state;
		this.#ports.stateChanged(state);
	}

	/** However often a server says that its list changed: one request at a time, and one more after it. */
	#listTools(): Promise<void> {
		this.#listAgain = true;
		this.#listing ??= this.#listWhileChanged().finally(() => {
			this.#listing = null;
		});
		return this.#listing;
	}

	async #listWhileChanged(): Promise<void> {
		while (this.#listAgain && this.#state.type === 'ready') {
			this.#listAgain = false;
			try {
				const { client } = this.#state;
				const { tools, meta: toolListMeta } = await client.listTools(AbortSignal.any([this.#life.signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]));
				this.#heard({ tools, instructions: client.instructions, toolListMeta });
				this.#ports.listsChanged();
			} catch (error) {
				this.#ports.log(`its tools could not be listed again: ${errorText(error)}`);
				return;
			}
		}
	}

	/** The news of a change came before the answer of a call: what it is about is there when the call has ended. */
	async listed(): Promise<void> {
		await this.#listing;
	}

	async #elicit(params: unknown, server: AbortSignal): Promise<RawRecord> {
		const request = readElicitation(params);
		if (typeof request === 'string') throw new ElicitationRefused(request);
		const resume = [...this.#calls].map((clock) => clock.pause());
		try {
			const signal = AbortSignal.any([server, this.#life.signal, ...[...this.#calls].map((clock) => clock.signal)]);
			return replyForServer(await this.#ports.elicit(request, signal));
		} finally {
			for (const go of resume) go();
		}
	}
}

function errorText(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** Waits for the work, but not longer than until the signal; then rejects with its reason. */
async function until(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
	signal.throwIfAborted();
	const { promise, reject } = Promise.withResolvers<never>();
	const stop = () => reject(errorOf(signal.reason));
	signal.addEventListener('abort', stop, { once: true });
	try {
		await Promise.race([work, promise]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}

const errorOf = (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason)));

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, ms);
	try {
		await until(promise, signal);
	} finally {
		clearTimeout(timer);
	}
}
