import { untilQuiet } from './drain.ts';
import { exitStatusOf, KILL_GRACE_MS, OutputFanout } from './pipeProcess.ts';
import type { ExitStatus, RunningProcess, SpawnRequest, TerminalSize } from './process.ts';
import { endGroup } from './processGroup.ts';
import { launchOf } from '../platform/shellPlan.ts';
import os from 'node:os';

/** The part of node-pty that is used here. */
export interface Pty {
	readonly pid: number;
	onData(listener: (data: string) => void): unknown;
	onExit(listener: (exit: { exitCode: number; signal?: number | undefined }) => void): unknown;
	write(data: string | Buffer): void;
	resize(cols: number, rows: number): void;
	pause(): void;
	resume(): void;
}

export interface PtyModule {
	spawn(
		file: string,
		/** On Windows also the whole line as it is. */
		args: string[] | string,
		options: { name: string; cols: number; rows: number; cwd: string; env: Record<string, string>; encoding: null },
	): Pty;
}

/** Loads node-pty. Called at most once, with the first command that wants a terminal; rejects where there is none. */
export type PtyLoader = () => Promise<PtyModule>;

/** node-pty has no event for "all was read"; its last bytes come within a few milliseconds of the exit. */
const QUIET_MS = 15;

function signalName(number: number | undefined): string | null {
	if (number === undefined || number === 0) return null;
	return Object.entries(os.constants.signals).find(([, value]) => value === number)?.[0] ?? `SIG${number}`;
}

/** A process with a terminal of its own. node-pty starts it in a new session, so it leads its group. */
export class PtyProcess implements RunningProcess {
	readonly pid: number;
	readonly exited: Promise<ExitStatus>;
	readonly closed: Promise<void>;
	readonly #pty: Pty;
	readonly #output = new OutputFanout();
	#hasExited = false;

	constructor(module: PtyModule, request: SpawnRequest, size: TerminalSize) {
		const { file, args, verbatim } = launchOf(request.argv);
		const pty = module.spawn(file, verbatim ? args.join(' ') : [...args], {
			name: request.env['TERM'] ?? 'dumb',
			cols: size.cols,
			rows: size.rows,
			cwd: request.cwd,
			env: { ...request.env },
			encoding: null,
		});
		this.#pty = pty;
		this.pid = pty.pid;
		// With `encoding: null` node-pty gives buffers although its types say string.
		pty.onData((data: string | Uint8Array) => this.#output.deliver(typeof data === 'string' ? Buffer.from(data) : data, 'stdout'));
		const exit = new Promise<ExitStatus>((resolve) => {
			pty.onExit(({ exitCode, signal }) => {
				this.#hasExited = true;
				resolve(exitStatusOf(exitCode, signalName(signal)));
			});
		});
		this.exited = exit.then(async (status) => {
			await untilQuiet({ closed: new Promise(() => {}), bytesSeen: () => this.#output.progress, quietMs: QUIET_MS });
			return status;
		});
		this.closed = this.exited.then(() => {});
	}

	onOutput(listener: (chunk: Uint8Array, stream: 'stdout' | 'stderr') => void): () => void {
		return this.#output.add(listener);
	}

	pauseOutput(until: Promise<void>): void {
		this.#output.pause(this.#pty, until);
	}

	write(data: Uint8Array): Promise<void> {
		if (this.#hasExited) return Promise.reject(new Error('this process has ended'));
		this.#pty.write(Buffer.from(data));
		return Promise.resolve();
	}

	/** The end-of-file character: a terminal cannot be closed from this side without losing its output. */
	closeStdin(): void {
		if (!this.#hasExited) this.#pty.write('\u0004');
	}

	resize(size: TerminalSize): void {
		if (this.#hasExited) return;
		try {
			this.#pty.resize(size.cols, size.rows);
		} catch {
			// The program has just ended, which is told later than the terminal is closed.
		}
	}

	async kill(graceMs: number = KILL_GRACE_MS): Promise<void> {
		await endGroup(this.pid, graceMs);
		if (this.#hasExited) await this.exited;
	}
}
