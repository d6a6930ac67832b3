import type { ThreadItem } from '../../protocol/thread/item.ts';
import { turnOf, turnPage, type TurnSource } from '../threadTurns.ts';
import { toTurn, type TurnView } from '../turnViews.ts';

/** An item and the turn that it belongs to. */
export interface PlacedItem {
	readonly turnId: string;
	readonly item: ThreadItem;
}

/** A place in the items of a thread. Items of different types may have one id, and so may items of different turns. */
export interface ItemAnchor {
	readonly turnId: string;
	readonly item: string;
	readonly inclusive: boolean;
}

export interface ItemPageRequest {
	/** Null for all turns. */
	readonly turnId: string | null;
	readonly anchor: ItemAnchor | null;
	readonly newestFirst: boolean;
	readonly limit: number;
}

export interface ItemPage {
	readonly items: readonly PlacedItem[];
	readonly more: boolean;
}

const TURNS_AT_ONCE = 20;

export const itemKey = ({ type, id }: ThreadItem): string => `${type}:${id}`;

export function itemsOf(turn: TurnView): readonly PlacedItem[] {
	return toTurn(turn, 'full').items.map((item) => ({ turnId: turn.id, item }));
}

/** A part of a thread's items; null when the anchor is none of them. Throws the file system's error. */
export async function itemPage(source: TurnSource, { turnId, anchor, newestFirst, limit }: ItemPageRequest): Promise<ItemPage | null> {
	const items: PlacedItem[] = [];
	for await (const turn of turnsFrom(source, { turnId, from: anchor?.turnId ?? null, newestFirst })) {
		if (turn === null) return null;
		const all = newestFirst ? itemsOf(turn).toReversed() : itemsOf(turn);
		if (anchor === null || turn.id !== anchor.turnId) items.push(...all);
		else {
			const at = all.findIndex(({ item }) => itemKey(item) === anchor.item);
			if (at < 0) return null;
			items.push(...all.slice(anchor.inclusive ? at : at + 1));
		}
		if (items.length > limit) break;
	}
	return { items: items.slice(0, limit), more: items.length > limit };
}

/** The turns from one on, as they are asked for; null and the end when there is none of that id. */
export async function* turnsFrom(
	source: TurnSource,
	{ turnId, from, newestFirst }: { readonly turnId: string | null; readonly from: string | null; readonly newestFirst: boolean },
): AsyncGenerator<TurnView | null> {
	if (turnId !== null) {
		const turn = await turnOf(source, turnId);
		if (turn !== null) yield turn;
		return;
	}
	let anchor = from === null ? null : { id: from, inclusive: true };
	for (;;) {
		const page = await turnPage(source, { anchor, newestFirst, limit: TURNS_AT_ONCE });
		if (page === null) return void (yield null);
		yield* page.turns;
		const last = page.turns.at(-1);
		if (!page.more || !last) return;
		anchor = { id: last.id, inclusive: false };
	}
}
