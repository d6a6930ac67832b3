/** Of all texts together, in characters. One that is longer is not kept. */
const MAX_LENGTH = 16 * 1024 * 1024;
/** After the last use, in milliseconds. */
const KEEP_MS = 60_000;

interface Entry {
	readonly texts: readonly string[];
	readonly length: number;
}

/** Threads as texts, for clients that read a long one again and again. What was used longest ago goes first, and soon after the last use all. */
export class KeptTexts {
	readonly #entries = new Map<string, Entry>();
	readonly #maxLength: number;
	readonly #keepMs: number;
	#length = 0;
	#timer: NodeJS.Timeout | null = null;

	constructor({ maxLength = MAX_LENGTH, keepMs = KEEP_MS }: { readonly maxLength?: number; readonly keepMs?: number } = {}) {
		this.#maxLength = maxLength;
		this.#keepMs = keepMs;
	}

	get(key: string): readonly string[] | undefined {
		const entry = this.#entries.get(key);
		if (entry === undefined) return undefined;
		this.#entries.delete(key);
		this.#entries.set(key, entry);
		this.#wait();
		return entry.texts;
	}

	set(key: string, texts: readonly string[]): void {
		const length = texts.reduce((sum, text) => sum + text.length, 0);
		if (length > this.#maxLength) return;
		this.#drop(key);
		this.#entries.set(key, { texts, length });
		this.#length += length;
		for (const oldest of this.#entries.keys()) {
			if (this.#length <= this.#maxLength) break;
			this.#drop(oldest);
		}
		this.#wait();
	}

	#drop(key: string): void {
		this.#length -= this.#entries.get(key)?.length ?? 0;
		this.#entries.delete(key);
	}

	#wait(): void {
		clearTimeout(this.#timer ?? undefined);
		this.#timer = setTimeout(() => this.clear(), this.#keepMs).unref();
	}

	clear(): void {
		clearTimeout(this.#timer ?? undefined);
		this.#entries.clear();
		this.#length = 0;
	}
}
