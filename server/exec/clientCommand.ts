import { outputText } from '../platform/outputText.ts';
import type { ProcessHost, RunningProcess, SpawnRequest, TerminalSize } from './process.ts';

export type StreamName = 'stdout' | 'stderr';

/** `capReached`: the cap is full, so nothing more of this stream is kept or sent. */
export interface OutputChunk {
	readonly stream: StreamName;
	readonly bytes: Uint8Array;
	readonly capReached: boolean;
}

export interface ClientCommandRequest {
	readonly spawn: SpawnRequest;
	/** Of each stream, in bytes; null: as much as an answer can hold. */
	readonly capBytes: number | null;
	/** Milliseconds; null: none. */
	readonly timeoutMs: number | null;
	/** Gets the output while it comes; null keeps it for the end. */
	readonly onOutput: ((chunk: OutputChunk) => void) | null;
	/** What to wait for before more output is read; null when its reader can take more. */
	room(): Promise<void> | null;
}

export interface CapturedStream {
	/** Empty when it was streamed. Bytes that are no UTF-8 are replaced. */
	readonly text: string;
	readonly capReached: boolean;
}

export interface ClientCommandEnd {
	/** -1 when a signal ended it, 124 after the time limit. */
	readonly exitCode: number;
	readonly stdout: CapturedStream;
	readonly stderr: CapturedStream;
}

/** Why a follow-up call cannot be done. The message is for the client. */
export class CommandInputError extends Error {}

/** Text of this many bytes still fits into one line of JSON when every byte has to be escaped. */
const MAX_CAPTURED_BYTES = 64 * 1024 * 1024;
/** What a process may leave unread of its input before more is refused. */
const MAX_WAITING_INPUT_BYTES = 16 * 1024 * 1024;
/** How long a killed process may take to be gone before its command is answered without it. */
const AFTER_KILL_MS = 2000;
const TIMED_OUT = 124;
const KILLED = -1;

/** The first bytes of a stream, up to a cap. */
class CappedStream {
	readonly #left: { bytes: number };
	readonly #kept: Uint8Array[] = [];
	capReached = false;

	constructor(capBytes: number) {
		this.#left = { bytes: capBytes };
	}

	/** The part of the chunk that is below the cap; null when the cap was reached before. */
	take(chunk: Uint8Array): Uint8Array | null {
		if (this.capReached) return null;
		const part = chunk.subarray(0, this.#left.bytes);
		this.#left.bytes -= part.byteLength;
		this.capReached = this.#left.bytes === 0;
		return part;
	}

	keep(part: Uint8Array): void {
		this.#kept.push(part);
	}

	end(argv: readonly string[]): CapturedStream {
		const text = outputText(argv);
		return { text: text.decode(Buffer.concat(this.#kept)) + text.end(), capReached: this.capReached };
	}
}

/** A command that a client runs for itself, outside any thread. */
export class ClientCommand {
	/** Resolves after the last output was delivered. Never rejects. */
	readonly ended: Promise<ClientCommandEnd>;
	readonly #process: RunningProcess;
	readonly #spawn: SpawnRequest;
	#input: 'none' | 'open' | 'closed';
	#waitingInput = 0;
	#isTimedOut = false;
	readonly #givenUp = Promise.withResolvers<null>();

	private constructor(process: RunningProcess, request: ClientCommandRequest) {
		this.#process = process;
		this.#spawn = request.spawn;
		this.#input = request.spawn.tty !== null || request.spawn.stdin === 'open' ? 'open' : 'none';
		this.ended = this.#follow(request);
	}

	/** Rejects with `SpawnError`. */
	static async start(host: ProcessHost, request: ClientCommandRequest): Promise<ClientCommand> {
		return new ClientCommand(await host.spawn(request.spawn), request);
	}

	async #follow({ capBytes, timeoutMs, onOutput, room }: ClientCommandRequest): Promise<ClientCommandEnd> {
		const cap = onOutput === null ? Math.min(capBytes ?? MAX_CAPTURED_BYTES, MAX_CAPTURED_BYTES) : (capBytes ?? Number.POSITIVE_INFINITY);
		const streams = { stdout: new CappedStream(cap), stderr: new CappedStream(cap) };
		const unsubscribe = this.#process.onOutput((chunk, name) => {
			const stream = streams[name];
			const bytes = stream.take(chunk);
			if (bytes === null) return;
			if (onOutput === null) stream.keep(bytes);
			else {
				onOutput({ stream: name, bytes, capReached: stream.capReached });
				const wait = room();
				if (wait) this.#process.pauseOutput(wait);
			}
		});
		const timer =
			timeoutMs === null
				? undefined
				: setTimeout(
						() => {
							this.#isTimedOut = true;
							void this.kill();
						},
						// A longer timer would fire at once.
						Math.min(timeoutMs, 2 ** 31 - 1),
					);
		const exit = await Promise.race([this.#process.exited, this.#givenUp.promise]);
		clearTimeout(timer);
		unsubscribe();
		this.#input = 'closed';
		const { argv } = this.#spawn;
		const exitCode = this.#isTimedOut ? TIMED_OUT : exit === null || exit.signal !== null ? KILLED : exit.exitCode;
		return { exitCode, stdout: streams.stdout.end(argv), stderr: streams.stderr.end(argv) };
	}

	/**
	 * Hands bytes to the process without waiting until it has read them, so that a process which reads nothing holds
	 * nobody up. Throws `CommandInputError`.
	 */
	write(bytes: Uint8Array | null, end: 'keepOpen' | 'close'): void {
		if (this.#input === 'none') throw new CommandInputError('stdin streaming is not enabled');
		if (bytes !== null && bytes.byteLength > 0) {
			if (this.#input === 'closed') throw new CommandInputError('stdin is already closed');
			if (this.#waitingInput + bytes.byteLength > MAX_WAITING_INPUT_BYTES) {
				throw new CommandInputError(`the process has not read ${this.#waitingInput} bytes of its stdin yet; write again when it has`);
			}
			this.#waitingInput += bytes.byteLength;
			const read = () => {
				this.#waitingInput -= bytes.byteLength;
			};
			// A process that ended or closed its stdin cannot be told anything: its exit says so.
			this.#process.write(bytes).then(read, read);
		}
		if (end === 'close' && this.#input === 'open') {
			this.#input = 'closed';
			this.#process.closeStdin();
		}
	}

	/** Throws `CommandInputError` for a process without a terminal. */
	resize(size: TerminalSize): void {
		if (this.#spawn.tty === null) throw new CommandInputError('failed to resize PTY: process is not attached to a PTY');
		this.#process.resize(size);
	}

	/** Ends the whole group. `ended` resolves soon after, also for a process that cannot be killed. */
	async kill(): Promise<void> {
		await this.#process.kill();
		const timer = setTimeout(() => this.#givenUp.resolve(null), AFTER_KILL_MS);
		void this.#process.exited.then(() => clearTimeout(timer));
	}
}
