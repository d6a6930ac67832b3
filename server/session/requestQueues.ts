/** Runs requests that share a key one after the other, in the order in which they came. A failure does not stop the next. */
export class RequestQueues {
	readonly #tails = new Map<string, Promise<void>>();

	async run<T>(key: string | null, work: () => T | Promise<T>): Promise<T> {
		if (key === null) return work();
		const before = this.#tails.get(key);
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#tails.set(key, promise);
		try {
			await before;
			return await work();
		} finally {
			if (this.#tails.get(key) === promise) this.#tails.delete(key);
			resolve();
		}
	}
}
