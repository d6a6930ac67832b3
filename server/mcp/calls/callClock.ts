/** The time that one call may take. It stands still while a person is asked something. */
export class CallClock {
	readonly #abort = new AbortController();
	/** Aborted when the time is up, or with the signal that was handed in. */
	readonly signal: AbortSignal;
	#left: number;
	#since = 0;
	#pauses = 0;
	#timer: NodeJS.Timeout | undefined;
	#timedOut = false;

	constructor(limitMs: number, signal: AbortSignal) {
		this.#left = limitMs;
		this.signal = AbortSignal.any([signal, this.#abort.signal]);
		this.#run();
	}

	get isTimedOut(): boolean {
		return this.#timedOut;
	}

	/** Returns what makes it go on. */
	pause(): () => void {
		if (this.#pauses++ === 0) {
			clearTimeout(this.#timer);
			this.#left -= performance.now() - this.#since;
		}
		let isPaused = true;
		return () => {
			if (!isPaused) return;
			isPaused = false;
			if (--this.#pauses === 0) this.#run();
		};
	}

	stop(): void {
		this.#pauses = Number.POSITIVE_INFINITY;
		clearTimeout(this.#timer);
	}

	#run(): void {
		this.#since = performance.now();
		this.#timer = setTimeout(
			() => {
				this.#timedOut = true;
				this.#abort.abort(new Error('the call took too long'));
			},
			Math.max(0, this.#left),
		);
	}
}
