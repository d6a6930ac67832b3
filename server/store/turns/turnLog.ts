import { RecentMap } from '../../platform/recentMap.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readBytes } from '../rollout/backwardLines.ts';
import { FileWindow } from '../rollout/fileWindow.ts';
import { type LineFilter, type PlacedLine, placedLines, readTurnRecords, type TurnRecords } from './turnRecords.ts';
import type { LinePlace } from '../rollout/lineMark.ts';
import type { StoredTurnList, TurnItemsAnswer, TurnsAnswer, TurnStore } from './storedTurns.ts';
import type { RolloutBytes } from '../rollout/rolloutBytes.ts';
import { openRollout, type RolloutView } from '../rollout/rolloutView.ts';
import type { TurnCache } from './turnCache.ts';
import { stampOf } from './recordsState.ts';
import { TurnIndex } from './turnIndex.ts';
import type { TurnSpan } from './turnSpan.ts';

/** Enough of a line to tell that a turn begins with it. */
const TURN_BEGINNING = 2048;
/** Positions of turns are kept of so many threads. */
const KEPT_INDEXES = 16;
/** After this many bytes of records other work gets its turn. */
const BYTES_AT_ONCE = 4 * 1024 * 1024;
/** What was found is kept for later processes when so many bytes had to be looked through for it. */
const WORTH_KEEPING = 256 * 1024;

/** What a thread goes on with: everything from the last compaction of its history on, and what counts from before it. */
export interface RolloutTail {
	/** In order. Without the records of single items, which only people are shown. */
	readonly lines: readonly PlacedLine[];
	/** How many of the lines come from before the part that was read as a whole. */
	readonly standing: number;
	/** Lines that could not be read. */
	readonly damaged: number;
	/** How many lines were passed over, by the kind that this program does not know. */
	readonly unknown: ReadonlyMap<string, number>;
	/** Why some of the records are not there; null when all are. */
	readonly missing: string | null;
	/** Bytes of the thread's own file that were looked at. */
	readonly size: number;
}

/** The turns of rollout files. Where they lie is remembered, for as long as the files only grow. */
export class TurnLog implements TurnStore {
	/** The one used last is the last. */
	readonly #indexes = new RecentMap<string, TurnIndex>(KEPT_INDEXES);
	readonly #openRollout: (path: string) => RolloutView;
	readonly #cache: TurnCache | null;

	/** Without arguments: for files that go on from no other one, with nothing kept for later processes. */
	constructor(open = (path: string): RolloutView => openRollout(path, () => null), cache: TurnCache | null = null) {
		this.#openRollout = open;
		this.#cache = cache;
	}

	listTurns({ path }: { readonly path: string }): TurnsAnswer {
		return { type: 'turns', turns: this.#open(path) };
	}

	async listTurnItems({ path }: { readonly path: string }, turnId: string, wanted: () => LineFilter): Promise<TurnItemsAnswer> {
		const turns = this.#open(path);
		const position = await turns.positionOf(turnId);
		if (position >= 0) for await (const records of turns.read({ from: position, to: position + 1 }, wanted)) return { type: 'records', records };
		return { type: 'unknownTurn', turnId };
	}

	/** Of a rollout that is deleted. */
	forget(path: string): void {
		this.#indexes.delete(path);
		this.#cache?.remove(path);
	}

	/** With enough for the thread as it is without its last `takenBack` turns. Throws the file system's error. */
	async tail(path: string, takenBack: number): Promise<RolloutTail> {
		const index = this.#index(path);
		// To the beginning: what belongs to no turn, and what is broken, may lie anywhere. Only the end is read.
		await this.#whole(path, index);
		const [oldestTakenBack] = takenBack === 0 ? [] : await index.spans(takenBack - 1, takenBack);
		const file = index.openRecords();
		try {
			const start = await startOfHistory(index, file, takenBack === 0 ? index.size : (oldestTakenBack?.start ?? 0));
			const lines: PlacedLine[] = [];
			let unread = 0;
			const take = (place: LinePlace, wanted: LineFilter) => {
				for (const line of placedLines(file, place, wanted)) {
					if (line === 'damaged') unread++;
					else lines.push(line);
				}
			};
			if (start > 0) {
				take({ start: 0, end: endOfLineAfter(file, 1, index.size) }, ({ type }) => type === 'session_meta');
				const standing = [...index.standing, index.turnContext, index.tokenUsage].filter((place) => place !== null);
				for (const place of standing.toSorted((a, b) => a.start - b.start)) if (place.start < start) take(place, () => true);
			}
			const before = lines.length;
			for (let from = start; from < index.size; ) {
				const to = endOfLineAfter(file, Math.min(from + BYTES_AT_ONCE, index.size), index.size);
				take({ start: from, end: to }, countsForHistory);
				from = to;
				if (from < index.size) await nextTurn();
			}
			const { unknown, missing } = index;
			return { lines, standing: before, damaged: Math.max(index.damaged, unread), unknown, missing, size: index.size - file.shared };
		} finally {
			file.close();
		}
	}

	#open(path: string): StoredTurnList {
		let stamp: string | null = null;
		const index = this.#index(path, (view) => {
			stamp = stampOf(view, Date.now());
		});
		return {
			stamp,
			positionOf: (turnId) => index.positionOf(turnId),
			has: async (position) => {
				await index.extend(() => index.count > position);
				return index.count > position;
			},
			count: async () => {
				await this.#whole(path, index);
				return index.count;
			},
			read: (range, wanted) => readTurns(index, { ...range, wanted }),
		};
	}

	/** Finds all turns, and keeps where they lie for the next process when that was much work. */
	async #whole(path: string, index: TurnIndex): Promise<void> {
		await index.extend(() => false);
		if (index.looked < WORTH_KEEPING || index.missing !== null) return;
		index.looked = 0;
		// From now on it is read from there, so that what a thread takes of the memory does not grow with it.
		if (this.#cache?.save(path, index.content) === true && this.#indexes.get(path) === index) this.#indexes.delete(path);
	}

	/** `saw`: gets the records that the index is of. */
	#index(path: string, saw: (view: RolloutView) => void = () => {}): TurnIndex {
		const known = this.#indexes.get(path) ?? null;
		const index = TurnIndex.open(
			() => {
				const view = this.#openRollout(path);
				saw(view);
				return view;
			},
			known,
			() => this.#cache?.load(path) ?? null,
		);
		this.#indexes.set(path, index);
		return index;
	}
}

async function* readTurns(
	index: TurnIndex,
	{ from, to, wanted }: { from: number; to: number; wanted: () => LineFilter },
): AsyncGenerator<TurnRecords> {
	const file = index.openRecords();
	try {
		let spans = await index.spans(from, to);
		if (index.wasKeptEarlier && ![spans.at(0), spans.at(-1)].every((span) => !span?.recorded || beginsTurn(file, span))) {
			index.forgetKept();
			spans = await index.spans(from, to);
		}
		const oldest = spans.at(-1);
		if (!oldest) return;
		const window = new FileWindow(file, oldest.start);
		let bytes = 0;
		for (const span of spans) {
			yield readTurnRecords(window, { span, late: index.lateLinesOf(span.id), wanted: wanted() });
			bytes += span.end - span.start;
			if (bytes > BYTES_AT_ONCE) {
				bytes = 0;
				await nextTurn();
			}
		}
	} finally {
		file.close();
	}
}

/** Whether a turn is recorded to begin where an index says so: what was kept of a file may be older than a change in its middle. */
function beginsTurn(file: RolloutBytes, { start, end }: TurnSpan): boolean {
	const bytes = readBytes(file, Buffer.alloc(Math.min(TURN_BEGINNING, end - start)), start).toString('latin1');
	const line = bytes.split('\n', 1)[0] ?? '';
	return line.includes('"task_started"') || line.includes('"turn_started"');
}

/** The beginning of the last turn before an offset whose compaction replaced all before it; 0 when there is none. */
async function startOfHistory(index: TurnIndex, file: RolloutBytes, before: number): Promise<number> {
	return (await index.findCompaction(({ turnStart, line }) => turnStart < before && replacesHistory(file, line)))?.turnStart ?? 0;
}

/** Old records of a compaction hold its summary only. */
function replacesHistory(file: RolloutBytes, place: LinePlace): boolean {
	for (const line of placedLines(file, place, () => true)) return line !== 'damaged' && Array.isArray(line.payload.replacement_history);
	return false;
}

/** The offset after the line feed at or after `offset - 1`, or the end of the file. */
function endOfLineAfter(file: RolloutBytes, offset: number, size: number): number {
	const buffer = Buffer.allocUnsafe(64 * 1024);
	for (let position = offset - 1; position < size; position += buffer.length) {
		const feed = buffer.subarray(0, file.read(buffer, position)).indexOf(0x0a);
		if (feed >= 0) return position + feed + 1;
	}
	return size;
}

/** Records of single items that only people are shown; they are the larger part. */
const FOR_PEOPLE = /^(?:agent_|exec_command_|patch_apply_|web_search_|mcp_tool_call_|view_image|image_generation_|collab_|dynamic_tool_)/;

const countsForHistory: LineFilter = ({ type, payloadType, beginning }) => {
	if (type !== 'event_msg' || payloadType === null) return true;
	if (payloadType === 'item_completed') return beginning.includes('"item":{"type":"UserMessage"');
	return !FOR_PEOPLE.test(payloadType);
};
