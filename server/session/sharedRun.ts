/** Work that several may ask for at once: who asks while it runs gets what it comes to. */
export function sharedRun<T>(work: () => Promise<T>): () => Promise<T> {
	let running: Promise<T> | null = null;
	return () =>
		(running ??= work().finally(() => {
			running = null;
		}));
}
