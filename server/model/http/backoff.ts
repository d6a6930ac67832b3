const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;

/** How long to wait before attempt `attempt` + 1 (the first retry has 1): the server's wish, else doubling, with jitter. */
export function retryDelayMs(attempt: number, retryAfterMs: number | null, random: () => number = Math.random): number {
	if (retryAfterMs !== null) return retryAfterMs;
	return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)) * (0.9 + 0.2 * random());
}

/** Rejects with the signal's reason when it is aborted meanwhile. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) {
			reject(signal.reason);
			return;
		}
		const stop = () => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		const timer = setTimeout(() => {
			signal.removeEventListener('abort', stop);
			resolve();
		}, ms);
		signal.addEventListener('abort', stop, { once: true });
	});
}
