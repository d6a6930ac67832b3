import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import path from 'node:path';
import type { ProcessHost, RunningProcess } from '../../exec/process.ts';
import { JsonLines, MAX_MESSAGE_BYTES } from './jsonLines.ts';
import type { StdioTransportConfig } from '../serverConfig.ts';
import { hostSystem } from '../../platform/host.ts';

/** What every program needs; secrets of the environment stay with us. */
const BASIC_VARIABLES =
	hostSystem === 'windows'
		? [
				'APPDATA',
				'COMSPEC',
				'HOMEDRIVE',
				'HOMEPATH',
				'LOCALAPPDATA',
				'PATH',
				'PATHEXT',
				'PROGRAMDATA',
				'PROGRAMFILES',
				'SYSTEMDRIVE',
				'SYSTEMROOT',
				'TEMP',
				'TMP',
				'USERDOMAIN',
				'USERNAME',
				'USERPROFILE',
			]
		: ['HOME', 'LANG', 'LC_ALL', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'TMPDIR', 'TZ', 'USER', '__CF_USER_TEXT_ENCODING'];

/** A program that is told to end may take this long for it, in milliseconds. */
const END_MS = 1_000;
/** Of a line that a server writes to standard error. */
const MAX_LOG_LINE = 4_000;

export interface StdioTransportOptions {
	readonly config: StdioTransportConfig;
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly host: ProcessHost;
	onLog(line: string): void;
	/** Called once, with the reason in words. */
	onEnd(reason: string): void;
}

function serverEnvironment(config: StdioTransportConfig, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
	const taken = [...BASIC_VARIABLES, ...config.envVars].flatMap((name) => {
		const value = env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return { ...Object.fromEntries(taken), ...config.env };
}

/** A server as a child process that speaks lines of JSON. */
export class StdioTransport implements Transport {
	onclose?: (() => void) | undefined;
	onerror?: ((error: Error) => void) | undefined;
	onmessage?: ((message: JSONRPCMessage) => void) | undefined;
	readonly #options: StdioTransportOptions;
	#child: RunningProcess | null = null;
	#isClosed = false;
	#logged = '';

	constructor(options: StdioTransportOptions) {
		this.#options = options;
	}

	/** Rejects with a `SpawnError` when the program cannot be started. */
	async start(): Promise<void> {
		const { config, cwd, env, host } = this.#options;
		const child = await host.spawn({
			argv: [config.command, ...config.args],
			cwd: config.cwd === null ? cwd : path.resolve(cwd, config.cwd),
			env: serverEnvironment(config, env),
			tty: null,
			stdin: 'open',
		});
		this.#child = child;
		const lines = new JsonLines({
			message: (value) => this.#received(value),
			stray: (line) => this.#options.onLog(`not a message: ${line}`),
			tooLong: (bytes, id) => this.#tooLong(bytes, id),
		});
		child.onOutput((chunk, stream) => {
			if (stream === 'stdout') lines.push(chunk);
			else this.#log(chunk);
		});
		void child.exited.then(({ exitCode, signal }) => {
			this.#log(Buffer.from('\n'));
			this.#end(signal === null ? `the program ended with exit code ${exitCode}` : `the program was ended by ${signal}`);
		});
		if (this.#isClosed) await child.kill(0);
	}

	async send(message: JSONRPCMessage): Promise<void> {
		if (this.#child === null || this.#isClosed) throw new Error('the server is not running');
		await this.#child.write(Buffer.from(`${JSON.stringify(message)}\n`));
	}

	/** The end of its input tells a server to end; what does not is killed, with all that it started. */
	async close(): Promise<void> {
		if (this.#isClosed) return;
		const child = this.#child;
		this.#end('it was stopped');
		if (child === null) return;
		child.closeStdin();
		const { promise: late, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, END_MS);
		await Promise.race([child.exited, late]);
		clearTimeout(timer);
		await child.kill();
	}

	#received(value: unknown): void {
		const parsed = JSONRPCMessageSchema.safeParse(value);
		if (parsed.success) this.onmessage?.(parsed.data);
		else this.#options.onLog(`not a message of the protocol: ${JSON.stringify(value).slice(0, 500)}`);
	}

	#tooLong(bytes: number, id: string | number | null): void {
		const message = `the answer has ${bytes} bytes; at most ${MAX_MESSAGE_BYTES} are taken`;
		this.#options.onLog(message);
		if (id !== null) this.onmessage?.({ jsonrpc: '2.0', id, error: { code: -32603, message } });
	}

	#log(chunk: Uint8Array): void {
		const lines = `${this.#logged}${Buffer.from(chunk).toString('utf8')}`.split('\n');
		this.#logged = (lines.pop() ?? '').slice(0, MAX_LOG_LINE);
		for (const line of lines) if (line.trim() !== '') this.#options.onLog(line.slice(0, MAX_LOG_LINE).trimEnd());
	}

	#end(reason: string): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#options.onEnd(reason);
		this.onclose?.();
	}
}
