/** What to do after the server ended although nobody asked it to. */
export type RestartDecision = { readonly type: 'restart'; readonly attempt: number; readonly delayMs: number } | { readonly type: 'giveUp' };

export interface RestartPolicy {
	/** Called once for each unexpected end. */
	serverEnded(): RestartDecision;
	/** Forgets what was: a person asked for a restart. */
	reset(): void;
}

export interface BackoffLimits {
	readonly crashes: number;
	readonly withinMs: number;
	readonly firstDelayMs: number;
	readonly maxDelayMs: number;
}

const defaultLimits: BackoffLimits = { crashes: 5, withinMs: 3 * 60_000, firstDelayMs: 100, maxDelayMs: 5_000 };

/** Starts again with doubling delays, and gives up when the server ended `crashes` times within `withinMs`. */
export function backoffPolicy(limits: BackoffLimits = defaultLimits, now: () => number = Date.now): RestartPolicy {
	let ends: number[] = [];
	return {
		serverEnded() {
			const time = now();
			ends = [...ends.filter((end) => time - end < limits.withinMs), time];
			if (ends.length >= limits.crashes) return { type: 'giveUp' };
			return { type: 'restart', attempt: ends.length, delayMs: Math.min(limits.firstDelayMs * 2 ** (ends.length - 1), limits.maxDelayMs) };
		},
		reset() {
			ends = [];
		},
	};
}
