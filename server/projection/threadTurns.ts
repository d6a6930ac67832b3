import type { StoredTurnList } from '../store/turns/storedTurns.ts';
import type { LineFilter, TurnRecords } from '../store/turns/turnRecords.ts';
import { CALL_TYPES } from '../records/callItems.ts';
import { RecordReader } from '../records/records.ts';
import type { KeptTexts } from './keptTexts.ts';
import { type TurnView, TurnViews } from './turnViews.ts';

/** Where the turns of a thread are. Both tell how it is now, and are asked again when it changed meanwhile. */
export interface TurnSource {
	/** Null for a thread that is not kept. */
	readonly stored: () => StoredTurnList | null;
	/** What is not yet all in the records, above all the running turn; oldest first. */
	readonly live: () => readonly TurnView[];
	/** Told of lines that could not be read. */
	readonly damaged: (lines: number) => void;
}

export interface TurnPageRequest {
	readonly anchor: { readonly id: string; readonly inclusive: boolean } | null;
	readonly newestFirst: boolean;
	/** Null for all. */
	readonly limit: number | null;
}

export interface TurnPage {
	/** In the order that was asked for. */
	readonly turns: readonly TurnView[];
	/** Whether there are more in this direction. */
	readonly more: boolean;
}

/** A part of a thread's turns; null when the anchor is no turn of it. Throws the file system's error. */
export function turnPage(source: TurnSource, request: TurnPageRequest): Promise<TurnPage | null> {
	return pageOf(source, request, (view) => view);
}

/** The same with something made of each turn as soon as it is read, so that no more than one has to be in memory. */
async function pageOf<Made>(
	source: TurnSource,
	request: TurnPageRequest,
	made: (view: TurnView) => Made,
): Promise<{ readonly turns: readonly Made[]; readonly more: boolean } | null> {
	for (;;) {
		const before = source.live();
		const idsBefore = before.map(({ id }) => id);
		const found = await readPage(source, { liveIds: idsBefore, made }, request);
		const live = source.live();
		// A turn that ended meanwhile is in the records now, and was not when they were read.
		if (idsBefore.length !== live.length || live.some(({ id }, index) => id !== idsBefore[index])) continue;
		if (!found) return null;
		const ofLive = (id: string) =>
			live
				.filter((view) => view.id === id)
				.slice(0, 1)
				.map(made);
		return { turns: found.turns.flatMap((each) => ('liveId' in each ? ofLive(each.liveId) : [each.made])), more: found.more };
	}
}

/** All turns, oldest first. Throws the file system's error. */
export async function allTurns(source: TurnSource): Promise<readonly TurnView[]> {
	return (await turnPage(source, { anchor: null, newestFirst: false, limit: null }))?.turns ?? [];
}

/**
 * All turns as texts, oldest first; `made` makes one. `kept` has those of threads that were read before, and gets those of this one where
 * nothing of it runs. Throws the file system's error.
 */
export async function allTurnTexts(source: TurnSource, { made, dialect, kept }: TurnTextRequest): Promise<readonly string[]> {
	const stampOf = () => (source.live().length > 0 ? null : (source.stored()?.stamp ?? null));
	const stamp = stampOf();
	const key = `${dialect} ${stamp}`;
	const known = stamp === null ? undefined : kept.get(key);
	if (known) return known;
	let damaged = 0;
	const hearing: TurnSource = {
		...source,
		damaged: (lines) => {
			damaged += lines;
			source.damaged(lines);
		},
	};
	const texts = (await pageOf(hearing, { anchor: null, newestFirst: false, limit: null }, made))?.turns ?? [];
	if (stamp !== null && damaged === 0 && stampOf() === stamp) kept.set(key, texts);
	return texts;
}

export interface TurnTextRequest {
	readonly made: (view: TurnView) => string;
	/** Turns of one dialect have the same texts. */
	readonly dialect: string;
	readonly kept: KeptTexts;
}

/** Throws the file system's error. */
export async function countTurns(source: TurnSource): Promise<number> {
	for (;;) {
		const live = source.live().map(({ id }) => id);
		const stored = source.stored();
		const count = live.length + Math.max(0, ((await stored?.count()) ?? 0) - (await hiddenBy(stored, live)));
		const after = source.live();
		if (after.length === live.length && after.every(({ id }, index) => id === live[index])) return count;
	}
}

/** How many of the newest stored turns live ones take the place of. */
async function hiddenBy(stored: StoredTurnList | null, live: readonly string[]): Promise<number> {
	let hidden = 0;
	if (stored) for (const id of live) hidden = Math.max(hidden, (await stored.positionOf(id)) + 1);
	return hidden;
}

/** How many turns there are from one to the newest; null when there is none of this id. Throws the file system's error. */
export async function countFrom(source: TurnSource, turnId: string): Promise<number | null> {
	for (;;) {
		const live = source.live().map(({ id }) => id);
		const position = await positionIn(source.stored(), live.toReversed(), turnId);
		const after = source.live();
		if (after.length === live.length && after.every(({ id }, index) => id === live[index])) return position < 0 ? null : position + 1;
	}
}

/** Counted from the newest on; the live ones, newest first, take the place of stored ones. -1 when there is none of this id. */
async function positionIn(stored: StoredTurnList | null, live: readonly string[], turnId: string): Promise<number> {
	const hidden = await hiddenBy(stored, live);
	if (live.includes(turnId)) return live.indexOf(turnId);
	const position = (await stored?.positionOf(turnId)) ?? -1;
	return position < hidden ? -1 : position - hidden + live.length;
}

/** One turn; null when there is none of this id. Throws the file system's error. */
export async function turnOf(source: TurnSource, turnId: string): Promise<TurnView | null> {
	const page = await turnPage(source, { anchor: { id: turnId, inclusive: true }, newestFirst: true, limit: 1 });
	return page?.turns[0] ?? null;
}

type Found<Made> = { readonly liveId: string } | { readonly made: Made };

/** Live turns are named, others read. Positions count from the newest turn on; the live ones come first. */
async function readPage<Made>(
	source: TurnSource,
	{ liveIds, made }: { readonly liveIds: readonly string[]; readonly made: (view: TurnView) => Made },
	{ anchor, newestFirst, limit }: TurnPageRequest,
): Promise<{ readonly turns: readonly Found<Made>[]; readonly more: boolean } | null> {
	const stored = source.stored();
	const live = liveIds.toReversed();
	const hidden = await hiddenBy(stored, live);
	const anchorAt = anchor ? await positionIn(stored, live, anchor.id) : null;
	if (anchorAt === -1) return null;
	const step = newestFirst ? 1 : -1;
	const count = async () => live.length + Math.max(0, ((await stored?.count()) ?? 0) - hidden);
	const first = anchorAt === null ? (newestFirst ? 0 : (await count()) - 1) : anchorAt + (anchor?.inclusive ? 0 : step);
	let from: number;
	let to: number;
	let more: boolean;
	if (newestFirst) {
		from = first;
		to = limit === null ? await count() : first + limit;
		const last = to - live.length + hidden;
		more = limit !== null && (to < live.length || ((await stored?.has(last)) ?? false));
		if (limit !== null && !more) to = Math.min(to, await count());
	} else {
		to = first + 1;
		from = limit === null ? 0 : Math.max(0, to - limit);
		more = from > 0;
	}
	const turns: Found<Made>[] = live.slice(from, Math.max(from, to)).map((liveId) => ({ liveId }));
	const range = { from: Math.max(0, from - live.length) + hidden, to: to - live.length + hidden };
	if (stored && range.to > range.from) {
		let damaged = 0;
		for await (const records of stored.read(range, turnLines)) {
			damaged += records.damaged;
			const view = viewOf(records);
			if (view) turns.push({ made: made(view) });
		}
		if (damaged > 0) source.damaged(damaged);
	}
	return { turns: newestFirst ? turns : turns.toReversed(), more };
}

/** What a turn is made of: what happened, and of other programs' turns the calls too, which they record in no other way. */
function turnLines(): LineFilter {
	let ours = false;
	let commandsRecorded = false;
	return ({ type, payloadType, beginning }) => {
		if (type === 'event_msg') {
			if (payloadType === 'task_started') ours = beginning.includes('"started_at_ms":');
			if (payloadType === 'exec_command_end') commandsRecorded = true;
			return payloadType !== 'token_count' && payloadType !== 'tiller_inbox';
		}
		if (ours) return false;
		if (type === 'turn_context') return true;
		if (type !== 'response_item' || payloadType === null || !CALL_TYPES.has(payloadType)) return false;
		if (payloadType === 'message') return beginning.includes('<user_shell_command>');
		// What was told of a call is the longest of its records, and says nothing new after the call's own event.
		return payloadType !== 'function_call_output' || !commandsRecorded;
	};
}

/** A turn as its records tell it; null when they tell of none. Nothing of it runs any more. */
function viewOf({ id, recordedId, lines }: TurnRecords): TurnView | null {
	const reader = new RecordReader({ withHistory: false });
	const views = new TurnViews();
	for (const line of lines) for (const event of reader.read(line)) views.apply(event);
	views.closeUnfinished();
	const view = views.turns.find((turn) => turn.id === recordedId) ?? null;
	return view && id !== recordedId ? { ...view, id } : view;
}
