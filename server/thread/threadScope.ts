/** Ends one thing that belongs to a thread. A rejection is logged; the rest is ended all the same. */
export type Disposal = () => void | Promise<void>;

/**
 * Owns everything that lives as long as a thread is loaded: what was allowed in it, what it left running, what was started for it. Ends
 * it in the reverse of the order in which it came. A thread that is read again, because another process worked in it, keeps its scope.
 */
export class ThreadScope {
	readonly #failed: (name: string, error: unknown) => void;
	readonly #owned: { readonly name: string; readonly dispose: Disposal }[] = [];
	#ended: Promise<void> | null = null;

	/** `failed` hears of what could not be ended. */
	constructor(failed: (name: string, error: unknown) => void) {
		this.#failed = failed;
	}

	get isEnded(): boolean {
		return this.#ended !== null;
	}

	/** Hands something over. What comes after the end is ended at once. */
	own(name: string, dispose: Disposal): void {
		const owned = { name, dispose };
		if (this.#ended) void this.#end(owned);
		else this.#owned.push(owned);
	}

	/** Ends all of it. Never rejects; later calls wait for the first one. */
	dispose(): Promise<void> {
		this.#ended ??= this.#endAll();
		return this.#ended;
	}

	async #endAll(): Promise<void> {
		for (let owned = this.#owned.pop(); owned !== undefined; owned = this.#owned.pop()) await this.#end(owned);
	}

	async #end({ name, dispose }: { readonly name: string; readonly dispose: Disposal }): Promise<void> {
		try {
			await dispose();
		} catch (error) {
			this.#failed(name, error);
		}
	}
}
