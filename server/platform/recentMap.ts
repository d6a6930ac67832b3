/** A map of bounded size: what was used longest ago goes when there is too much. */
export class RecentMap<Key, Value> {
	readonly #entries = new Map<Key, Value>();
	readonly #atMost: number;

	constructor(atMost: number) {
		this.#atMost = atMost;
	}

	get size(): number {
		return this.#entries.size;
	}

	/** Counts as a use. */
	get(key: Key): Value | undefined {
		const value = this.#entries.get(key);
		if (value !== undefined) this.set(key, value);
		return value;
	}

	set(key: Key, value: Value): void {
		this.#entries.delete(key);
		this.#entries.set(key, value);
		for (const oldest of this.#entries.keys()) {
			if (this.#entries.size <= this.#atMost) break;
			this.#entries.delete(oldest);
		}
	}

	delete(key: Key): void {
		this.#entries.delete(key);
	}
}
