import { type Draft, parseDraft } from '../state/draft.ts';
import { parseSaidBefore, type SaidBefore } from '../state/history.ts';

/** What the page itself keeps across a reload (`setState`): words not sent yet and where the reader was. */
export interface ScrollPlace {
	/** Key of the row at the top of the view. */
	readonly row: string;
	/** Pixels from the view's top edge to the row's. */
	readonly offset: number;
}

export interface SavedState {
	/** The thread that is shown; VS Code hands it to the host when a tab comes back after a reload. */
	readonly thread: string;
	/** By thread id; `''` before there is a thread. */
	readonly drafts: Readonly<Record<string, Draft>>;
	/** By thread id; a thread that is read at its end has no entry. */
	readonly places: Readonly<Record<string, ScrollPlace>>;
	/** Messages handed to the host that it has not answered yet. */
	readonly unconfirmed: readonly UnconfirmedMessage[];
	/** What was sent, oldest first, for the up key. */
	readonly history: readonly SaidBefore[];
	/** Cards and groups that the reader has opened (true) or folded, by their keys. */
	readonly opened: Readonly<Record<string, boolean>>;
}

export interface UnconfirmedMessage {
	readonly id: string;
	readonly thread: string;
	readonly draft: Draft;
}

export const emptySavedState: SavedState = { thread: '', drafts: {}, places: {}, unconfirmed: [], history: [], opened: {} };

/** Threads whose draft and place are kept; the oldest entries go first. */
const MAX_THREADS = 50;
/** Cards whose state is kept. */
const MAX_OPENED = 400;

export function parseSavedState(value: unknown): SavedState {
	if (!isRecord(value)) {
		return emptySavedState;
	}
	const drafts = isRecord(value.drafts)
		? Object.entries(value.drafts).flatMap(([thread, saved]) => {
				const draft = parseDraft(saved);
				return draft === null ? [] : [[thread, draft] as const];
			})
		: [];
	const places = isRecord(value.places)
		? Object.entries(value.places).flatMap(([thread, place]) => (isPlace(place) ? [[thread, place] as const] : []))
		: [];
	const unconfirmed = Array.isArray(value.unconfirmed) ? value.unconfirmed.flatMap(parseUnconfirmed) : [];
	const history = Array.isArray(value.history) ? value.history.flatMap((entry) => parseSaidBefore(entry) ?? []) : [];
	const opened = isRecord(value.opened)
		? Object.entries(value.opened).flatMap(([key, open]) => (typeof open === 'boolean' ? [[key, open] as const] : []))
		: [];
	return {
		thread: typeof value.thread === 'string' ? value.thread : '',
		drafts: Object.fromEntries(drafts),
		places: Object.fromEntries(places),
		unconfirmed,
		history,
		opened: Object.fromEntries(opened),
	};
}

/** `record` with `key` set and newest, or gone when `value` is undefined. The oldest of more than `max` entries go. */
export function withEntry<T>(record: Readonly<Record<string, T>>, key: string, value: T | undefined, max = MAX_THREADS): Readonly<Record<string, T>> {
	const others = Object.entries(record).filter(([name]) => name !== key);
	return Object.fromEntries(value === undefined ? others : [...others, [key, value] as const].slice(-max));
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlace(value: unknown): value is ScrollPlace {
	return isRecord(value) && typeof value.row === 'string' && typeof value.offset === 'number' && Number.isFinite(value.offset);
}

function parseUnconfirmed(value: unknown): readonly UnconfirmedMessage[] {
	if (!isRecord(value) || typeof value.thread !== 'string') {
		return [];
	}
	const draft = parseDraft(value.draft);
	return draft === null ? [] : [{ id: typeof value.id === 'string' ? value.id : '', thread: value.thread, draft }];
}

export function withOpened({ opened }: SavedState, key: string, open: boolean): Pick<SavedState, 'opened'> {
	return { opened: withEntry(opened, key, open, MAX_OPENED) };
}
