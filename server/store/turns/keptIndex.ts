import fs from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { LinePlace } from '../rollout/lineMark.ts';
import { idOfPlace, type TurnSpan } from './turnSpan.ts';

/**
 * A file that says where the turns of one rollout lie: a header, a record of fixed size for each turn and each compaction, both in the
 * order of the rollout, the ids that are no UUIDs, and a summary. So the newest turns are read without the others. It is a cache: it is
 * replaced as a whole, every record has a checksum, and what does not hold is as if there were none.
 */
const MAGIC = 'tlrtrn01';
const HEADER = 32;
const TURN = 40;
const COMPACTION = 32;
/** So many records are read at once. */
const BLOCK = 256;
/** A summary that would name more lines than this is not kept: nobody writes such a rollout. */
const MAX_PLACES = 10_000;
const MAX_SUMMARY_BYTES = 8 * 1024 * 1024;

const Place = z.object({ start: z.number(), end: z.number() });
const Summary = z.object({
	/** What tells the rollout from another one of its name, and what it goes on from. */
	identity: z.string(),
	size: z.number(),
	mtimeMs: z.number(),
	/** The last bytes, in base 64. */
	fingerprint: z.string(),
	damaged: z.array(z.number()).max(MAX_PLACES),
	unknown: z.array(z.object({ start: z.number(), name: z.string() })).max(MAX_PLACES),
	turnContext: Place.nullable(),
	tokenUsage: Place.nullable(),
	standing: z.array(Place.extend({ name: z.string().nullable() })).max(MAX_PLACES),
	late: z.array(z.tuple([z.string(), z.array(Place)])).max(MAX_PLACES),
	/** Whether some turns go by their place because newer ones are named alike. */
	hasCopies: z.boolean(),
});
export type IndexSummary = z.infer<typeof Summary>;

/** A record that belongs to no turn; with a name it takes the place of earlier ones of that name. */
export type Standing = IndexSummary['standing'][number];

/** A line that replaced the model-visible history, and where the turn begins that it is part of. */
export interface Compaction {
	readonly turnStart: number;
	readonly line: LinePlace;
}

/** The file is damaged, or another process has replaced it since it was opened. */
export class LostIndexError extends Error {}

const RECORDED = 1;
/** The id is that of its place; the name, if there is one, is what its records say. */
const BY_PLACE = 2;
const NAMED = 4;
/** The name is no UUID: the record says where its text lies. */
const TEXT = 8;

interface Header {
	readonly bytes: Buffer;
	readonly turns: number;
	readonly compactions: number;
	readonly heap: number;
	readonly summary: number;
	readonly summaryCrc: number;
}

/** One that was opened. Positions count in the order of the rollout. */
export class KeptIndex {
	readonly summary: IndexSummary;
	readonly #file: string;
	readonly #header: Header;
	/** The block of each kind of record that was read last. */
	readonly #blocks = new Map<number, { readonly from: number; readonly bytes: Buffer }>();

	private constructor(file: string, header: Header, summary: IndexSummary) {
		this.#file = file;
		this.#header = header;
		this.summary = summary;
	}

	/** Null when there is none that holds. Never throws. */
	static open(file: string): KeptIndex | null {
		try {
			return withFile(file, (handle) => {
				const header = readHeader(handle);
				if (header === null || header.summary > MAX_SUMMARY_BYTES) return null;
				const text = readAt(handle, { at: summaryAt(header), length: header.summary });
				if (crc32(text) !== header.summaryCrc) return null;
				const summary = Summary.safeParse(JSON.parse(text.toString('utf8')));
				return summary.success ? new KeptIndex(file, header, summary.data) : null;
			});
		} catch {
			return null;
		}
	}

	get turnCount(): number {
		return this.#header.turns;
	}

	get compactionCount(): number {
		return this.#header.compactions;
	}

	/** Throws `LostIndexError`. */
	turn(position: number): TurnSpan {
		const record = this.#record(position, { at: HEADER, size: TURN, count: this.#header.turns });
		return toSpan(record, this.#nameOf(record));
	}

	/** The turn that begins at an offset, among the first so many; -1 when none does. Throws `LostIndexError`. */
	findStart(offset: number, count: number): number {
		let [from, to] = offset < 0 ? [0, 0] : [0, count];
		while (from < to) {
			const middle = Math.floor((from + to) / 2);
			if (this.turn(middle).start < offset) from = middle + 1;
			else to = middle;
		}
		return offset >= 0 && from < count && this.turn(from).start === offset ? from : -1;
	}

	/** The newest turn of an id among the first so many; -1 when there is none. Their records are compared as they lie. Throws `LostIndexError`. */
	find(id: string, count: number): number {
		const isUuid = UUID.test(id);
		const name = Buffer.from(id.replaceAll('-', ''), 'hex');
		for (let to = count; to > 0; ) {
			const from = Math.max(0, to - BLOCK * 16);
			const bytes = this.#read({ at: HEADER + from * TURN, length: (to - from) * TURN });
			for (let at = bytes.length - TURN; at >= 0; at -= TURN) {
				const flags = bytes.readUInt32LE(at + 32);
				const hasPlainName = (flags & (BY_PLACE | TEXT)) === 0;
				if (isUuid !== hasPlainName || (isUuid && name.compare(bytes, at + 16, at + 32) !== 0)) continue;
				if (this.turn(from + at / TURN).id === id) return from + at / TURN;
			}
			to = from;
		}
		return -1;
	}

	/** Throws `LostIndexError`. */
	compaction(position: number): Compaction {
		const record = this.#record(position, { at: HEADER + this.#header.turns * TURN, size: COMPACTION, count: this.#header.compactions });
		if (crc32(record.subarray(0, COMPACTION - 4)) !== record.readUInt32LE(COMPACTION - 4)) throw new LostIndexError('a compaction is damaged');
		return { turnStart: record.readDoubleLE(0), line: { start: record.readDoubleLE(8), end: record.readDoubleLE(16) } };
	}

	/** The records of the first turns and compactions as they are, and all names. Throws `LostIndexError`. */
	raw(count: { readonly turns: number; readonly compactions: number }): { turns: Buffer; compactions: Buffer; heap: Buffer } {
		const { turns, compactions, heap } = this.#header;
		const after = HEADER + turns * TURN;
		return {
			turns: this.#read({ at: HEADER, length: count.turns * TURN }),
			compactions: this.#read({ at: after, length: count.compactions * COMPACTION }),
			heap: this.#read({ at: after + compactions * COMPACTION, length: heap }),
		};
	}

	#nameOf(record: Buffer): Buffer | null {
		const flags = record.readUInt32LE(32);
		if ((flags & NAMED) === 0) return null;
		if ((flags & TEXT) === 0) return record.subarray(16, 32);
		const { turns, compactions } = this.#header;
		const at = HEADER + turns * TURN + compactions * COMPACTION + record.readUInt32LE(16);
		return this.#read({ at, length: Math.min(record.readUInt32LE(20), this.#header.heap) });
	}

	#record(position: number, { at, size, count }: { at: number; size: number; count: number }): Buffer {
		if (position < 0 || position >= count) throw new LostIndexError('there is no such record');
		const from = Math.floor(position / BLOCK) * BLOCK;
		let block = this.#blocks.get(at);
		if (block?.from !== from) {
			block = { from, bytes: this.#read({ at: at + from * size, length: Math.min(BLOCK, count - from) * size }) };
			this.#blocks.set(at, block);
		}
		return block.bytes.subarray((position - from) * size, (position - from + 1) * size);
	}

	/** Only of the file that was opened: one that was put in its place has another header. */
	#read(place: { readonly at: number; readonly length: number }): Buffer {
		try {
			return withFile(this.#file, (handle) => {
				if (!readAt(handle, { at: 0, length: HEADER }).equals(this.#header.bytes)) throw new LostIndexError('another one has taken its place');
				return readAt(handle, place);
			});
		} catch (error) {
			throw error instanceof LostIndexError ? error : new LostIndexError('it cannot be read', { cause: error });
		}
	}
}

/** What a new file takes over from an older one: its first turns and compactions. */
export interface KeptPart {
	readonly index: KeptIndex;
	readonly turns: number;
	readonly compactions: number;
}

export interface IndexContent {
	readonly summary: IndexSummary;
	readonly kept: KeptPart | null;
	/** In the order of the rollout, behind what is kept. */
	readonly turns: readonly TurnSpan[];
	readonly compactions: readonly Compaction[];
}

/** Puts an index in its place, whole or not at all. Throws the file system's error, and `LostIndexError`. */
export function writeIndex(file: string, { summary, kept, turns, compactions }: IndexContent): void {
	if ([summary.damaged, summary.unknown, summary.standing, summary.late].some((list) => list.length > MAX_PLACES)) return;
	const before = kept ? kept.index.raw(kept) : { turns: Buffer.alloc(0), compactions: Buffer.alloc(0), heap: Buffer.alloc(0) };
	const renamed = kept ? renameCopies(before.turns, { heap: before.heap, newer: new Set(turns.map(({ id }) => id)) }) : 0;
	const hasCopies = summary.hasCopies || renamed > 0 || turns.some(({ recordedId }) => recordedId !== undefined);
	const texts: Buffer[] = [];
	let heap = before.heap.length;
	const records = turns.map((span) => {
		const { record, text } = fromSpan(span, heap);
		if (text) {
			texts.push(text);
			heap += text.length;
		}
		return record;
	});
	const text = Buffer.from(JSON.stringify({ ...summary, hasCopies }), 'utf8');
	const turnBytes = Buffer.concat([before.turns, ...records]);
	const compactionBytes = Buffer.concat([before.compactions, ...compactions.map(fromCompaction)]);
	const header = Buffer.alloc(HEADER);
	header.write(MAGIC, 'latin1');
	header.writeUInt32LE(turnBytes.length / TURN, 8);
	header.writeUInt32LE(compactionBytes.length / COMPACTION, 12);
	header.writeUInt32LE(heap, 16);
	header.writeUInt32LE(text.length, 20);
	header.writeUInt32LE(crc32(text), 24);
	header.writeUInt32LE(crc32(header.subarray(0, 28)), 28);
	fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	const unfinished = `${file}.${process.pid}.tmp`;
	try {
		fs.writeFileSync(unfinished, Buffer.concat([header, turnBytes, compactionBytes, before.heap, ...texts, text]), { mode: 0o600 });
		fs.renameSync(unfinished, file);
	} finally {
		fs.rmSync(unfinished, { force: true });
	}
}

const summaryAt = ({ turns, compactions, heap }: Header) => HEADER + turns * TURN + compactions * COMPACTION + heap;

function withFile<T>(file: string, work: (handle: number) => T): T {
	const handle = fs.openSync(file, 'r');
	try {
		return work(handle);
	} finally {
		fs.closeSync(handle);
	}
}

function readAt(handle: number, { at, length }: { readonly at: number; readonly length: number }): Buffer {
	const buffer = Buffer.allocUnsafe(length);
	let read = 0;
	while (read < length) {
		const count = fs.readSync(handle, buffer, read, length - read, at + read);
		if (count === 0) throw new LostIndexError('it is too short');
		read += count;
	}
	return buffer;
}

function readHeader(handle: number): Header | null {
	const bytes = readAt(handle, { at: 0, length: HEADER });
	if (bytes.toString('latin1', 0, 8) !== MAGIC || crc32(bytes.subarray(0, 28)) !== bytes.readUInt32LE(28)) return null;
	const [turns, compactions, heap, summary, summaryCrc] = [8, 12, 16, 20, 24].map((at) => bytes.readUInt32LE(at));
	const header = { bytes, turns: turns ?? 0, compactions: compactions ?? 0, heap: heap ?? 0, summary: summary ?? 0, summaryCrc: summaryCrc ?? 0 };
	return fs.fstatSync(handle).size === summaryAt(header) + header.summary ? header : null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function fromSpan({ id, recordedId, start, end, recorded }: TurnSpan, heap: number): { readonly record: Buffer; readonly text: Buffer | null } {
	const byPlace = id === idOfPlace(start);
	const name = byPlace ? (recordedId ?? null) : id;
	const text = name === null || UUID.test(name) ? null : Buffer.from(name, 'utf8');
	const record = Buffer.alloc(TURN);
	record.writeDoubleLE(start, 0);
	record.writeDoubleLE(end, 8);
	if (text) {
		record.writeUInt32LE(heap, 16);
		record.writeUInt32LE(text.length, 20);
	} else if (name !== null) record.write(name.replaceAll('-', ''), 16, 'hex');
	const flags = (recorded ? RECORDED : 0) | (byPlace ? BY_PLACE : 0) | (name === null ? 0 : NAMED) | (text ? TEXT : 0);
	record.writeUInt32LE(flags, 32);
	record.writeUInt32LE(checksum(record, text), 36);
	return { record, text };
}

/** Of the text of its name too, where that lies elsewhere. */
function checksum(record: Buffer, text: Buffer | null): number {
	const own = crc32(record.subarray(0, TURN - 4));
	return text ? crc32(text, own) : own;
}

function toSpan(record: Buffer, name: Buffer | null): TurnSpan {
	const flags = record.readUInt32LE(32);
	const text = (flags & TEXT) === 0 ? null : name;
	if (checksum(record, text) !== record.readUInt32LE(36)) throw new LostIndexError('a turn is damaged');
	const [start, end] = [record.readDoubleLE(0), record.readDoubleLE(8)];
	const named = text ? text.toString('utf8') : name && uuidOf(name);
	const span = { start, end, recorded: (flags & RECORDED) !== 0 };
	if ((flags & BY_PLACE) === 0) return { id: named ?? '', ...span };
	return { id: idOfPlace(start), ...(named === null ? {} : { recordedId: named }), ...span };
}

function uuidOf(bytes: Buffer): string {
	const hex = bytes.toString('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function fromCompaction({ turnStart, line }: Compaction): Buffer {
	const record = Buffer.alloc(COMPACTION);
	record.writeDoubleLE(turnStart, 0);
	record.writeDoubleLE(line.start, 8);
	record.writeDoubleLE(line.end, 16);
	record.writeUInt32LE(crc32(record.subarray(0, COMPACTION - 4)), COMPACTION - 4);
	return record;
}

/** A turn that a newer one is named like goes by its place. Returns how many there are. */
function renameCopies(records: Buffer, { heap, newer }: { readonly heap: Buffer; readonly newer: ReadonlySet<string> }): number {
	let renamed = 0;
	const uuids = new Set([...newer].filter((id) => UUID.test(id)).map((id) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('latin1')));
	for (let at = 0; at < records.length; at += TURN) {
		const record = records.subarray(at, at + TURN);
		const flags = record.readUInt32LE(32);
		if ((flags & (BY_PLACE | NAMED)) !== NAMED) continue;
		const isText = (flags & TEXT) !== 0;
		const text = isText ? heap.subarray(record.readUInt32LE(16), record.readUInt32LE(16) + record.readUInt32LE(20)) : null;
		if (!(text ? newer.has(text.toString('utf8')) : uuids.has(record.toString('latin1', 16, 32)))) continue;
		if (checksum(record, text) !== record.readUInt32LE(36)) throw new LostIndexError('a turn is damaged');
		record.writeUInt32LE(flags | BY_PLACE, 32);
		record.writeUInt32LE(checksum(record, text), 36);
		renamed++;
	}
	return renamed;
}
