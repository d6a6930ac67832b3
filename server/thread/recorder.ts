import type { RolloutWriter } from '../store/rollout/rolloutFile.ts';
import { RolloutWatch } from '../store/rollout/rolloutWatch.ts';
import { type RolloutEntry, type RolloutLine, type SessionMeta, sessionMetaEntry } from '../store/rollout/rolloutLine.ts';

export interface RecorderOptions {
	/** Null for a thread that is not kept. */
	readonly file: RolloutWriter | null;
	/** Whether the first line is written already. */
	readonly begun: boolean;
	/** What a thread that is not kept begins with. */
	readonly lines: readonly RolloutLine[];
	/** The right to write to the file; null without a file. `acquire` throws when another process has it. */
	readonly lease: { acquire(): void; release(): void } | null;
	/** Reads what a thread without its last turns goes on with. Throws the file system's error. */
	readonly readTail: (path: string, takenBack: number) => Promise<readonly RolloutLine[]>;
	/** Told of what other processes add to the file while no turn runs here. Must not throw. */
	readonly added: (lines: readonly RolloutLine[]) => void;
	/** Told once when writing begins to fail (disk full, say), and again only after it worked meanwhile. Must not throw. */
	readonly failed: (error: unknown) => void;
	/** From one attempt to write to the next, in milliseconds. */
	readonly retryMs?: number;
}

const RETRY_MS = 1000;
/** Attempts become rarer, up to this. */
const MAX_RETRY_MS = 30_000;

/**
 * Writes a thread's records. A record that cannot be written stays queued and goes out with the next one that can; until one can, writing is
 * tried again and again, also while nothing else happens.
 */
export class Recorder {
	readonly #file: RolloutWriter | null;
	readonly #lease: RecorderOptions['lease'];
	readonly #watch: RolloutWatch | null;
	readonly #readTail: RecorderOptions['readTail'];
	readonly #failed: (error: unknown) => void;
	readonly #retryMs: number;
	#retry: NodeJS.Timeout | null = null;
	#begun: boolean;
	#failing = false;
	#inTurn = false;
	#isClosed = false;
	/** The lease was refused: what happens in that turn is told and not written, since another process writes. */
	#isRefused = false;
	/** Records that came before the thread has its first line. */
	#early: RolloutEntry[] = [];
	#together: RolloutEntry[] | null = null;
	/** The records of a thread without a file. */
	readonly #lines: RolloutLine[];

	constructor(options: RecorderOptions) {
		this.#file = options.file;
		this.#begun = options.begun;
		this.#lines = [...options.lines];
		this.#readTail = options.readTail;
		this.#failed = options.failed;
		this.#retryMs = options.retryMs ?? RETRY_MS;
		this.#lease = options.lease;
		this.#watch = options.file && new RolloutWatch(options.file, options.added);
	}

	get path(): string | null {
		return this.#file?.path ?? null;
	}

	/** Whether the file exists. */
	get materialized(): boolean {
		return this.#file?.materialized ?? false;
	}

	/** Whether the thread has its first line. */
	get begun(): boolean {
		return this.#begun;
	}

	/** Whether everything that was recorded is in a file. */
	get saved(): boolean {
		return this.materialized && !this.#failing;
	}

	/** Whether another process has written to the file: what is in memory is not all of the thread. */
	get changedElsewhere(): boolean {
		return this.materialized && this.#file?.changedElsewhere === true;
	}

	/** From now on, until a turn begins, `added` is told of what other processes write. */
	follow(): void {
		if (this.materialized) this.#watch?.start();
	}

	/** Tells `added` at once of what other processes have written. */
	look(): void {
		this.#watch?.look();
	}

	/**
	 * Before a turn: takes the lease; before the first one also writes who the thread is, and creates the file. Throws when that is
	 * impossible.
	 */
	begin(meta: SessionMeta): void {
		this.#watch?.stop();
		this.#isRefused = true;
		this.#lease?.acquire();
		this.#isRefused = false;
		this.#inTurn = true;
		const early = this.#begun ? [] : [sessionMetaEntry(meta), ...this.#early];
		this.#begun = true;
		this.#early = [];
		if (this.#failing) this.#tryAgain();
		if (this.#file === null) return this.#keep(early);
		if (early.length > 0) this.#file.append(early);
		try {
			this.#file.materialize();
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			throw new Error(`the thread cannot be saved to ${this.#file.path}: ${reason}`, { cause: error });
		}
	}

	/** What is appended by this work is written in one go: a crash leaves all of it or none. */
	together(work: () => void): void {
		const outer = this.#together;
		const entries: RolloutEntry[] = outer ?? [];
		this.#together = entries;
		try {
			work();
		} finally {
			this.#together = outer;
			if (outer === null) this.append(entries);
		}
	}

	append(entries: readonly RolloutEntry[]): void {
		if (entries.length === 0 || this.#isRefused) return;
		if (this.#together) {
			this.#together.push(...entries);
			return;
		}
		if (!this.#begun) {
			this.#early.push(...entries);
			return;
		}
		if (this.#file === null) return this.#keep(entries);
		try {
			this.#file.append(entries);
			this.#works();
		} catch (error) {
			if (!this.#failing) this.#failed(error);
			this.#failing = true;
			this.#retryIn(this.#retryMs);
		}
	}

	/** Whether everything is written now. */
	#tryAgain(): boolean {
		try {
			this.#file?.retry();
		} catch {
			return false;
		}
		this.#works();
		return true;
	}

	#works(): void {
		if (this.#retry !== null) clearTimeout(this.#retry);
		this.#retry = null;
		if (!this.#failing) return;
		this.#failing = false;
		if (this.#isClosed) this.close();
		else if (!this.#inTurn) this.#lease?.release();
	}

	#retryIn(ms: number): void {
		if (this.#retry !== null) return;
		this.#retry = setTimeout(() => {
			this.#retry = null;
			if (!this.#tryAgain()) this.#retryIn(Math.min(ms * 2, MAX_RETRY_MS));
		}, ms);
		// A server that ends tries once more.
		this.#retry.unref();
	}

	/** What counts of the records when the last turns are taken back. Throws the file system's error, and when something could not be written yet. */
	async read(takenBack: number): Promise<readonly RolloutLine[]> {
		if (this.#file === null) return this.#lines;
		if (this.#failing) throw new Error(`${this.#file.path} cannot be written right now`);
		return this.#readTail(this.#file.path, takenBack);
	}

	#keep(entries: readonly RolloutEntry[]): void {
		const timestamp = new Date().toISOString();
		for (const entry of entries) this.#lines.push({ timestamp, ...entry });
	}

	/** After a turn: others may write. */
	end(): void {
		this.#isRefused = false;
		this.#inTurn = false;
		// Nobody else writes before what waits is written.
		if (!this.#failing) this.#lease?.release();
		this.follow();
	}

	sync(): void {
		this.#file?.sync();
	}

	/** What waits to be written goes on waiting, without the thread. */
	close(): void {
		this.#watch?.stop();
		this.#isClosed = true;
		if (this.#failing && !this.#tryAgain()) return;
		if (this.#retry !== null) clearTimeout(this.#retry);
		this.#retry = null;
		this.#lease?.release();
		this.#file?.close();
	}
}
