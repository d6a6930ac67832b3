import type { RolloutWriter } from '../store/rolloutFile.ts';
import { type RolloutEntry, type SessionMeta, sessionMetaEntry } from '../store/rolloutLine.ts';

export interface RecorderOptions {
	/** Null for a thread that is not kept. */
	readonly file: RolloutWriter | null;
	/** Whether the first line is written already. */
	readonly begun: boolean;
	/** Told once when writing begins to fail (disk full, say), and again only after it worked meanwhile. Must not throw. */
	readonly failed: (error: unknown) => void;
}

/** Writes a thread's records. A record that cannot be written stays queued and goes out with the next one that can. */
export class Recorder {
	readonly #file: RolloutWriter | null;
	readonly #failed: (error: unknown) => void;
	#begun: boolean;
	#failing = false;

	constructor(options: RecorderOptions) {
		this.#file = options.file;
		this.#begun = options.begun;
		this.#failed = options.failed;
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

	/** Before the first turn: writes who the thread is, and creates the file. Throws when that is impossible. */
	begin(meta: SessionMeta): void {
		if (this.#file === null) {
			this.#begun = true;
			return;
		}
		if (!this.#begun) this.#file.append([sessionMetaEntry(meta)]);
		this.#begun = true;
		try {
			this.#file.materialize();
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			throw new Error(`the thread cannot be saved to ${this.#file.path}: ${reason}`, { cause: error });
		}
	}

	append(entries: readonly RolloutEntry[]): void {
		if (entries.length === 0) return;
		try {
			this.#file?.append(entries);
			this.#failing = false;
		} catch (error) {
			if (!this.#failing) this.#failed(error);
			this.#failing = true;
		}
	}

	sync(): void {
		this.#file?.sync();
	}

	close(): void {
		this.#file?.close();
	}
}
