import { setImmediate as nextTurn } from 'node:timers/promises';
import { BackwardLines } from '../rollout/backwardLines.ts';
import type { LineMark, LinePlace } from '../rollout/lineMark.ts';
import { type RolloutBytes, whileOpen } from '../rollout/rolloutBytes.ts';
import type { RolloutView } from '../rollout/rolloutView.ts';
import { type Compaction, type IndexContent, type IndexSummary, type KeptIndex, type KeptPart, LostIndexError, type Standing } from './keptIndex.ts';
import { fingerprintAt, identityOf, isOf, placeOf } from './recordsState.ts';
import { idOfPlace, offsetOfId, type TurnSpan, turnsOf } from './turnSpan.ts';

/** After this many parts that were looked at, other work gets its turn. */
const PARTS_AT_ONCE = 8;

/**
 * Where the turns of a rollout lie, newest first; found from the end of the file on, no further than somebody asks, and of what was looked
 * through by an earlier process from what it kept. It tells of the file as it was when the index was opened.
 */
export class TurnIndex {
	/** Bytes of all records. */
	readonly size: number;
	/** Why some of the records are not there; null when all are. */
	readonly missing: string | null;
	/** Bytes that had to be looked through since an index was kept, or tried to be. */
	looked = 0;
	/** What opens the records as they are when they are read on. */
	readonly #open: () => RolloutView;
	readonly #mtimeMs: number;
	readonly #identity: string;
	readonly #fingerprint: Buffer;
	/** Whose turns are older than those that were found; null when all were found. */
	#kept: KeptPart | null = null;
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
	#standing: Standing[] = [];
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
		this.#identity = identityOf(state.view);
		this.#fingerprint = state.fingerprint;
		this.#older = state.older;
		this.#lines = new BackwardLines(this.size);
		this.#stretchEnd = this.size;
	}

	/**
	 * The index of records as they are now: `known` itself when nothing changed. `load` gives what an earlier process kept; it is asked when
	 * `known` is of no use. Throws the file system's error.
	 */
	static open(open: () => RolloutView, known: TurnIndex | null, load: () => KeptIndex | null = () => null): TurnIndex {
		return whileOpen(open(), (view) => {
			if (known?.size === view.size && known.#mtimeMs === view.mtimeMs) return known;
			const fingerprint = fingerprintAt(view, view.size);
			const grew = known !== null && known.size < view.size && fingerprintAt(view, known.size).equals(known.#fingerprint);
			if (grew) return new TurnIndex(open, { view, fingerprint, older: known.#best(view) });
			const kept = view.missing === null ? load() : null;
			const older = kept && isOf(view, kept.summary) ? TurnIndex.#ofKept(open, view, kept) : null;
			if (older?.size === view.size) return older;
			return new TurnIndex(open, { view, fingerprint, older });
		});
	}

	static #ofKept(open: () => RolloutView, view: RolloutView, index: KeptIndex): TurnIndex {
		const { summary } = index;
		const state = { ...view, size: summary.size, mtimeMs: summary.mtimeMs };
		const own = new TurnIndex(open, { view: state, fingerprint: Buffer.from(summary.fingerprint, 'base64'), older: null });
		own.#kept = { index, turns: index.turnCount, compactions: index.compactionCount };
		own.#damaged = [...summary.damaged];
		own.#unknown = [...summary.unknown];
		own.#standing = [...summary.standing];
		own.#late = new Map(summary.late);
		own.#turnContext = summary.turnContext;
		own.#tokenUsage = summary.tokenUsage;
		own.#complete = true;
		return own;
	}

	/** Of this one and the one before, the one that knows more. No others are held: pages of the newest turns never come that far. */
	#best(view: RolloutView): TurnIndex {
		const older = this.#older;
		this.#older = null;
		return older !== null && older.count > this.count && fingerprintAt(view, older.size).equals(older.#fingerprint) ? older : this;
	}

	/** What to keep of it. Only of one that is complete. */
	get content(): IndexContent {
		const summary: IndexSummary = {
			identity: this.#identity,
			size: this.size,
			mtimeMs: this.#mtimeMs,
			fingerprint: this.#fingerprint.toString('base64'),
			damaged: this.#damaged,
			unknown: this.#unknown.map(({ start, name }) => ({ start, name })),
			turnContext: placeOf(this.#turnContext),
			tokenUsage: placeOf(this.#tokenUsage),
			standing: this.#standing.map(({ start, end, name }) => ({ start, end, name })),
			late: [...this.#late].map(([id, places]) => [id, places.map(({ start, end }) => ({ start, end }))]),
			hasCopies: this.#kept?.index.summary.hasCopies ?? false,
		};
		return { summary, kept: this.#kept, turns: this.#turns.toReversed(), compactions: this.#compactions.toReversed() };
	}

	/** Opens the records. They may have got more since. Throws the file system's error. */
	openRecords(): RolloutView {
		return this.#open();
	}

	/** How many turns were found so far. Turns that were taken back are left out. */
	get count(): number {
		return this.#turns.length + (this.#kept?.turns ?? 0);
	}

	/** The turns between two positions, the newest of all being 0, as far as there are any. Throws the file system's error. */
	spans(from: number, to: number): Promise<readonly TurnSpan[]> {
		return this.#found(
			() => this.count >= to,
			() => Array.from({ length: Math.max(0, Math.min(to, this.count) - from) }, (_, index) => this.#at(from + index)),
		);
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

	/** The newest compaction that fits. Those of turns that were taken back are left out. Throws the file system's error. */
	findCompaction(fits: (compaction: Compaction) => boolean): Promise<Compaction | null> {
		return this.#found(
			() => false,
			() => {
				const own = this.#compactions.find(fits);
				if (own || !this.#kept) return own ?? null;
				for (let position = this.#kept.compactions - 1; position >= 0; position--) {
					const compaction = this.#kept.index.compaction(position);
					if (fits(compaction)) return compaction;
				}
				return null;
			},
		);
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
				try {
					this.#step(file);
				} catch (error) {
					if (!(error instanceof LostIndexError)) throw error;
					this.forgetKept();
				}
				if (parts % PARTS_AT_ONCE === 0) await nextTurn();
			}
		} finally {
			file.close();
			this.#lines.rest();
		}
	}

	/** The position of a turn; -1 when there is none of this id. */
	positionOf(turnId: string): Promise<number> {
		let looked = 0;
		let position = -1;
		const look = () => {
			for (; position < 0 && looked < this.#turns.length; looked++) if (this.#turns[looked]?.id === turnId) position = looked;
			return position;
		};
		return this.#found(
			() => look() >= 0,
			() => {
				if (look() >= 0 || !this.#kept) return position;
				const { index, turns } = this.#kept;
				const positionOf = (kept: number) => this.#turns.length + turns - 1 - kept;
				// One that a newer turn is named like goes by its place.
				const byPlace = index.findStart(offsetOfId(turnId), turns);
				if (byPlace >= 0 && this.#at(positionOf(byPlace)).id === turnId) return positionOf(byPlace);
				const found = index.find(turnId, turns);
				return found < 0 ? -1 : positionOf(found);
			},
		);
	}

	/** Goes as far as needed, then answers. What was kept and is lost meanwhile is found anew. */
	async #found<T>(enough: () => boolean, answer: () => T): Promise<T> {
		for (;;) {
			try {
				await this.extend(enough);
				return answer();
			} catch (error) {
				if (!(error instanceof LostIndexError)) throw error;
				this.forgetKept();
			}
		}
	}

	get wasKeptEarlier(): boolean {
		return this.#kept !== null || this.#older !== null;
	}

	/** What was kept does not hold: everything is looked for in the records. */
	forgetKept(): void {
		this.#kept = null;
		this.#older = null;
		this.#turns = [];
		this.#ids.clear();
		this.#compactions = [];
		this.#late = new Map();
		this.#damaged = [];
		this.#unknown = [];
		this.#turnContext = null;
		this.#tokenUsage = null;
		this.#standing = [];
		this.#lines = new BackwardLines(this.size);
		this.#marks = [];
		this.#stretchEnd = this.size;
		this.#takenBack = 0;
		this.looked = 0;
		this.#complete = false;
	}

	#at(position: number): TurnSpan {
		const own = this.#turns[position];
		if (own) return own;
		if (!this.#kept) throw new RangeError(`no turn was found at ${position}`);
		const turn = this.#kept.index.turn(this.#kept.turns - 1 - (position - this.#turns.length));
		return this.#ids.has(turn.id) ? { ...turn, id: idOfPlace(turn.start), recordedId: turn.id } : turn;
	}

	#step(file: RolloutBytes): void {
		const before = this.#lines.before;
		const marks = this.#lines.next(file);
		this.looked += before - this.#lines.before;
		for (const mark of marks) {
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
		else if (mark.kind === 'standing') this.#stand(mark);
		else if (mark.kind === 'tokenUsage') this.#tokenUsage ??= mark;
		else if (mark.kind === 'turnStarted') this.#resolve(mark);
		else this.#marks.push(mark);
	}

	#stand(place: Standing): void {
		if (place.name === null || !this.#standing.some(({ name }) => name === place.name)) this.#standing.push(place);
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
					if (mark.kind === 'compacted') this.#compactions.push({ turnStart: part.start, line: { start: mark.start, end: mark.end } });
					else if (mark.kind === 'turnContext') this.#turnContext ??= mark;
				}
			}
		}
		this.#marks = [];
		if (start) this.#stretchEnd = start.start;
	}

	/** A copy of a turn, or one that another program named alike, goes by its place: whoever pages by ids would come back to the newer one. */
	#add(turn: TurnSpan): void {
		const { recordedId, ...named } = turn;
		// The newer one may have been taken back since.
		const name = recordedId ?? turn.id;
		const id = this.#ids.has(name) ? idOfPlace(turn.start) : name;
		this.#ids.add(id);
		this.#turns.push({ ...named, id, ...(id === name ? {} : { recordedId: name }) });
	}

	/** Takes over what was known of the turns before the one that begins here. */
	#adopt(start: number): boolean {
		const older = this.#older;
		if (!older || this.#takenBack > 0 || start >= older.size) return false;
		// It is of a turn that may have been taken back since; the one before it is not known.
		if (this.#turnContext === null && older.#turnContext !== null && older.#turnContext.start >= start) return false;
		const position = older.#positionAt(start);
		if (position < 0) return false;
		if (older.#kept?.index.summary.hasCopies === true && !this.#hasAll(older, position)) {
			// Some go by their place because of one that was taken back.
			this.#older = null;
			return false;
		}
		const before = ({ line }: { readonly line: LinePlace }) => line.start < start;
		for (const turn of older.#turns.slice(position + 1)) this.#add(turn);
		this.#compactions.push(...older.#compactions.filter(before));
		for (const place of older.#standing) if (place.start < start) this.#stand(place);
		this.#damaged.push(...older.#damaged.filter((offset) => offset < start));
		this.#unknown.push(...older.#unknown.filter((line) => line.start < start));
		for (const [turnId, places] of older.#late) {
			const earlier = places.filter((place) => place.start < start);
			if (earlier.length > 0) this.#late.set(turnId, [...(this.#late.get(turnId) ?? []), ...earlier]);
		}
		this.#turnContext ??= older.#turnContext;
		this.#tokenUsage ??= older.#tokenUsage;
		this.#kept = older.#keptBefore(start, position);
		this.looked += older.looked;
		this.#lines = older.#lines.copy();
		this.#marks = [...older.#marks];
		this.#stretchEnd = older.#stretchEnd;
		this.#takenBack = older.#takenBack;
		this.#complete = older.#complete;
		this.#older = null;
		return true;
	}

	/** Whether the newest turns of another index, up to a position, are there still. */
	#hasAll(older: TurnIndex, position: number): boolean {
		const starts = new Set(this.#turns.map((turn) => turn.start));
		for (let each = 0; each <= position; each++) if (!starts.has(older.#at(each).start)) return false;
		return true;
	}

	/** The position of the recorded turn that begins at an offset; -1 when there is none. */
	#positionAt(start: number): number {
		const own = this.#turns.findIndex((turn) => turn.start === start && turn.recorded);
		if (own >= 0 || !this.#kept) return own;
		for (let position = this.#turns.length; position < this.count; position++) {
			const turn = this.#at(position);
			if (turn.start <= start) return turn.start === start && turn.recorded ? position : -1;
		}
		return -1;
	}

	/** What is kept of the turns behind a position, which begins at an offset. */
	#keptBefore(start: number, position: number): KeptPart | null {
		if (!this.#kept) return null;
		const { index } = this.#kept;
		let { compactions } = this.#kept;
		while (compactions > 0 && index.compaction(compactions - 1).line.start >= start) compactions--;
		return { index, turns: Math.min(this.#kept.turns, this.count - position - 1), compactions };
	}
}
