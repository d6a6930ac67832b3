/** Reads whole threads and whole texts of the server, in pages. */
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { Turn } from '../../server/protocol/thread/turn.ts';
import type { Client } from '../server/client.ts';

const PAGE_OF_TURNS = 100;
/** UTF-16 units asked for at once. */
const PIECE_LENGTH = 1024 * 1024;

/** All turns with all their items, oldest first. */
export async function allTurns(client: Client, threadId: string): Promise<readonly Turn[]> {
	const turns: Turn[] = [];
	let cursor: string | null = null;
	do {
		const page: { readonly data: readonly Turn[]; readonly nextCursor: string | null } = await client.request('thread/turns/list', {
			threadId,
			cursor,
			limit: PAGE_OF_TURNS,
			sortDirection: 'asc',
			itemsView: 'full',
		});
		turns.push(...page.data);
		cursor = page.nextCursor;
	} while (cursor !== null);
	return turns;
}

/** What is known, brought up to date by the newest turns; everything is read again when turns were taken away or too many are new. */
export async function newerTurns(client: Client, threadId: string, known: readonly Turn[]): Promise<readonly Turn[]> {
	const { data } = await client.request('thread/turns/list', { threadId, limit: 3, sortDirection: 'desc', itemsView: 'full' });
	const newest = data.toReversed();
	const from = known.findIndex(({ id }) => id === newest[0]?.id);
	const lastKnown = known.at(-1);
	if (from < 0 || lastKnown === undefined || !newest.some(({ id }) => id === lastKnown.id)) return await allTurns(client, threadId);
	return [...known.slice(0, from), ...newest];
}

/** The thread, followed from now on where that is allowed. `refused` says why it is not. */
export async function followThread(
	client: Client,
	threadId: string,
	trusted: boolean,
): Promise<{ readonly thread: Thread; readonly refused: string | null }> {
	let refused: string | null = null;
	if (trusted) {
		try {
			return { thread: (await client.request('thread/resume', { threadId, excludeTurns: true })).thread, refused };
		} catch (error) {
			refused = error instanceof Error ? error.message : String(error);
		}
	}
	return { thread: (await client.request('thread/read', { threadId, includeTurns: false })).thread, refused };
}

export interface TextPlace {
	readonly threadId: string;
	readonly turnId: string;
	readonly itemId: string;
	/** JSON pointer in the item; null for its main text. */
	readonly pointer: string | null;
}

/** A text of an item, however long. */
export async function wholeText(client: Client, place: TextPlace): Promise<string> {
	let text = '';
	for (;;) {
		const piece = await client.request('thread/item/read', { ...place, offset: text.length, length: PIECE_LENGTH });
		text += piece.text;
		if (text.length >= piece.totalLength || piece.text === '') return text;
	}
}
