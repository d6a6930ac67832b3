import v8 from 'node:v8';

/** Beyond this, in bytes, collections are rare enough: a request of a long thread lives through few of them anyway. */
const ENOUGH = 16 * 1024 * 1024;

export interface YoungHeap {
	/** Bytes. */
	readonly size: number;
	/** By how much it is made larger when what is in it outlives a collection. */
	grow(factor: 1 | 2): void;
}

/** Null where the engine's flags cannot be changed while it runs. */
export const youngHeap: YoungHeap | null =
	process.versions['electron'] === undefined
		? {
				get size() {
					return v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
				},
				grow: (factor) => v8.setFlagsFromString(`--semi-space-growth-factor=${factor}`),
			}
		: null;

/**
 * Keeps the part of the heap for new objects from growing to four times what it needs, which it does in long threads, since every request
 * goes through all of their history. Returns what is to be called now and then; it costs next to nothing.
 */
export function bounded(heap: YoungHeap | null): () => void {
	let factor: 1 | 2 = 2;
	return () => {
		if (heap === null) return;
		const wanted = heap.size >= ENOUGH ? 1 : 2;
		if (wanted !== factor) heap.grow(wanted);
		factor = wanted;
	};
}
