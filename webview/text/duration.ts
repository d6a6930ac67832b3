/** `820 ms`, `4.2 s`, `3 min 5 s`, `1 h 2 min`. */
export function formatDuration(ms: number): string {
	if (ms < 1000) {
		return `${Math.max(0, Math.round(ms))} ms`;
	}
	const seconds = ms / 1000;
	if (seconds < 10) {
		return `${Math.floor(seconds * 10) / 10} s`;
	}
	if (seconds < 60) {
		return `${Math.floor(seconds)} s`;
	}
	const minutes = Math.floor(seconds / 60);
	return minutes < 60 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
