import type { Turn } from '../protocol/turn.ts';
import type { StoredThread, ThreadStore } from '../store/threadStore.ts';
import { RecordReader } from '../thread/records.ts';
import { TurnViews, toTurn } from './turnViews.ts';

/** Who pages through a thread asks again within this time, in milliseconds. After it the memory is given back. */
const KEEP_MS = 30_000;

/** The turns of threads that are not loaded, from their rollouts. Those of the last thread are kept for a while, so that paging is quick. */
export class StoredTurns {
	readonly #store: ThreadStore;
	#last: { readonly path: string; readonly size: number; readonly turns: Promise<readonly Turn[]>; readonly expiry: NodeJS.Timeout } | null = null;

	constructor(store: ThreadStore) {
		this.#store = store;
	}

	/** Throws the file system's error. */
	async read(stored: StoredThread): Promise<readonly Turn[]> {
		const last = this.#last;
		if (last?.path === stored.path && last.size === stored.size) {
			last.expiry.refresh();
			return last.turns;
		}
		const turns = readTurns(this.#store, stored);
		clearTimeout(last?.expiry);
		const kept = { path: stored.path, size: stored.size, turns, expiry: setTimeout(() => (this.#last = null), KEEP_MS).unref() };
		this.#last = kept;
		try {
			return await turns;
		} catch (error) {
			clearTimeout(kept.expiry);
			if (this.#last === kept) this.#last = null;
			throw error;
		}
	}
}

async function readTurns(store: ThreadStore, stored: StoredThread): Promise<readonly Turn[]> {
	const reader = new RecordReader();
	const views = new TurnViews();
	for (const line of await store.readEvents(stored)) for (const event of reader.read(line)) views.apply(event);
	views.closeUnfinished();
	return views.turns.map((turn) => toTurn(turn, 'full'));
}
