export interface PageWatchOptions {
	/** Milliseconds that a page has to say that it is there. */
	readonly patienceMs: number;
	/** True when the page in sight says nothing; false when it does after all, or is not in sight any more. */
	readonly onSilence: (silent: boolean) => void;
}

/** Notices a page that was opened and never says a word: its script could not be loaded, or broke. */
export class PageWatch {
	readonly #options: PageWatchOptions;
	#timer: NodeJS.Timeout | null = null;
	#silent = false;

	constructor(options: PageWatchOptions) {
		this.#options = options;
	}

	/** A page was opened, or came into sight. */
	expect(): void {
		this.#stop();
		this.#timer = setTimeout(() => this.#set(true), this.#options.patienceMs);
	}

	/** It spoke, or is gone. */
	settle(): void {
		this.#stop();
		this.#set(false);
	}

	dispose(): void {
		this.#stop();
	}

	#stop(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#set(silent: boolean): void {
		if (this.#silent === silent) return;
		this.#silent = silent;
		this.#options.onSilence(silent);
	}
}
