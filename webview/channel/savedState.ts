/** What the page itself keeps across a reload (`setState`): words not sent yet and where the reader was. */
export interface ScrollPlace {
	/** Key of the row at the top of the view. */
	readonly row: string;
	/** Pixels from the view's top edge to the row's. */
	readonly offset: number;
}

export interface SavedState {
	/** By thread id; `''` before there is a thread. */
	readonly drafts: Readonly<Record<string, string>>;
	/** By thread id; a thread that is read at its end has no entry. */
	readonly places: Readonly<Record<string, ScrollPlace>>;
	/** Messages handed to the host that no transcript has shown yet. */
	readonly unconfirmed: readonly { readonly thread: string; readonly text: string }[];
}

export const emptySavedState: SavedState = { drafts: {}, places: {}, unconfirmed: [] };

/** Threads whose draft and place are kept; the oldest entries go first. */
const maxThreads = 50;

export function parseSavedState(value: unknown): SavedState {
	if (!isRecord(value)) {
		return emptySavedState;
	}
	const drafts = isRecord(value.drafts)
		? Object.entries(value.drafts).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
		: [];
	const places = isRecord(value.places)
		? Object.entries(value.places).flatMap(([thread, place]) => (isPlace(place) ? [[thread, place] as const] : []))
		: [];
	const unconfirmed = Array.isArray(value.unconfirmed) ? value.unconfirmed.filter(isUnconfirmed) : [];
	return { drafts: Object.fromEntries(drafts), places: Object.fromEntries(places), unconfirmed };
}

/** `record` with `key` set and newest, or gone when `value` is undefined. */
export function withEntry<T>(record: Readonly<Record<string, T>>, key: string, value: T | undefined): Readonly<Record<string, T>> {
	const others = Object.entries(record).filter(([name]) => name !== key);
	return Object.fromEntries(value === undefined ? others : [...others, [key, value] as const].slice(-maxThreads));
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlace(value: unknown): value is ScrollPlace {
	return isRecord(value) && typeof value.row === 'string' && typeof value.offset === 'number' && Number.isFinite(value.offset);
}

function isUnconfirmed(value: unknown): value is SavedState['unconfirmed'][number] {
	return isRecord(value) && typeof value.thread === 'string' && typeof value.text === 'string';
}
