import type { Turn } from '../../server/protocol/thread/turn.ts';
import type { Client } from '../server/client.ts';

/** How many turns the page gets at once. */
const PAGE_OF_TURNS = 30;

export interface PageOfTurns {
	/** Oldest first. */
	readonly turns: readonly Turn[];
	/** For what comes before them; null when nothing does. */
	readonly cursor: string | null;
}

/** The newest turns of a thread, or those before a cursor that an earlier page gave. */
export async function newestTurns(client: Client, threadId: string, cursor: string | null): Promise<PageOfTurns> {
	const answer = await client.request('thread/turns/list', { threadId, cursor, limit: PAGE_OF_TURNS, sortDirection: 'desc', itemsView: 'full' });
	return { turns: answer.data.toReversed(), cursor: answer.nextCursor };
}
