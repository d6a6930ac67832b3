import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_ENVIRONMENT_POLICY, inheritedEnvironment } from './environment.ts';
import { captureLogin, type LoginCapture, LoginCaptureError, profileFiles } from './loginCapture.ts';
import { type ProcessHost, SpawnError } from './process.ts';
import { hostSystem } from '../platform/host.ts';
import { languageOf, type Shell, shellArgv } from '../platform/shellPlan.ts';
import { quoteShellWord } from './shellQuote.ts';

/** For whom: what the configuration says of it depends on the thread. Only handed on. */
export interface ShellScope {
	readonly cwd: string;
	readonly request: Readonly<Record<string, unknown>>;
	readonly threadConfig: Readonly<Record<string, unknown>>;
}

export interface LoginShellsOptions {
	readonly host: ProcessHost;
	/** The server's own environment. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Gets the files with functions; made when it is needed, open to this user only. */
	readonly folder: string;
	/** `always`: every command reads the profile itself. `never`: no command has it. */
	readonly mode: (scope: ShellScope) => 'snapshot' | 'always' | 'never';
	readonly onProblem: (message: string) => void;
	readonly timeoutMs?: number;
	readonly now?: () => number;
}

export interface LoginCommand {
	readonly argv: readonly string[];
	/** The environment before any policy. */
	readonly base: Readonly<Record<string, string | undefined>>;
}

interface Known {
	readonly stamp: string;
	readonly at: number;
	/** Null when the profile cannot be used. */
	readonly capture: Promise<Snapshot | null>;
}

interface Snapshot extends Pick<LoginCapture, 'set' | 'unset'> {
	readonly file: string | null;
}

/** A profile that takes longer would hold up the first command by as much. */
const TIMEOUT_MS = 5000;
/** A profile may ask programs whose answer changes although no file does. */
const OLD_MS = 30 * 60_000;

/**
 * Commands in the shell that the user's profile makes, without reading the profile each time: its variables are kept in
 * memory and its functions in a file that only this user may read. No value of a variable is ever written down. A
 * profile that hangs or ends the shell is left out, so that commands run all the same.
 */
export class LoginShells {
	readonly #options: LoginShellsOptions;
	readonly #known = new Map<string, Known>();
	readonly #files = new Set<string>();
	#isDisposed = false;

	constructor(options: LoginShellsOptions) {
		this.#options = options;
	}

	/** Begins to read the profile, so that a command that comes soon does not wait for all of it. */
	warm(shell: Shell, scope: ShellScope): void {
		if (!this.#isDisposed && hasProfile(shell) && this.#options.mode(scope) === 'snapshot') void this.#current(shell);
	}

	/** `script` in the user's login shell. Never rejects. */
	async command(shell: Shell, script: string, scope: ShellScope): Promise<LoginCommand> {
		const { env, mode } = this.#options;
		const wanted = mode(scope);
		if (wanted !== 'snapshot' || !hasProfile(shell)) return { argv: shellArgv(shell, script, wanted === 'always' ? 'login' : 'plain'), base: env };
		const snapshot = await this.#current(shell);
		if (snapshot === null) return { argv: shellArgv(shell, script, 'plain'), base: env };
		const taken = new Set(snapshot.unset);
		const base = { ...Object.fromEntries(Object.entries(env).filter(([name]) => !taken.has(name))), ...snapshot.set };
		// On one line with the script, so that its own lines keep their numbers in messages.
		const functions = snapshot.file === null ? '' : `. ${quoteShellWord(snapshot.file)} >/dev/null 2>&1; `;
		return { argv: shellArgv(shell, functions + script, 'plain'), base };
	}

	#current(shell: Shell): Promise<Snapshot | null> {
		const now = (this.#options.now ?? Date.now)();
		const stamp = profileFiles(shell, this.#options.env).map(stampOf).join(' ');
		const known = this.#known.get(shell.path);
		if (known !== undefined && known.stamp === stamp && now - known.at < OLD_MS) return known.capture;
		const capture = this.#capture(shell);
		this.#known.set(shell.path, { stamp, at: now, capture });
		return capture;
	}

	async #capture(shell: Shell): Promise<Snapshot | null> {
		const { host, env, timeoutMs = TIMEOUT_MS, onProblem } = this.#options;
		try {
			const { set, unset, functions } = await captureLogin({ host, shell, env: inheritedEnvironment(env, DEFAULT_ENVIRONMENT_POLICY), timeoutMs });
			return { set, unset, file: functions === '' ? null : this.#write(functions) };
		} catch (error) {
			if (!(error instanceof LoginCaptureError || error instanceof SpawnError) && !isSystemError(error)) throw error;
			onProblem(`commands run without the profile of ${shell.path}: ${error.message}`);
			return null;
		}
	}

	#write(functions: string): string | null {
		if (this.#isDisposed) return null;
		const { folder } = this.#options;
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		if (this.#files.size === 0) removeLeftovers(folder);
		const file = path.join(folder, `${process.pid}-${this.#files.size}.sh`);
		rmSync(file, { force: true });
		writeFileSync(file, functions, { mode: 0o600, flag: 'wx' });
		this.#files.add(file);
		return file;
	}

	dispose(): void {
		this.#isDisposed = true;
		for (const file of this.#files) rmSync(file, { force: true });
		this.#files.clear();
	}
}

/** PowerShell's and cmd's are for people: they print, ask and change what commands mean. The bash of Git gets what Windows gave us. */
function hasProfile(shell: Shell): boolean {
	return hostSystem !== 'windows' && languageOf(shell.name) === 'posix';
}

function isSystemError(error: unknown): error is Error {
	return error instanceof Error && 'code' in error;
}

function stampOf(file: string): string {
	try {
		const stats = statSync(file, { throwIfNoEntry: false });
		return stats === undefined ? '' : `${stats.mtimeMs}:${stats.size}`;
	} catch {
		return '';
	}
}

/** Files of servers that were killed. */
function removeLeftovers(folder: string): void {
	for (const name of readdirSync(folder)) {
		const pid = Number(/^(\d+)-\d+\.sh$/.exec(name)?.[1]);
		if (Number.isInteger(pid) && pid !== process.pid && !isRunning(pid)) rmSync(path.join(folder, name), { force: true });
	}
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return isSystemError(error) && 'code' in error && error.code === 'EPERM';
	}
}
