import type { ThreadTimelineEntry } from '../../protocol/thread/threadItems.ts';
import { itemsOf } from './itemPages.ts';
import { countTurns, turnPage, type TurnSource } from '../threadTurns.ts';
import { toTurn, type TurnView } from '../turnViews.ts';

/** The page ends right before this entry. */
export interface TimelineAnchor {
	readonly turnId: string;
	readonly position: number;
}

export interface TimelinePage {
	/** The oldest first. */
	readonly entries: readonly ThreadTimelineEntry[];
	/** Of the page before this one; null when there is nothing before. */
	readonly before: TimelineAnchor | null;
}

/** Positions that a turn has room for. */
const ROOM = 2 ** 20;
const TURNS_AT_ONCE = 20;

/** What happened in a thread, from its end or from a place on backwards. Null when that place is gone. Throws the file system's error. */
export async function timelinePage(
	source: TurnSource,
	{ anchor, limit }: { readonly anchor: TimelineAnchor | null; readonly limit: number },
): Promise<TimelinePage | null> {
	let number = anchor === null ? (await countTurns(source)) - 1 : Math.floor(anchor.position / ROOM);
	let from = anchor === null ? null : { id: anchor.turnId, inclusive: true };
	let entries: ThreadTimelineEntry[] = [];
	for (let more = true; more && entries.length <= limit; ) {
		const page = await turnPage(source, { anchor: from, newestFirst: true, limit: TURNS_AT_ONCE });
		if (page === null) return null;
		for (const turn of page.turns) {
			const all = entriesOf(turn, number * ROOM);
			entries = [...(turn.id === anchor?.turnId ? all.filter(({ position }) => position < anchor.position) : all), ...entries];
			number--;
		}
		const last = page.turns.at(-1);
		more = page.more && last !== undefined;
		if (last) from = { id: last.id, inclusive: false };
	}
	const shown = entries.slice(-limit);
	const first = shown[0];
	return { entries: shown, before: first && shown.length < entries.length ? { turnId: first.turnId, position: first.position } : null };
}

function entriesOf(turn: TurnView, position: number): readonly ThreadTimelineEntry[] {
	const { id: turnId, status, error, startedAt, completedAt, durationMs } = toTurn(turn, 'notLoaded');
	const items = itemsOf(turn).map(({ item }, index) => ({ type: 'item' as const, position: position + 1 + index, turnId, item }));
	const started = { type: 'turnStarted' as const, position, turnId, startedAt };
	if (status === 'inProgress') return [started, ...items];
	const end = { type: 'turnCompleted' as const, position: position + ROOM - 1, turnId, status, error, startedAt, completedAt, durationMs };
	return [started, ...items, end];
}
