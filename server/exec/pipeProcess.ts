import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import os from 'node:os';
import { untilQuiet } from './drain.ts';
import type { ExitStatus, RunningProcess, SpawnRequest } from './process.ts';
import { endGroup } from './processGroup.ts';

type OutputListener = (chunk: Uint8Array, stream: 'stdout' | 'stderr') => void;

/** How long output may pause after the exit before it counts as complete, when a grandchild keeps the pipe open. */
const QUIET_MS = 20;
export const KILL_GRACE_MS = 400;

export function exitStatusOf(code: number | null, signal: string | null): ExitStatus {
	if (signal === null) return { exitCode: code ?? 1, signal: null };
	const number = Object.entries(os.constants.signals).find(([name]) => name === signal)?.[1] ?? 0;
	return { exitCode: 128 + number, signal };
}

/** What output comes from. */
interface Pausable {
	pause(): void;
	resume(): void;
}

/** Output before the first listener is kept for it, so that nothing of a fast process is lost. */
export class OutputFanout {
	readonly #listeners = new Set<OutputListener>();
	#early: { chunk: Uint8Array; stream: 'stdout' | 'stderr' }[] | null = [];
	#bytes = 0;
	#pauses = 0;

	/** Another number whenever something came, or may still come because reading pauses. */
	get progress(): number {
		if (this.#pauses > 0) this.#bytes++;
		return this.#bytes;
	}

	/** Nothing is read until the promise resolves. */
	pause(streams: Pausable, until: Promise<void>): void {
		this.#pauses++;
		streams.pause();
		const resume = () => {
			this.#pauses--;
			if (this.#pauses === 0) streams.resume();
		};
		until.then(resume, resume);
	}

	deliver(chunk: Uint8Array, stream: 'stdout' | 'stderr'): void {
		this.#bytes += chunk.byteLength;
		if (this.#early !== null) this.#early.push({ chunk, stream });
		else for (const listener of this.#listeners) listener(chunk, stream);
	}

	add(listener: OutputListener): () => void {
		this.#listeners.add(listener);
		const early = this.#early;
		this.#early = null;
		if (early !== null) for (const { chunk, stream } of early) listener(chunk, stream);
		return () => {
			this.#listeners.delete(listener);
		};
	}
}

/** A process with pipes. `closed` resolves when the last holder of its pipes is gone, which can be after `exited`. */
export class PipeProcess implements RunningProcess {
	readonly pid: number;
	readonly exited: Promise<ExitStatus>;
	readonly closed: Promise<void>;
	readonly #child: ChildProcess;
	readonly #output = new OutputFanout();

	private constructor(child: ChildProcess, pid: number) {
		this.#child = child;
		this.pid = pid;
		child.stdout?.on('data', (chunk: Buffer) => this.#output.deliver(chunk, 'stdout'));
		child.stderr?.on('data', (chunk: Buffer) => this.#output.deliver(chunk, 'stderr'));
		// A process that ends without reading gives EPIPE here; `write` reports it to its caller.
		child.stdin?.on('error', () => {});
		child.on('error', () => {});
		this.closed = new Promise((resolve) => child.once('close', () => resolve()));
		this.exited = new Promise<ExitStatus>((resolve) => {
			child.once('exit', (code, signal) => {
				void untilQuiet({ closed: this.closed, bytesSeen: () => this.#output.progress, quietMs: QUIET_MS }).then(() => {
					child.stdin?.destroy();
					this.#unref();
					resolve(exitStatusOf(code, signal));
				});
			});
		});
	}

	/** Rejects with Node's own error when the program cannot be started. */
	static start(request: SpawnRequest): Promise<PipeProcess> {
		const [program = '', ...args] = request.argv;
		return new Promise((resolve, reject) => {
			const child = spawn(program, args, {
				cwd: request.cwd,
				env: { ...request.env },
				detached: true,
				shell: false,
				windowsHide: true,
				stdio: [request.stdin === 'open' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
			});
			if (child.pid === undefined) child.once('error', reject);
			else resolve(new PipeProcess(child, child.pid));
		});
	}

	/** What a background grandchild still writes is read and dropped, without keeping the server alive. */
	#unref(): void {
		for (const stream of [this.#child.stdout, this.#child.stderr]) if (stream instanceof Socket) stream.unref();
	}

	onOutput(listener: OutputListener): () => void {
		return this.#output.add(listener);
	}

	pauseOutput(until: Promise<void>): void {
		const streams = [this.#child.stdout, this.#child.stderr];
		const each = (act: 'pause' | 'resume') => () => {
			for (const stream of streams) stream?.[act]();
		};
		this.#output.pause({ pause: each('pause'), resume: each('resume') }, until);
	}

	write(data: Uint8Array): Promise<void> {
		const stdin = this.#child.stdin;
		if (stdin === null || stdin.destroyed || stdin.writableEnded) return Promise.reject(new Error('stdin of this process is closed'));
		return new Promise((resolve, reject) => {
			stdin.write(data, (error) => (error ? reject(error) : resolve()));
		});
	}

	closeStdin(): void {
		this.#child.stdin?.end();
	}

	resize(): void {
		// Pipes have no size.
	}

	async kill(graceMs: number = KILL_GRACE_MS): Promise<void> {
		await endGroup(this.pid, graceMs);
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) await this.exited;
	}
}
