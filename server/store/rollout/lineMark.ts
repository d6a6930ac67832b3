import { isKnownEvent, isKnownItem, ITEM_EVENTS, LINE_KINDS } from './lineKinds.ts';
import { isRecord, LINE_BEGINNING, parseRolloutLine } from './rolloutLine.ts';

/** A line of a rollout by its place. Offsets are bytes; `end` is that of the line feed. */
export interface LinePlace {
	readonly start: number;
	readonly end: number;
}

/**
 * What a line means for the limits of turns, told from its beginning alone:
 * - `turnStarted`, `turnEnded`: the records of a turn's limits
 * - `userMessage`: begins a turn where there are no such records
 * - `item`: belongs to the turn that it names, else to the one that it lies in
 * - `rolledBack`: takes back the turns before it
 * - `compacted`: replaces the model-visible history before it
 * - `turnContext`, `tokenUsage`: count until the next one
 * - `standing`: says something of the thread that no turn's end takes away (its goal, messages that wait); with a name only until the next
 *   one of that name
 * - `damaged`: cannot be read
 * - `unknown`: of a kind that this program does not know
 */
export type LineMark = LinePlace &
	(
		| { readonly kind: 'turnStarted'; readonly turnId: string | null }
		| { readonly kind: 'turnEnded' | 'userMessage'; readonly turnId: string | null }
		/** `opens`: the turn that it names has no other record of its beginning. */
		| { readonly kind: 'item'; readonly turnId: string | null; readonly opens: boolean }
		| { readonly kind: 'rolledBack'; readonly turns: number }
		| { readonly kind: 'compacted' | 'turnContext' | 'tokenUsage' | 'damaged' }
		| { readonly kind: 'standing'; readonly name: string | null }
		| { readonly kind: 'unknown'; readonly name: string }
	);

/** Enough of a line for its types and for the id of its turn, as both programs write them. */
export const MARK_BYTES = 320;

const BEGINNING = new RegExp(String.raw`${LINE_BEGINNING}"(\w+)","payload":\{(?:"type":"(\w+)")?`);
const TURN_ID = /"turn_id":"([^"\\]+)"/;

/** Newer programs record a review without the beginning of its turn. */
const REVIEW = '"item":{"type":"EnteredReviewMode"';

/** The type, and for extensions the kind, of an item of the newer form. */
const ITEM_TYPE = /"item":\{"type":"(\w+)"(?:,"kind":"([\w.]+)")?/;

/** Records of ours that say nothing of the thread as a whole. */
const OF_TURNS: ReadonlySet<string> = new Set(['tiller_approval', 'tiller_hook_run']);

/** Reads a whole line, for what its beginning does not tell. */
type LineReader = () => string;

/** Null for a line that says nothing of turns. `beginning` are its first bytes, at most `MARK_BYTES`; `closed`: it ends as a record does. */
export function markOf(place: LinePlace, { beginning, closed, read }: { beginning: string; closed: boolean; read: LineReader }): LineMark | null {
	const found = BEGINNING.exec(beginning);
	if (found?.[1] === undefined) return unusual(place, read);
	if (!closed) return { ...place, kind: 'damaged' };
	// Every message of every turn has one.
	if (found[2] === 'tiller_inbox' && beginning.includes('"op":"accepted"')) return null;
	// Limits of the account are told without the use of tokens.
	if (found[2] === 'token_count' && beginning.includes('"info":null')) return null;
	return mark(place, {
		type: found[1],
		event: found[2] ?? null,
		turnId: () => TURN_ID.exec(beginning)?.[1] ?? null,
		opens: () => beginning.includes(REVIEW),
		item: () => {
			const [, itemType, kind = null] = ITEM_TYPE.exec(beginning) ?? [];
			return itemType === undefined ? null : { type: itemType, kind };
		},
		read,
	});
}

/** A line whose members stand in another order, or one that is broken. */
function unusual(place: LinePlace, read: LineReader): LineMark | null {
	const text = read();
	if (text.trim() === '') return null;
	const line = parseRolloutLine(text);
	if (!line) return { ...place, kind: 'damaged' };
	const { type, turn_id: turnId } = line.payload;
	const event = typeof type === 'string' ? type : null;
	const item = () => {
		const { type, kind } = isRecord(line.payload.item) ? line.payload.item : {};
		return typeof type === 'string' ? { type, kind: typeof kind === 'string' ? kind : null } : null;
	};
	const opens = () => item()?.type === 'EnteredReviewMode';
	return mark(place, { type: line.type, event, turnId: () => (typeof turnId === 'string' ? turnId : null), opens, item, read });
}

interface Beginning {
	readonly type: string;
	readonly event: string | null;
	readonly turnId: () => string | null;
	readonly opens: () => boolean;
	/** Null where that cannot be told. */
	readonly item: () => { readonly type: string; readonly kind: string | null } | null;
	readonly read: LineReader;
}

function mark(place: LinePlace, line: Beginning): LineMark | null {
	if (line.type === 'compacted') return { ...place, kind: 'compacted' };
	if (line.type === 'turn_context') return { ...place, kind: 'turnContext' };
	if (!LINE_KINDS.has(line.type)) return { ...place, kind: 'unknown', name: line.type };
	if (line.type !== 'event_msg' || line.event === null) return null;
	switch (line.event) {
		case 'task_started':
		case 'turn_started':
			return { ...place, kind: 'turnStarted', turnId: line.turnId() };
		case 'task_complete':
		case 'turn_complete':
		case 'turn_aborted':
			return { ...place, kind: 'turnEnded', turnId: line.turnId() };
		case 'user_message':
			return { ...place, kind: 'userMessage', turnId: null };
		case 'thread_rolled_back': {
			const turns = parseRolloutLine(line.read())?.payload.num_turns;
			return typeof turns === 'number' && turns > 0 ? { ...place, kind: 'rolledBack', turns: Math.floor(turns) } : null;
		}
		case 'thread_goal_updated':
		case 'tiller_goal':
			return { ...place, kind: 'standing', name: line.event };
		case 'token_count':
			return { ...place, kind: 'tokenUsage' };
		case 'item_completed': {
			const item = line.item();
			if (item === null || isKnownItem(item)) return { ...place, kind: 'item', turnId: line.turnId(), opens: line.opens() };
			return { ...place, kind: 'unknown', name: `${item.type}${item.kind === null ? '' : ` ${item.kind}`}` };
		}
		default:
			if (ITEM_EVENTS.has(line.event)) return { ...place, kind: 'item', turnId: line.turnId(), opens: line.opens() };
			if (line.event.startsWith('tiller_')) return OF_TURNS.has(line.event) ? null : { ...place, kind: 'standing', name: null };
			return isKnownEvent(line.event) ? null : { ...place, kind: 'unknown', name: line.event };
	}
}
