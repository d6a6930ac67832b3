import type { Translate } from './translate.ts';
import type { NetworkSettings } from '../../server/protocol/host/network.ts';
import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import { Connection } from './connection.ts';
import type { ConnectionLog, RequestHandler, ServerTexts } from './connection.ts';
import type { RestartPolicy } from './restartPolicy.ts';
import type { Transport } from './webSocketTransport.ts';
import { initializeClient } from './client.ts';
import type { Client } from './client.ts';

/** How the extension stands with the server. A client exists in one state only, so nothing can be asked of a server that is not there. */
export type ServerState =
	| { readonly type: 'stopped' }
	| { readonly type: 'starting' }
	| { readonly type: 'ready'; readonly client: Client }
	| { readonly type: 'restarting'; readonly attempt: number }
	| { readonly type: 'failed'; readonly message: string };

/** Brings about a running server and connects to it. */
export interface Launcher {
	connect(signal: AbortSignal): Promise<Transport>;
	/** Ends the server program itself, before a restart that a person asked for. */
	endServer(): Promise<void>;
}

export interface AppServerOptions {
	readonly launcher: () => Launcher;
	readonly policy: RestartPolicy;
	readonly clientVersion: string;
	/** Whether anything may be exported while this client is connected; left out: as the server is configured. */
	readonly telemetry?: () => boolean;
	/** How the server's requests leave this machine. Left out: as its environment says. */
	readonly network?: () => NetworkSettings;
	readonly onRequest: RequestHandler;
	readonly log: ConnectionLog;
	readonly texts?: ServerTexts;
	/** What is told when it is given up; `cause` is the last thing that went wrong. */
	readonly t: Translate;
	readonly gaveUp: (cause: string) => string;
}

/** The program that was named cannot be run at all: trying again does not help. The message says what to do. */
export class UnusableProgramError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'UnusableProgramError';
	}
}

/** The server was not running when it was needed. The message is for a person. */
export class ServerNotRunningError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'ServerNotRunningError';
	}
}

const ANSWER_TIMEOUT_MS = 15_000;

/** Keeps one connected server: starts it, starts it again after a crash, gives up in the end. */
export class AppServer {
	readonly #options: AppServerOptions;
	readonly #changed = new Emitter<ServerState>();
	readonly onDidChangeState: Event<ServerState> = this.#changed.event;
	#state: ServerState = { type: 'stopped' };
	/** Aborted when what runs now is no longer wanted: a restart or the end of the extension. */
	#run: AbortController | null = null;
	#launcher: Launcher | null = null;

	constructor(options: AppServerOptions) {
		this.#options = options;
	}

	get state(): ServerState {
		return this.#state;
	}

	/** Starts the server unless it runs, starts, or was given up. */
	start(): void {
		if (this.#state.type === 'stopped') this.#begin();
	}

	/** The client as soon as there is one. Rejects with `ServerNotRunningError` when there will be none. */
	ready(): Promise<Client> {
		this.start();
		return new Promise((resolve, reject) => {
			const settle = (state: ServerState): boolean => {
				if (state.type === 'ready') resolve(state.client);
				else if (state.type === 'failed') reject(new ServerNotRunningError(state.message));
				else if (state.type === 'stopped') reject(new ServerNotRunningError('Tiller was stopped.'));
				else return false;
				return true;
			};
			if (settle(this.#state)) return;
			const listener = this.#changed.event((state) => {
				if (settle(state)) listener.dispose();
			});
		});
	}

	/** Ends the server and starts it anew, whatever state it is in. */
	async restart(): Promise<void> {
		const launcher = this.#launcher;
		this.#end();
		this.#options.policy.reset();
		this.#setState({ type: 'starting' });
		await launcher?.endServer().catch((error: unknown) => this.#options.log.warn(`The server could not be ended: ${messageOf(error)}`));
		this.#begin();
	}

	/** Disconnects. The bundled server lives on for the next window. */
	dispose(): void {
		this.#end();
		this.#setState({ type: 'stopped' });
		this.#changed.dispose();
	}

	#end(): void {
		this.#run?.abort();
		this.#run = null;
	}

	#begin(): void {
		const run = new AbortController();
		this.#run?.abort();
		this.#run = run;
		this.#setState({ type: 'starting' });
		void this.#keepRunning(run.signal);
	}

	/** Runs until aborted or given up; never rejects. */
	async #keepRunning(signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			const { cause, hopeless } = await this.#runOnce(signal);
			if (signal.aborted) return;
			this.#options.log.warn(cause);
			if (hopeless) {
				this.#setState({ type: 'failed', message: cause });
				return;
			}
			const decision = this.#options.policy.serverEnded();
			if (decision.type === 'giveUp') {
				this.#setState({ type: 'failed', message: this.#options.gaveUp(cause) });
				return;
			}
			this.#setState({ type: 'restarting', attempt: decision.attempt });
			await delay(decision.delayMs, signal);
		}
	}

	/** One connection from start to end. Resolves with why it ended, and whether trying again is of no use. */
	async #runOnce(signal: AbortSignal): Promise<{ readonly cause: string; readonly hopeless: boolean }> {
		const { t } = this.#options;
		let connection: Connection | null = null;
		const onAbort = () => connection?.dispose();
		signal.addEventListener('abort', onAbort, { once: true });
		try {
			this.#launcher = this.#options.launcher();
			const transport = await this.#launcher.connect(signal);
			if (signal.aborted) {
				transport.close();
				return { cause: 'stopped', hopeless: false };
			}
			const opened = new Connection(transport, { onRequest: this.#options.onRequest, log: this.#options.log, texts: this.#options.texts });
			connection = opened;
			const closed = new Promise<void>((resolve) => opened.onClose(resolve));
			const client = await answered(
				initializeClient(opened, {
					version: this.#options.clientVersion,
					telemetry: this.#options.telemetry?.() ?? true,
					network: this.#options.network?.() ?? null,
				}),
				t,
			);
			if (!signal.aborted) this.#setState({ type: 'ready', client });
			await closed;
			return { cause: t('The connection with the server ended.'), hopeless: false };
		} catch (error) {
			return { cause: messageOf(error), hopeless: error instanceof UnusableProgramError };
		} finally {
			signal.removeEventListener('abort', onAbort);
			connection?.dispose();
		}
	}

	#setState(state: ServerState): void {
		this.#state = state;
		this.#changed.fire(state);
	}
}

/** Rejects when a program that was started does not answer: it may be no app-server at all. */
async function answered<T>(answer: Promise<T>, t: Translate): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(t('The server did not answer within {0} s.', ANSWER_TIMEOUT_MS / 1000))), ANSWER_TIMEOUT_MS);
	});
	return await Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			clearTimeout(timer);
			signal.removeEventListener('abort', done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		signal.addEventListener('abort', done, { once: true });
	});
}
