import type { ExitStatus, ProcessHost, RunningProcess, SpawnRequest } from './process.ts';
import { outputText } from '../platform/outputText.ts';
import { OutputBuffer } from './outputBuffer.ts';
import { TimeLimits } from './timeLimits.ts';

export interface TerminalOptions {
	readonly threadId: string;
	/** What is shown for it in lists. */
	readonly command: string;
	readonly request: SpawnRequest;
	/** Called with whole characters only, in order; the last call comes before `exited` resolves. */
	readonly onText: (text: string) => void;
}

/** A process that can be asked for its output in steps, and that outlives the turn which started it. */
export class Terminal {
	readonly id: number;
	readonly threadId: string;
	readonly command: string;
	readonly acceptsInput: boolean;
	readonly exited: Promise<ExitStatus>;
	exit: ExitStatus | null = null;
	/** Whether it was ended from outside: by a person, with its thread, or since too many ran on. */
	stopped = false;
	lastUsed = 0;
	/** All output since the start, bounded. */
	readonly captured = new OutputBuffer();
	readonly #unread = new OutputBuffer();
	readonly #process: RunningProcess;
	readonly #limits: TimeLimits;

	constructor(id: number, { process, limits, options }: { process: RunningProcess; limits: TimeLimits; options: TerminalOptions }) {
		this.#limits = limits;
		this.id = id;
		this.threadId = options.threadId;
		this.command = options.command;
		this.acceptsInput = options.request.tty !== null || options.request.stdin === 'open';
		this.#process = process;
		const { argv } = options.request;
		const decoders = { stdout: outputText(argv), stderr: outputText(argv) };
		// Buffers get what the listener gets: whole characters, invalid bytes already replaced.
		const tell = (text: string) => {
			if (text === '') return;
			const bytes = Buffer.from(text);
			this.captured.append(bytes);
			this.#unread.append(bytes);
			options.onText(text);
		};
		process.onOutput((chunk, stream) => {
			if (this.exit === null) tell(decoders[stream].decode(chunk));
		});
		this.exited = process.exited.then((status) => {
			tell(decoders.stdout.end());
			tell(decoders.stderr.end());
			this.exit = status;
			return status;
		});
	}

	get pid(): number {
		return this.#process.pid;
	}

	/** Output since the last call. */
	read(): { readonly text: string; readonly totalBytes: number } {
		return this.#unread.drain();
	}

	/** What the next `read` will return. */
	peek(): string {
		return this.#unread.text();
	}

	/** Waits until the process ends, the time is over or the signal aborts; tells which. */
	async wait(ms: number, signal: AbortSignal): Promise<'exited' | 'timeout' | 'aborted'> {
		if (this.exit !== null) return 'exited';
		if (signal.aborted) return 'aborted';
		let stopClock: (() => void) | undefined;
		let onAbort: (() => void) | undefined;
		try {
			return await Promise.race([
				this.exited.then(() => 'exited' as const),
				new Promise<'timeout'>((resolve) => {
					stopClock = this.#limits.start(this.threadId, { ms, over: () => resolve('timeout') });
				}),
				new Promise<'aborted'>((resolve) => {
					onAbort = () => resolve('aborted');
					signal.addEventListener('abort', onAbort, { once: true });
				}),
			]);
		} finally {
			stopClock?.();
			if (onAbort) signal.removeEventListener('abort', onAbort);
		}
	}

	write(text: string): Promise<void> {
		return this.#process.write(Buffer.from(text));
	}

	kill(): Promise<void> {
		return this.#process.kill();
	}
}

/** How many terminals the server keeps; beyond that the one unused for longest is ended. */
const MAX_TERMINALS = 64;

/** Long-running commands of all threads, by the number that the model was told. */
export class Terminals {
	readonly #host: ProcessHost;
	readonly #max: number;
	readonly #limits: TimeLimits;
	readonly #terminals = new Map<number, Terminal>();
	#clock = 0;

	constructor(host: ProcessHost, { max = MAX_TERMINALS, limits = new TimeLimits() }: { max?: number; limits?: TimeLimits } = {}) {
		this.#host = host;
		this.#max = max;
		this.#limits = limits;
	}

	/** A number that no live terminal has. Random, so that a model cannot mistake an old session for a new one. */
	reserveId(): number {
		for (;;) {
			const id = 10_000 + Math.floor(Math.random() * 90_000);
			if (!this.#terminals.has(id)) return id;
		}
	}

	/** Rejects with `SpawnError`. */
	async start(id: number, options: TerminalOptions): Promise<Terminal> {
		const terminal = new Terminal(id, { process: await this.#host.spawn(options.request), limits: this.#limits, options });
		this.#terminals.set(id, terminal);
		terminal.lastUsed = ++this.#clock;
		this.#makeRoom();
		return terminal;
	}

	#makeRoom(): void {
		if (this.#terminals.size <= this.#max) return;
		const byAge = [...this.#terminals.values()].sort((a, b) => a.lastUsed - b.lastUsed);
		const victim = byAge.find((terminal) => terminal.exit !== null) ?? byAge[0];
		if (victim === undefined) return;
		this.#terminals.delete(victim.id);
		void victim.kill();
	}

	/** The terminal with that number, when it belongs to the thread. */
	get(threadId: string, id: number): Terminal | null {
		const terminal = this.#terminals.get(id);
		if (terminal === undefined || terminal.threadId !== threadId) return null;
		terminal.lastUsed = ++this.#clock;
		return terminal;
	}

	/** Terminals of a thread whose process still runs. */
	list(threadId: string): readonly Terminal[] {
		return [...this.#terminals.values()].filter((terminal) => terminal.threadId === threadId && terminal.exit === null);
	}

	/** Drops a terminal whose end the model has been told. */
	forget(id: number): void {
		this.#terminals.delete(id);
	}

	/** Ends one terminal and waits until its last output was delivered. */
	async kill(terminal: Terminal): Promise<void> {
		this.#terminals.delete(terminal.id);
		terminal.stopped = terminal.exit === null;
		await terminal.kill();
	}

	/** Ends all terminals of a thread: an interrupt, a clean-up, the end of the thread. */
	async killAll(threadId: string): Promise<void> {
		await Promise.all(this.list(threadId).map((terminal) => this.kill(terminal)));
		for (const terminal of [...this.#terminals.values()]) if (terminal.threadId === threadId) this.#terminals.delete(terminal.id);
	}
}
