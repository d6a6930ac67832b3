import { openBytes, type RolloutBytes, whileOpen } from './rolloutBytes.ts';
import { type HistoryBase, parseRolloutLine, parseSessionMeta } from './rolloutLine.ts';

/** Finds the file of a rollout by its id. Null when there is none. */
export type Locate = (rolloutId: string) => string | null;

/** A part of the records: bytes of a file. */
export interface RolloutPart {
	readonly file: string;
	readonly from: number;
	readonly to: number;
}

/**
 * All records of a thread as one file. A thread of newer programs may go on, in its own file, from a part of another one (after turns were
 * taken back, and in forks): then its own first line comes first, the shared part next and the rest of its own file last, as in a copy.
 * Offsets stay what they are for as long as the files are only added to.
 */
export interface RolloutView extends RolloutBytes {
	/** So many of the bytes are of other files. */
	readonly shared: number;
	/** In order. */
	readonly parts: readonly RolloutPart[];
	/** Why some of the records are not there; null when all are. */
	readonly missing: string | null;
}

const NEWLINE = 0x0a;
const STEP = 64 * 1024;
const LONGEST_FIRST_LINE = 16 * 1024 * 1024;
/** More files than this make no thread. */
const MAX_PARTS = 1000;
/** First lines never change: what they say of each file is kept. */
const MAX_BASES = 4096;

/** Opens the records of a thread by its own file. Throws the file system's error when that one cannot be read. */
export function openRollout(file: string, locate: Locate): RolloutView {
	const own = openBytes(file);
	try {
		const first = firstLine(file, own);
		if (first.base === null) return { ...own, shared: 0, parts: [{ file, from: 0, to: own.size }], missing: null };
		const shared = sharedParts(first.base, locate, new Set([file]));
		const parts = [{ file, from: 0, to: first.end }, ...shared.parts, { file, from: first.end, to: own.size }];
		return joined(own, { file, parts, missing: shared.missing });
	} catch (error) {
		own.close();
		throw error;
	}
}

/** The parts of other files, the oldest first, and what is wrong with them. */
function sharedParts(
	start: HistoryBase,
	locate: Locate,
	seen: Set<string>,
): { readonly parts: readonly RolloutPart[]; readonly missing: string | null } {
	const parts: RolloutPart[] = [];
	const missing = (reason: string) => ({ parts, missing: reason });
	let base: HistoryBase | null = start;
	while (base !== null) {
		const { rolloutId, endOffset }: HistoryBase = base;
		const file = locate(rolloutId);
		if (file === null) return missing(`it goes on from the records ${rolloutId}, which are not there`);
		if (seen.has(file) || seen.size > MAX_PARTS) return missing('its records go on from each other in a circle');
		seen.add(file);
		try {
			const found = baseFile(file, endOffset);
			if (!found.whole) return missing(`it goes on from byte ${endOffset} of ${file}, where no record ends`);
			parts.unshift({ file, from: 0, to: endOffset });
			base = found.base;
		} catch (error) {
			return missing(`it goes on from ${file}, which cannot be read: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
	return { parts, missing: null };
}

/** Whether a record ends there, and what the file itself goes on from. Throws the file system's error. */
function baseFile(file: string, endOffset: number): { readonly whole: boolean; readonly base: HistoryBase | null } {
	return whileOpen(openBytes(file), (bytes) => ({
		whole: endOffset <= bytes.size && endsInLine(bytes, endOffset),
		base: firstLine(file, bytes).base,
	}));
}

function endsInLine(bytes: RolloutBytes, offset: number): boolean {
	const last = Buffer.alloc(1);
	return offset > 0 && bytes.read(last, offset - 1) === 1 && last[0] === NEWLINE;
}

interface FirstLine {
	/** Behind the line feed; the end of the file where there is none. */
	readonly end: number;
	readonly base: HistoryBase | null;
}

const known = new Map<string, FirstLine>();

function firstLine(file: string, bytes: RolloutBytes): FirstLine {
	const before = known.get(file);
	// A file that another one has taken the place of is shorter, or has another first line; the former is seen here.
	if (before && before.end <= bytes.size && endsInLine(bytes, before.end)) return before;
	const first = readFirstLine(bytes);
	if (first.end === bytes.size) return first;
	known.set(file, first);
	const oldest = known.size > MAX_BASES ? known.keys().next().value : undefined;
	if (oldest !== undefined) known.delete(oldest);
	return first;
}

function readFirstLine(bytes: RolloutBytes): FirstLine {
	for (let length = STEP; ; length *= 4) {
		const buffer = Buffer.alloc(Math.min(length, bytes.size));
		const read = bytes.read(buffer, 0);
		const feed = buffer.subarray(0, read).indexOf(NEWLINE);
		if (feed >= 0) return { end: feed + 1, base: baseOf(buffer.toString('utf8', 0, feed)) };
		if (read >= bytes.size || length >= LONGEST_FIRST_LINE) return { end: bytes.size, base: null };
	}
}

function baseOf(text: string): HistoryBase | null {
	if (!text.includes('"history_base"')) return null;
	const line = parseRolloutLine(text);
	return (line && parseSessionMeta(line)?.historyBase) ?? null;
}

interface Joined {
	readonly file: string;
	readonly parts: readonly RolloutPart[];
	readonly missing: string | null;
}

function joined(own: RolloutBytes, { file, parts, missing }: Joined): RolloutView {
	const open = new Map<string, RolloutBytes>([[file, own]]);
	const places: { readonly part: RolloutPart; readonly start: number }[] = [];
	let size = 0;
	for (const part of parts) {
		places.push({ part, start: size });
		size += part.to - part.from;
	}
	const bytesOf = (name: string): RolloutBytes => {
		const opened = open.get(name) ?? openBytes(name);
		open.set(name, opened);
		return opened;
	};
	const read = (buffer: Buffer, position: number): number => {
		let length = 0;
		for (const { part, start } of places) {
			const end = start + part.to - part.from;
			const at = position + length;
			if (length === buffer.length || at < start || at >= end) continue;
			const wanted = Math.min(buffer.length - length, end - at);
			const got = bytesOf(part.file).read(buffer.subarray(length, length + wanted), part.from + at - start);
			length += got;
			if (got < wanted) return length;
		}
		return length;
	};
	const close = () => {
		for (const bytes of open.values()) bytes.close();
	};
	return { size, mtimeMs: own.mtimeMs, identity: own.identity, read, close, shared: size - own.size, parts, missing };
}
