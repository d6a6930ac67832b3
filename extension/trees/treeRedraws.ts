/** Redraws of a tree: many changes at once cost one, and none comes while somebody holds them. */
export class TreeRedraws {
	readonly #redraw: () => void;
	#timer: NodeJS.Timeout | null = null;
	#holders = 0;
	#isDue = false;

	constructor(redraw: () => void) {
		this.#redraw = redraw;
	}

	soon(): void {
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			if (this.#holders > 0) this.#isDue = true;
			else this.#redraw();
		}, 50);
	}

	/** Does something while the tree stays as it is; what changes meanwhile is drawn afterwards. */
	async hold<T>(work: () => Promise<T>): Promise<T> {
		this.#holders++;
		try {
			return await work();
		} finally {
			if (--this.#holders === 0 && this.#isDue) {
				this.#isDue = false;
				this.soon();
			}
		}
	}

	dispose(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
	}
}
