import type { Turn } from '../protocol/turn.ts';
import type { StoredThread, ThreadStore } from '../store/threadStore.ts';
import { RecordReader } from '../thread/records.ts';
import { TurnViews, toTurn } from './turnViews.ts';

/** The turns of a thread that is not loaded, from its rollout. Throws the file system's error. */
export async function readTurns(store: ThreadStore, stored: StoredThread): Promise<readonly Turn[]> {
	const { lines } = await store.read(stored);
	const reader = new RecordReader();
	const views = new TurnViews();
	for (const line of lines) for (const event of reader.read(line)) views.apply(event);
	views.closeUnfinished();
	return views.turns.map((turn) => toTurn(turn, 'full'));
}
