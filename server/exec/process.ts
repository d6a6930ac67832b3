/** Size of a terminal in character cells. */
export interface TerminalSize {
	readonly rows: number;
	readonly cols: number;
}

export interface SpawnRequest {
	/** The program and its arguments; never a shell string. */
	readonly argv: readonly string[];
	/** Absolute. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	/** A size gives the process a terminal; null gives it pipes. */
	readonly tty: TerminalSize | null;
	/** Pipes only: whether stdin stays open for `write`. A closed stdin reads as end of file at once. */
	readonly stdin: 'open' | 'closed';
}

export interface ExitStatus {
	/** 128 + signal number when a signal ended it, as shells report it. */
	readonly exitCode: number;
	readonly signal: string | null;
}

/** A child process that is its own process group. */
export interface RunningProcess {
	readonly pid: number;
	/** Called with every chunk of bytes, in order. A terminal reports all as `stdout`. Returns the unsubscriber. */
	onOutput(listener: (chunk: Uint8Array, stream: 'stdout' | 'stderr') => void): () => void;
	/** Stops reading its output until the promise resolves: then it waits in the pipe, and so does the process. */
	pauseOutput(until: Promise<void>): void;
	/** Resolves once the process has ended and all of its output was delivered. Never rejects. */
	readonly exited: Promise<ExitStatus>;
	write(data: Uint8Array): Promise<void>;
	closeStdin(): void;
	resize(size: TerminalSize): void;
	/** Ends the whole process group: SIGTERM, then SIGKILL after `graceMs`. Resolves when it is gone. */
	kill(graceMs?: number): Promise<void>;
}

/** Thrown by `ProcessHost.spawn` when the program could not be started; `message` is in plain words. */
export class SpawnError extends Error {
	readonly code: string;
	constructor(message: string, options: { code: string; cause?: unknown }) {
		super(message, { cause: options.cause });
		this.name = 'SpawnError';
		this.code = options.code;
	}
}

export interface ProcessHost {
	spawn(request: SpawnRequest): Promise<RunningProcess>;
	/** Kills every process that still runs. Called once, at the end of the server. */
	dispose(): Promise<void>;
}
