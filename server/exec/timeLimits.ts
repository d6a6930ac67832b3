/** Time as it passes here. */
export interface LimitClock {
	/** In milliseconds, never back. */
	now(): number;
	/** Calls back once after that time, unless the returned function is called before. */
	after(ms: number, callback: () => void): () => void;
}

const systemClock: LimitClock = {
	now: () => performance.now(),
	after: (ms, callback) => {
		const timer = setTimeout(callback, ms);
		return () => clearTimeout(timer);
	},
};

/** A limit that has not been reached yet. */
interface Limit {
	/** Milliseconds that are left, as of `since`. */
	left: number;
	since: number;
	stop: () => void;
	readonly over: () => void;
}

interface ThreadLimits {
	/** How many ask that time stands still. */
	holds: number;
	readonly open: Set<Limit>;
}

/**
 * The time limits of commands, by thread. While somebody outside of the conversation is asked something, they stand still, so that a
 * command is not given up because a person thought about an answer.
 */
export class TimeLimits {
	readonly #threads = new Map<string, ThreadLimits>();
	readonly #clock: LimitClock;

	constructor(clock: LimitClock = systemClock) {
		this.#clock = clock;
	}

	/** Lets time stand still for a thread once more; returns how many ask for it. */
	hold(threadId: string): number {
		const thread = this.#thread(threadId);
		if (++thread.holds === 1) for (const limit of thread.open) this.#pause(limit);
		return thread.holds;
	}

	/** Takes one hold back; null when there is none. Time goes on with the last one. */
	release(threadId: string): number | null {
		const thread = this.#threads.get(threadId);
		if (!thread || thread.holds === 0) return null;
		if (--thread.holds === 0) for (const limit of thread.open) this.#run(limit, () => this.#drop(threadId, limit));
		this.#tidy(threadId, thread);
		return thread.holds;
	}

	/** Calls `over` once when this much time has passed that did not stand still. The returned function takes the limit away. */
	start(threadId: string, { ms, over }: { readonly ms: number; readonly over: () => void }): () => void {
		const thread = this.#thread(threadId);
		const limit: Limit = { left: ms, since: this.#clock.now(), stop: () => {}, over };
		thread.open.add(limit);
		const drop = () => this.#drop(threadId, limit);
		if (thread.holds === 0) this.#run(limit, drop);
		return drop;
	}

	get threads(): readonly string[] {
		return [...this.#threads.keys()];
	}

	/** Nobody holds the time of a thread that is no longer loaded; its limits run on. */
	endThread(threadId: string): void {
		while (this.release(threadId) !== null);
	}

	#thread(threadId: string): ThreadLimits {
		const known = this.#threads.get(threadId);
		if (known) return known;
		const made = { holds: 0, open: new Set<Limit>() };
		this.#threads.set(threadId, made);
		return made;
	}

	#drop(threadId: string, limit: Limit): void {
		limit.stop();
		const thread = this.#threads.get(threadId);
		thread?.open.delete(limit);
		if (thread) this.#tidy(threadId, thread);
	}

	#tidy(threadId: string, thread: ThreadLimits): void {
		if (thread.holds === 0 && thread.open.size === 0) this.#threads.delete(threadId);
	}

	#pause(limit: Limit): void {
		limit.stop();
		limit.left -= this.#clock.now() - limit.since;
	}

	#run(limit: Limit, drop: () => void): void {
		limit.since = this.#clock.now();
		limit.stop = this.#clock.after(Math.max(0, limit.left), () => {
			drop();
			limit.over();
		});
	}
}
