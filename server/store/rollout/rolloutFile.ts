import fs from 'node:fs';
import path from 'node:path';
import { endsInLine } from './appendLine.ts';
import { placeOf, unpackForWriting } from './rolloutBytes.ts';
import { parseRolloutLine, type RolloutEntry, type RolloutLine } from './rolloutLine.ts';

/** Where a thread's rollout goes: `sessions/YYYY/MM/DD/rollout-<local time>-<id>.jsonl` below the home. */
export function rolloutPath(home: string, id: string, createdAt: Date): string {
	const two = (n: number) => String(n).padStart(2, '0');
	const [year, month, day] = [String(createdAt.getFullYear()), two(createdAt.getMonth() + 1), two(createdAt.getDate())];
	const time = [createdAt.getHours(), createdAt.getMinutes(), createdAt.getSeconds()].map(two).join('-');
	return path.join(home, 'sessions', year, month, day, `rollout-${year}-${month}-${day}T${time}-${id}.jsonl`);
}

/**
 * Appends to one rollout file. Until `materialize` everything is kept in memory, so that a thread without a message leaves no file.
 * Writes are synchronous: when `append` returns, the operating system has the lines, and no crash of this or any process can lose them:
 * so it is with every item that a client was told to be complete. Against a loss of power `sync` is asked for after every item that did
 * something outside of the thread and at the end of each turn, and nobody waits for it: what is lost then is what the disk had not
 * taken in the last moments. (Waiting takes 0.3 ms on an idle disk and up to a third of a second on a busy one.)
 * Throws the file system's error (disk full, read-only home); the lines stay queued and go out with the next append that succeeds.
 */
export class RolloutWriter {
	readonly path: string;
	#pending: { readonly timestamp: string; readonly entry: RolloutEntry }[] = [];
	/** What an earlier write had no room for: goes on exactly where that one stopped, so that no line is torn or doubled. */
	#rest: Buffer = Buffer.alloc(0);
	#file: number | null = null;
	#materialized: boolean;
	readonly #now: () => Date;
	/** Called once, when the first message of a person has been written. */
	#begun: (() => void) | null;
	/** Where the file ended when it was last read or written here; null while that is not known. */
	#end: number | null;
	/** Of the file that was read, or is written to; null while there is none. */
	#identity: string | null;
	#changedElsewhere = false;
	#syncing: 'no' | 'once' | 'again' = 'no';
	readonly #numbered: boolean;

	/**
	 * `size`: bytes of the file that the reader of it has seen; without it, what is there when it is first written to counts. `numbered`: its
	 * lines have numbers that grow, as newer programs write them.
	 */
	constructor(options: { path: string; materialized: boolean; size?: number; numbered?: boolean; now?: () => Date; begun?: () => void }) {
		this.path = options.path;
		this.#materialized = options.materialized;
		this.#numbered = options.numbered ?? false;
		this.#end = options.size ?? null;
		this.#now = options.now ?? (() => new Date());
		this.#begun = options.begun ?? null;
		this.#identity = options.materialized ? identityOf(options.path) : null;
	}

	/** Whether somebody else has written to the file since it was read: what is known of the thread is no longer all of it. */
	get changedElsewhere(): boolean {
		if (this.#changedElsewhere || this.#isReplaced) return true;
		const size = sizeOf(this.path);
		// Nobody writes to a packed file.
		return this.#end !== null && size !== this.#end && (size !== null || placeOf(this.path) === this.path);
	}

	/** Whether another file has the name by now. One that is gone for a moment, or packed, has not been replaced. */
	get #isReplaced(): boolean {
		const now = this.#identity === null ? null : identityOf(this.path);
		return now !== null && now !== this.#identity;
	}

	/** Whole lines that somebody else has added since. Never throws. */
	readOthers(): readonly RolloutLine[] {
		if (this.#isReplaced) {
			// What is known of the thread is not the beginning of this one.
			this.#changedElsewhere = true;
			return [];
		}
		const size = sizeOf(this.path);
		if (this.#end === null || size === null || size === this.#end) return [];
		this.#changedElsewhere = true;
		const added = size > this.#end ? readLines(this.path, { from: this.#end, to: size }) : null;
		if (added === null) return [];
		this.#end += added.bytes;
		return added.lines;
	}

	get materialized(): boolean {
		return this.#materialized;
	}

	append(entries: readonly RolloutEntry[]): void {
		const timestamp = this.#now().toISOString();
		for (const entry of entries) this.#pending.push({ timestamp, entry });
		if (!this.#materialized) return;
		this.#flush();
		if (!entries.some(({ type, payload }) => type === 'event_msg' && payload.type === 'user_message')) return;
		this.#begun?.();
		this.#begun = null;
	}

	/** Creates the file with everything that was kept so far. When that fails everything is still kept, for another attempt. */
	materialize(): void {
		if (this.#materialized) return;
		this.#flush();
		this.#materialized = true;
	}

	/** Another attempt to write what an earlier one could not. Throws the file system's error. */
	retry(): void {
		if (this.#materialized) this.#flush();
	}

	/** Has the file forced to the disk, and returns at once: once more afterwards when that is under way already. Never throws. */
	sync(): void {
		if (this.#file === null) return;
		if (this.#syncing !== 'no') {
			this.#syncing = 'again';
			return;
		}
		this.#syncing = 'once';
		fs.fdatasync(this.#file, () => {
			const again = this.#syncing === 'again';
			this.#syncing = 'no';
			if (again) this.sync();
		});
	}

	/** Never throws. Lines that still wait get a last attempt. */
	close(): void {
		try {
			if (this.#materialized) this.#flush();
		} catch {
			// Whoever appended them has been told.
		}
		if (this.#file === null) return;
		fs.closeSync(this.#file);
		this.#file = null;
	}

	#flush(): void {
		if (this.#pending.length === 0 && this.#rest.length === 0) return;
		if (this.#file !== null && this.#isReplaced) {
			fs.closeSync(this.#file);
			this.#file = null;
			this.#end = null;
			this.#changedElsewhere = true;
		}
		this.#file ??= this.#open();
		let next = this.#numbered && this.#pending.length > 0 ? this.#nextOrdinal(this.#file) : null;
		const lines = this.#pending.map(({ timestamp, entry: { type, payload } }) =>
			JSON.stringify(next === null ? { timestamp, type, payload } : { timestamp, ordinal: next++, type, payload }),
		);
		const added = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
		this.#rest = this.#rest.length === 0 ? added : Buffer.concat([this.#rest, added]);
		this.#pending = [];
		if (this.#end !== null && fs.fstatSync(this.#file).size !== this.#end) this.#changedElsewhere = true;
		try {
			while (this.#rest.length > 0) this.#rest = this.#rest.subarray(fs.writeSync(this.#file, this.#rest));
		} finally {
			this.#end = fs.fstatSync(this.#file).size;
		}
	}

	/** The number behind that of the last line, also when another process wrote that. */
	#nextOrdinal(file: number): number {
		const last = [...this.#rest.toString('latin1').matchAll(NUMBERED)].at(-1)?.[1];
		return (last === undefined ? lastOrdinal(file) : Number(last)) + 1;
	}

	#open(): number {
		unpackForWriting(this.path);
		fs.mkdirSync(path.dirname(this.path), { recursive: true });
		const file = fs.openSync(this.path, 'a+', 0o600);
		this.#identity = ofStats(fs.fstatSync(file));
		// A line that a crash tore stays as it is; the next one begins on a line of its own.
		if (endsInLine(file)) {
			const before = fs.fstatSync(file).size;
			if (this.#end !== null && before !== this.#end) this.#changedElsewhere = true;
			this.#end = before + fs.writeSync(file, '\n');
		}
		return file;
	}
}

/** Lines are looked for their numbers in parts of so many bytes. */
const STEP = 64 * 1024;
const NUMBERED = /\n\{"timestamp":"[^"\n]*","ordinal":(\d+),/g;

/** The number of the last line that has one; -1 when none has. Throws the file system's error. */
function lastOrdinal(file: number): number {
	const { size } = fs.fstatSync(file);
	for (let length = STEP; ; length *= 4) {
		const from = Math.max(0, size - length);
		const buffer = Buffer.alloc(size - from);
		const text = `${from === 0 ? '\n' : ''}${buffer.toString('latin1', 0, fs.readSync(file, buffer, 0, buffer.length, from))}`;
		const last = [...text.matchAll(NUMBERED)].at(-1)?.[1];
		if (last !== undefined) return Number(last);
		if (from === 0) return -1;
	}
}

/** What tells a file from another one of its name; null for one that is gone or out of reach, and for a packed one. */
function identityOf(file: string): string | null {
	try {
		const state = fs.statSync(file, { throwIfNoEntry: false });
		return state ? ofStats(state) : null;
	} catch {
		return null;
	}
}

function ofStats({ dev, ino }: fs.Stats): string {
	return `${dev}:${ino}`;
}

/** Null for a file that is gone or out of reach, and for a packed one. */
function sizeOf(file: string): number | null {
	try {
		return fs.statSync(file, { throwIfNoEntry: false })?.size ?? null;
	} catch {
		return null;
	}
}

/** Null when there is no whole line, or the file cannot be read. */
function readLines(
	file: string,
	{ from, to }: { from: number; to: number },
): { readonly lines: readonly RolloutLine[]; readonly bytes: number } | null {
	try {
		const handle = fs.openSync(file, 'r');
		try {
			const buffer = Buffer.alloc(to - from);
			const bytes = buffer.lastIndexOf('\n', fs.readSync(handle, buffer, 0, buffer.length, from) - 1) + 1;
			return bytes === 0 ? null : { lines: parseRollout(buffer.toString('utf8', 0, bytes)).lines, bytes };
		} finally {
			fs.closeSync(handle);
		}
	} catch {
		return null;
	}
}

export interface RolloutContent {
	readonly lines: readonly RolloutLine[];
	/** Lines that could not be read, counted; a torn last line is one of them. */
	readonly damaged: number;
}

export function parseRollout(content: string): RolloutContent {
	const lines: RolloutLine[] = [];
	let damaged = 0;
	for (const raw of content.split('\n')) {
		if (raw.trim() === '') continue;
		const line = parseRolloutLine(raw);
		if (line) lines.push(line);
		else damaged++;
	}
	return { lines, damaged };
}
