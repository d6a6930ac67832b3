import { setImmediate as nextTurn } from 'node:timers/promises';
import { BackwardLines, readBytes } from '../rollout/backwardLines.ts';
import type { LineMark, LinePlace } from '../rollout/lineMark.ts';
import { type RolloutBytes, whileOpen } from '../rollout/rolloutBytes.ts';
import type { RolloutView } from '../rollout/rolloutView.ts';
import { idOfPlace, type TurnSpan, turnsOf } from './turnSpan.ts';

/** After this many parts that were looked at, other work gets its turn. */
const PARTS_AT_ONCE = 8;
/** So many bytes before the end tell whether a file is the one that was read before. */
const FINGERPRINT_BYTES = 64;

/** A line that replaced the model-visible history, and the turn that it is part of. */
export interface Compaction {
	readonly turn: TurnSpan;
	readonly line: LinePlace;
}

/**
 * Where the turns of a rollout lie, newest first; found from the end of the file on, no further than somebody asks.
 * It tells of the file as it was when the index was opened.
 */
export class TurnIndex {
	/** Bytes of all records. */
	readonly size: number;
	/** Why some of the records are not there; null when all are. */
	readonly missing: string | null;
	/** What opens the records as they are when they are read on. */
	readonly #open: () => RolloutView;
	readonly #mtimeMs: number;
	readonly #fingerprint: Buffer;
	/** What was found before the file grew, until this one has come to a turn that is in it. */
	#older: TurnIndex | null;
	#turns: TurnSpan[] = [];
	readonly #ids = new Set<string>();
	#compactions: Compaction[] = [];
	#late = new Map<string, LinePlace[]>();
	#damaged: number[] = [];
	#unknown: { readonly start: number; readonly name: string }[] = [];
	#turnContext: LinePlace | null = null;
	#tokenUsage: LinePlace | null = null;
	#standing: LinePlace[] = [];
	#lines: BackwardLines;
	/** Marks after the last recorded beginning of a turn that was come to, the last line first. */
	#marks: LineMark[] = [];
	#stretchEnd: number;
	/** How many turns are still to be taken back. */
	#takenBack = 0;
	#complete = false;

	private constructor(open: () => RolloutView, state: { view: RolloutView; fingerprint: Buffer; older: TurnIndex | null }) {
		this.#open = open;
		this.size = state.view.size;
		this.missing = state.view.missing;
		this.#mtimeMs = state.view.mtimeMs;
		this.#fingerprint = state.fingerprint;
		this.#older = state.older;
		this.#lines = new BackwardLines(this.size);
		this.#stretchEnd = this.size;
	}

	/** The index of records as they are now: `known` itself when nothing changed. Throws the file system's error. */
	static open(open: () => RolloutView, known: TurnIndex | null): TurnIndex {
		return whileOpen(open(), (view) => {
			if (known?.size === view.size && known.#mtimeMs === view.mtimeMs) return known;
			const grew = known !== null && known.size < view.size && fingerprintAt(view, known.size).equals(known.#fingerprint);
			return new TurnIndex(open, { view, fingerprint: fingerprintAt(view, view.size), older: grew ? known : null });
		});
	}

	/** Opens the records. They may have got more since. Throws the file system's error. */
	openRecords(): RolloutView {
		return this.#open();
	}

	/** The turns that were found so far, newest first. Turns that were taken back are left out. */
	get turns(): readonly TurnSpan[] {
		return this.#turns;
	}

	/** Whether all turns were found. */
	get complete(): boolean {
		return this.#complete;
	}

	/** Lines that cannot be read, as far as this has come. */
	get damaged(): number {
		return this.#damaged.length;
	}

	/** How many lines there are of each kind that this program does not know, as far as this has come. */
	get unknown(): ReadonlyMap<string, number> {
		const counts = new Map<string, number>();
		for (const { name } of this.#unknown) counts.set(name, (counts.get(name) ?? 0) + 1);
		return counts;
	}

	/** The newest of a turn that was not taken back, as far as this has come. */
	get turnContext(): LinePlace | null {
		return this.#turnContext;
	}
	/** The newest, as far as this has come. */
	get tokenUsage(): LinePlace | null {
		return this.#tokenUsage;
	}
	/** Records that belong to no turn, newest first, as far as this has come. */
	get standing(): readonly LinePlace[] {
		return this.#standing;
	}

	/** Newest first, as far as this has come. Those of turns that were taken back are left out. */
	get compactions(): readonly Compaction[] {
		return this.#compactions;
	}

	/** Records of a turn that were written after the next one had begun. Known once the turn is. */
	lateLinesOf(turnId: string): readonly LinePlace[] {
		return this.#late.get(turnId) ?? [];
	}

	/** Goes on towards the beginning until `enough` is found. Throws the file system's error. */
	async extend(enough: () => boolean): Promise<void> {
		if (this.#complete || enough()) return;
		const file = this.#open();
		try {
			for (let parts = 1; !this.#complete && !enough(); parts++) {
				this.#step(file);
				if (parts % PARTS_AT_ONCE === 0) await nextTurn();
			}
		} finally {
			file.close();
		}
	}

	/** The place of a turn in `turns`; -1 when there is none of this id. */
	async positionOf(turnId: string): Promise<number> {
		let looked = 0;
		let position = -1;
		await this.extend(() => {
			for (; position < 0 && looked < this.#turns.length; looked++) if (this.#turns[looked]?.id === turnId) position = looked;
			return position >= 0;
		});
		return position >= 0 ? position : this.#turns.findIndex(({ id }) => id === turnId);
	}

	#step(file: RolloutBytes): void {
		for (const mark of this.#lines.next(file)) {
			this.#take(mark);
			if (mark.kind === 'turnStarted' && this.#adopt(mark.start)) return;
		}
		if (this.#lines.before > 0) return;
		this.#resolve(null);
		this.#complete = true;
		this.#older = null;
	}

	#take(mark: LineMark): void {
		if (mark.kind === 'damaged') this.#damaged.push(mark.start);
		else if (mark.kind === 'unknown') this.#unknown.push(mark);
		else if (mark.kind === 'standing') this.#standing.push(mark);
		else if (mark.kind === 'tokenUsage') this.#tokenUsage ??= mark;
		else if (mark.kind === 'turnStarted') this.#resolve(mark);
		else this.#marks.push(mark);
	}

	#resolve(start: Extract<LineMark, { kind: 'turnStarted' }> | null): void {
		const { parts, late } = turnsOf({ start, marks: this.#marks.toReversed(), end: this.#stretchEnd });
		for (const { turnId, place } of late) {
			const places = this.#late.get(turnId);
			if (places) places.push(place);
			else this.#late.set(turnId, [place]);
		}
		for (const part of parts.toReversed()) {
			if ('rolledBack' in part) this.#takenBack += part.rolledBack;
			else if (this.#takenBack > 0) this.#takenBack--;
			else {
				this.#add(part);
				for (const mark of this.#marks) {
					if (mark.start < part.start || mark.start >= part.end) continue;
					if (mark.kind === 'compacted') this.#compactions.push({ turn: part, line: mark });
					else if (mark.kind === 'turnContext') this.#turnContext ??= mark;
				}
			}
		}
		this.#marks = [];
		if (start) this.#stretchEnd = start.start;
	}

	/** A copy of a turn, or one that another program named alike, goes by its place: whoever pages by ids would come back to the newer one. */
	#add(turn: TurnSpan): void {
		const id = this.#ids.has(turn.id) ? idOfPlace(turn.start) : turn.id;
		this.#ids.add(id);
		this.#turns.push(id === turn.id ? turn : { ...turn, id, recordedId: turn.id });
	}

	/** Takes over what was known of the turns before the one that begins here. */
	#adopt(start: number): boolean {
		const older = this.#older;
		if (!older || this.#takenBack > 0 || start >= older.size) return false;
		const position = older.#turns.findIndex((turn) => turn.start === start && turn.recorded);
		if (position < 0) return false;
		const before = ({ line }: { readonly line: LinePlace }) => line.start < start;
		for (const turn of older.#turns.slice(position + 1)) this.#add(turn);
		this.#compactions.push(...older.#compactions.filter(before));
		this.#standing.push(...older.#standing.filter((place) => place.start < start));
		this.#damaged.push(...older.#damaged.filter((offset) => offset < start));
		this.#unknown.push(...older.#unknown.filter((line) => line.start < start));
		for (const [turnId, places] of older.#late) {
			const earlier = places.filter((place) => place.start < start);
			if (earlier.length > 0) this.#late.set(turnId, [...(this.#late.get(turnId) ?? []), ...earlier]);
		}
		this.#turnContext ??= older.#turnContext;
		this.#tokenUsage ??= older.#tokenUsage;
		this.#lines = older.#lines.copy();
		this.#marks = [...older.#marks];
		this.#stretchEnd = older.#stretchEnd;
		this.#takenBack = older.#takenBack;
		this.#complete = older.#complete;
		this.#older = null;
		return true;
	}
}

function fingerprintAt(file: RolloutBytes, end: number): Buffer {
	const length = Math.min(end, FINGERPRINT_BYTES);
	return readBytes(file, Buffer.alloc(length), end - length);
}
