import path from 'node:path';
import { redactSecrets } from '../config/redact.ts';
import { DEFAULT_ENVIRONMENT_POLICY, inheritedEnvironment } from '../exec/environment.ts';
import { type ProcessHost, SpawnError } from '../exec/process.ts';
import { ModelError } from './model.ts';
import { l10n } from '../words/l10n.ts';

/** A program of the person that prints the key of a provider: `[model_providers.<id>.auth]`. */
export interface KeyCommand {
	readonly command: string;
	readonly args: readonly string[];
	/** Relative to the home; null is the home itself. */
	readonly cwd: string | null;
	readonly timeoutMs: number;
	/** How long a key is used without asking again. Null: until the provider refuses it. */
	readonly refreshIntervalMs: number | null;
}

export interface KeyCommandsOptions {
	readonly host: ProcessHost;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	readonly now?: () => number;
}

interface Known {
	readonly at: number;
	readonly key: string;
}

/** A provider. */
interface Asking {
	readonly name: string;
	readonly keyCommand: KeyCommand | null;
}

/** More than this is no key. */
const MAX_BYTES = 64 * 1024;
/** Of what the program writes to standard error. */
const MAX_COMPLAINT = 300;

/** Keys that programs print. In memory only; one run at a time for all requests that wait for the same key. */
export class KeyCommands {
	readonly #options: KeyCommandsOptions;
	/** By the command. */
	readonly #known = new Map<string, Known>();
	readonly #running = new Map<string, Promise<string>>();

	constructor(options: KeyCommandsOptions) {
		this.#options = options;
	}

	/** None of them may be shown. */
	get secrets(): readonly string[] {
		return [...this.#known.values()].map(({ key }) => key);
	}

	/** Null for a provider without such a program. Throws `ModelError`. */
	async key({ name, keyCommand }: Asking): Promise<string | null> {
		if (keyCommand === null) return null;
		const id = JSON.stringify(keyCommand);
		const known = this.#known.get(id);
		const { refreshIntervalMs } = keyCommand;
		if (known !== undefined && (refreshIntervalMs === null || this.#now() - known.at < refreshIntervalMs)) return known.key;
		const running = this.#running.get(id);
		if (running !== undefined) return running;
		const asked = this.#ask(name, keyCommand)
			.then((key) => {
				this.#known.set(id, { at: this.#now(), key });
				return key;
			})
			.finally(() => this.#running.delete(id));
		this.#running.set(id, asked);
		return asked;
	}

	/** The provider refused this key: it is asked for anew. Whether that is worth another attempt. */
	refused({ keyCommand }: Asking, key: string | null): boolean {
		if (keyCommand === null || key === null) return false;
		const id = JSON.stringify(keyCommand);
		if (this.#known.get(id)?.key === key) this.#known.delete(id);
		return true;
	}

	#now(): number {
		return (this.#options.now ?? Date.now)();
	}

	async #ask(name: string, { command, args, cwd, timeoutMs }: KeyCommand): Promise<string> {
		const { host, env, home } = this.#options;
		const fail = (why: string, cause?: unknown) =>
			new ModelError(l10n`The key of ${name} comes from the program ${command} (auth.command), and ${redactSecrets(why)}.`, {
				kind: 'unauthorized',
				cause,
			});
		const child = await host
			.spawn({
				argv: [command, ...args],
				cwd: path.resolve(home, cwd ?? ''),
				env: inheritedEnvironment(env, DEFAULT_ENVIRONMENT_POLICY),
				tty: null,
				stdin: 'closed',
			})
			.catch((error: unknown) => {
				if (error instanceof SpawnError) throw fail(`it could not be started: ${error.message}`, error);
				throw error;
			});
		let [printed, complaint] = ['', ''];
		const [toText, toComplaint] = [new TextDecoder(), new TextDecoder()];
		child.onOutput((chunk, stream) => {
			if (stream === 'stderr') complaint = (complaint + toComplaint.decode(chunk, { stream: true })).slice(0, MAX_COMPLAINT);
			else printed = (printed + toText.decode(chunk, { stream: true })).slice(0, MAX_BYTES);
		});
		let isLate = false;
		const timer = setTimeout(() => {
			isLate = true;
			void child.kill(0);
		}, timeoutMs);
		const { exitCode } = await child.exited;
		clearTimeout(timer);
		if (isLate) throw fail(`it did not end within ${timeoutMs} ms`);
		const said = complaint.trim() === '' ? '' : `: ${complaint.trim()}`;
		if (exitCode !== 0) throw fail(`it ended with exit code ${exitCode}${said}`);
		const key = printed.trim();
		if (key === '') throw fail(`it printed nothing${said}`);
		return key;
	}
}
