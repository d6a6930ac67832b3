import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import os from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { untilQuiet } from './drain.ts';
import type { Pipes } from './pipes.ts';
import type { ExitStatus, RunningProcess, SpawnRequest } from './process.ts';
import { endGroup } from './processGroup.ts';
import { hostSystem } from '../platform/host.ts';
import { launchOf } from '../platform/shellPlan.ts';

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

/** The other ends of a child's standard streams, here. */
interface Streams {
	readonly stdin: Writable | null;
	readonly stdout: Readable;
	readonly stderr: Readable;
}

/** A process with pipes. `closed` resolves when the last holder of its pipes is gone, which can be after `exited`. */
export class PipeProcess implements RunningProcess {
	readonly pid: number;
	readonly exited: Promise<ExitStatus>;
	readonly closed: Promise<void>;
	readonly #child: ChildProcess;
	readonly #streams: Streams;
	readonly #output = new OutputFanout();

	private constructor(child: ChildProcess, pid: number, streams: Streams) {
		this.#child = child;
		this.#streams = streams;
		this.pid = pid;
		const { stdin, stdout, stderr } = streams;
		stdout.on('data', (chunk: Buffer) => this.#output.deliver(chunk, 'stdout'));
		stderr.on('data', (chunk: Buffer) => this.#output.deliver(chunk, 'stderr'));
		// A process that ends without reading gives EPIPE here; `write` reports it to its caller.
		for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => {});
		child.on('error', () => {});
		const hasExited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
		const ends = [stdout, stderr].map((stream) => new Promise<void>((resolve) => stream.once('close', () => resolve())));
		this.closed = Promise.all([hasExited, ...ends]).then(() => {});
		this.exited = new Promise<ExitStatus>((resolve) => {
			child.once('exit', (code, signal) => {
				void untilQuiet({ closed: this.closed, bytesSeen: () => this.#output.progress, quietMs: QUIET_MS }).then(() => {
					stdin?.destroy();
					this.#unref();
					resolve(exitStatusOf(code, signal));
				});
			});
		});
	}

	/** Rejects with Node's own error when the program cannot be started. */
	static async start(request: SpawnRequest, pipes: Pipes): Promise<PipeProcess> {
		const { file, args, verbatim } = launchOf(request.argv);
		const isOpen = request.stdin === 'open';
		const ends = await pipes.take(isOpen ? ['fromChild', 'fromChild', 'toChild'] : ['fromChild', 'fromChild']);
		const [stdout, stderr, stdin] = ends ?? [];
		const forChild = [stdin?.read, stdout?.write, stderr?.write];
		const forUs = [stdin?.write, stdout?.read, stderr?.read];
		const [childStdin = isOpen ? 'pipe' : 'ignore', childStdout = 'pipe', childStderr = 'pipe'] = forChild;
		try {
			const { child, pid } = await started(() =>
				spawn(file, [...args], {
					cwd: request.cwd,
					env: { ...request.env },
					// A group of its own; on Windows that would be a console window of its own.
					detached: hostSystem !== 'windows',
					windowsVerbatimArguments: verbatim,
					shell: false,
					windowsHide: true,
					stdio: [childStdin, childStdout, childStderr],
				}),
			);
			return new PipeProcess(child, pid, streamsOf(child, forUs));
		} catch (error) {
			closeAll(forUs);
			throw error;
		} finally {
			closeAll(forChild);
		}
	}

	/** What a background grandchild still writes is read and dropped, without keeping the server alive. */
	#unref(): void {
		for (const stream of [this.#streams.stdout, this.#streams.stderr]) if (stream instanceof Socket) stream.unref();
	}

	onOutput(listener: OutputListener): () => void {
		return this.#output.add(listener);
	}

	pauseOutput(until: Promise<void>): void {
		const streams = [this.#streams.stdout, this.#streams.stderr];
		const each = (act: 'pause' | 'resume') => () => {
			for (const stream of streams) stream[act]();
		};
		this.#output.pause({ pause: each('pause'), resume: each('resume') }, until);
	}

	write(data: Uint8Array): Promise<void> {
		const { stdin } = this.#streams;
		if (stdin === null || stdin.destroyed || stdin.writableEnded) return Promise.reject(new Error('stdin of this process is closed'));
		return new Promise((resolve, reject) => {
			stdin.write(data, (error) => (error ? reject(error) : resolve()));
		});
	}

	closeStdin(): void {
		this.#streams.stdin?.end();
	}

	resize(): void {
		// Pipes have no size.
	}

	async kill(graceMs: number = KILL_GRACE_MS): Promise<void> {
		await endGroup(this.pid, graceMs);
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) await this.exited;
	}
}

/** Waits only where it has to, for the reason why a program cannot be started. */
async function started(start: () => ChildProcess): Promise<{ readonly child: ChildProcess; readonly pid: number }> {
	const child = start();
	const { pid } = child;
	if (pid !== undefined) return { child, pid };
	return new Promise((_resolve, reject) => child.once('error', reject));
}

/** Our ends of real pipes, or the sockets that Node made where there are none. */
function streamsOf(child: ChildProcess, [stdin, stdout, stderr]: readonly (number | undefined)[]): Streams {
	const reader = (fd: number | undefined, own: Readable | null) => (fd === undefined ? own : new Socket({ fd, readable: true, writable: false }));
	const out = reader(stdout, child.stdout);
	const err = reader(stderr, child.stderr);
	if (out === null || err === null) throw new Error('a child process has no output');
	return { stdin: stdin === undefined ? child.stdin : new Socket({ fd: stdin, readable: false, writable: true }), stdout: out, stderr: err };
}

function closeAll(files: readonly (number | undefined)[]): void {
	for (const fd of files) if (fd !== undefined) closeSync(fd);
}
