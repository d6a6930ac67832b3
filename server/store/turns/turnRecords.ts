import { readBytes } from '../rollout/backwardLines.ts';
import type { FileWindow } from '../rollout/fileWindow.ts';
import type { LinePlace } from '../rollout/lineMark.ts';
import type { RolloutBytes } from '../rollout/rolloutBytes.ts';
import { LINE_BEGINNING, parseRolloutLine, type RolloutLine } from '../rollout/rolloutLine.ts';
import type { TurnSpan } from './turnSpan.ts';

/** A line and the byte at which it begins, which names it for as long as the file lives. */
export interface PlacedLine extends RolloutLine {
	readonly offset: number;
}

/** What a rollout says of one turn. */
export interface TurnRecords {
	readonly id: string;
	/** The id that its lines name. */
	readonly recordedId: string;
	readonly lines: readonly PlacedLine[];
	/** How many lines could not be read. */
	readonly damaged: number;
}

const CHUNK = 4 * 1024 * 1024;
/** Longer lines cannot become a string. */
const LONGEST_LINE = 384 * 1024 * 1024;
const BEGINNING_BYTES = 288;
const BEGINNING = new RegExp(String.raw`${LINE_BEGINNING}"(\w+)","payload":\{(?:"type":"(\w+)")?`);

/** Which lines are read, by their types and by how they begin. The payload's type is null where it is not at the beginning. */
export type LineFilter = (line: { readonly type: string; readonly payloadType: string | null; readonly beginning: string }) => boolean;

/** The records of a turn, also those that were written late. Lines that are not wanted cost next to nothing. Throws the file system's error. */
export function readTurnRecords(
	window: FileWindow,
	{ span, late, wanted }: { span: TurnSpan; late: readonly LinePlace[]; wanted: LineFilter },
): TurnRecords {
	const lines: PlacedLine[] = [];
	let damaged = 0;
	const take = (found: Iterable<PlacedLine | 'damaged'>) => {
		for (const line of found) {
			if (line === 'damaged') damaged++;
			else lines.push(line);
		}
	};
	const bytes = window.read(span);
	take(bytes ? wantedLines(linesIn(bytes, span.start), wanted) : placedLines(window.file, span, wanted));
	for (const place of late) take(placedLines(window.file, place, wanted));
	return { id: span.id, recordedId: span.recordedId ?? span.id, lines, damaged };
}

/** The lines between two offsets. Throws the file system's error. */
export function placedLines(file: RolloutBytes, place: LinePlace, wanted: LineFilter): Generator<PlacedLine | 'damaged'> {
	return wantedLines(rawLines(file, place), wanted);
}

interface RawLine {
	readonly bytes: Buffer;
	readonly offset: number;
}

function* wantedLines(raw: Iterable<RawLine>, wanted: LineFilter): Generator<PlacedLine | 'damaged'> {
	for (const { bytes, offset } of raw) {
		const beginning = bytes.toString('latin1', 0, Math.min(bytes.length, BEGINNING_BYTES));
		const found = BEGINNING.exec(beginning);
		if (found?.[1] !== undefined && !wanted({ type: found[1], payloadType: found[2] ?? null, beginning })) continue;
		const line = bytes.length > LONGEST_LINE ? null : parseRolloutLine(found?.[2] === COMMAND_END ? commandEndText(bytes) : bytes.toString('utf8'));
		if (!line) {
			if (bytes.some((byte) => byte > 0x20)) yield 'damaged';
		} else if (found || wanted({ type: line.type, payloadType: typeof line.payload.type === 'string' ? line.payload.type : null, beginning })) {
			yield { ...line, offset };
		}
	}
}

const COMMAND_END = 'exec_command_end';

/** The record of a command without the copies of its output that other programs write into it: they are most of it, and not shown. */
function commandEndText(bytes: Buffer): string {
	let text = '';
	let at = 0;
	for (const cut of [valueOf(bytes, ',"stdout":"'), valueOf(bytes, ',"formatted_output":"')]) {
		if (cut === null || cut.start < at) continue;
		text += bytes.toString('utf8', at, cut.start);
		at = cut.end;
	}
	return text + bytes.toString('utf8', at);
}

/** A text with more quotes than this is not worth looking for its end. */
const MANY_QUOTES = 2000;

/** Where the text of a member lies in a JSON text; `member` cannot be in any text, since there a quote is escaped. Null when not found. */
function valueOf(bytes: Buffer, member: string): LinePlace | null {
	const before = bytes.indexOf(member, 0, 'latin1');
	if (before < 0) return null;
	const start = before + member.length;
	let end = start - 1;
	for (let quotes = 0; quotes < MANY_QUOTES; quotes++) {
		end = bytes.indexOf(0x22, end + 1);
		if (end < 0) return null;
		let escapes = 0;
		while (bytes[end - 1 - escapes] === 0x5c) escapes++;
		if (escapes % 2 === 0) return { start, end };
	}
	return null;
}

function* linesIn(bytes: Buffer, start: number): Generator<RawLine> {
	for (let from = 0; from < bytes.length; ) {
		const feed = bytes.indexOf(0x0a, from);
		const end = feed < 0 ? bytes.length : feed;
		if (end > from) yield { bytes: bytes.subarray(from, end), offset: start + from };
		from = end + 1;
	}
}

function* rawLines(file: RolloutBytes, { start, end }: LinePlace): Generator<RawLine> {
	let rest: Buffer[] = [];
	let restLength = 0;
	for (let position = start; position < end; ) {
		const bytes = readBytes(file, Buffer.allocUnsafe(Math.min(CHUNK, end - position)), position);
		if (bytes.length === 0) break;
		let from = 0;
		for (let feed = bytes.indexOf(0x0a); feed >= 0; feed = bytes.indexOf(0x0a, from)) {
			const line = bytes.subarray(from, feed);
			if (restLength + line.length > 0)
				yield { bytes: restLength === 0 ? line : Buffer.concat([...rest, line]), offset: position + from - restLength };
			rest = [];
			restLength = 0;
			from = feed + 1;
		}
		if (from < bytes.length) {
			rest.push(bytes.subarray(from));
			restLength += bytes.length - from;
		}
		position += bytes.length;
	}
	if (restLength > 0) yield { bytes: Buffer.concat(rest), offset: end - restLength };
}
