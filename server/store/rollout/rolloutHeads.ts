import { placeOf, stateOf } from './rolloutBytes.ts';
import { headOfName, readRolloutHead, type RolloutHead } from './rolloutHead.ts';
import type { Locate } from './rolloutView.ts';

/** Heads beyond this many are forgotten, the longest known first. */
const MAX_HEADS = 4096;

interface Known {
	readonly head: RolloutHead | null;
	/** A head without a message, or none at all, holds until the file changes; another one holds for good: null. */
	readonly of: { readonly size: number; readonly mtimeMs: number } | null;
}

/** Heads of rollouts, each read once. */
export class RolloutHeads {
	readonly #known = new Map<string, Known>();
	readonly #locate: Locate;

	constructor(locate: Locate) {
		this.#locate = locate;
	}

	/** Null when the file is gone, unreadable or no rollout. */
	get(file: string): RolloutHead | null {
		const known = this.#known.get(file);
		if (known?.of === null) return known.head;
		const state = stateOf(file);
		if (state === null) return null;
		if (known?.of && known.of.size === state.size && known.of.mtimeMs === state.mtimeMs) return known.head;
		const head = read(file, this.#locate);
		this.#known.delete(file);
		// What is missing may be there the next time, without a change of this file.
		if (head?.missing != null) return head;
		this.#known.set(file, { head, of: head && head.preview !== '' ? null : { size: state.size, mtimeMs: state.mtimeMs } });
		const oldest = this.#known.size > MAX_HEADS ? this.#known.keys().next().value : undefined;
		if (oldest !== undefined) this.#known.delete(oldest);
		return head;
	}

	/** Whether `get` answers without reading. */
	has(file: string): boolean {
		return this.#known.get(file)?.of === null;
	}

	forget(file: string): void {
		this.#known.delete(file);
	}
}

function read(file: string, locate: Locate): RolloutHead | null {
	try {
		return readRolloutHead(file, locate);
	} catch (error) {
		// What is in it cannot be told, and the file is there: a broken archive, say.
		return placeOf(file) === file ? null : headOfName(file, error instanceof Error ? error.message : String(error));
	}
}
