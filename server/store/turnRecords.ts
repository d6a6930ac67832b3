import { readBytes } from './backwardLines.ts';
import type { LinePlace } from './lineMark.ts';
import { parseRolloutLine, type RolloutLine } from './rolloutLine.ts';
import type { TurnSpan } from './turnLimits.ts';

/** A line and the byte at which it begins, which names it for as long as the file lives. */
export interface PlacedLine extends RolloutLine {
	readonly offset: number;
}

/** What a rollout says of one turn. */
export interface TurnRecords {
	readonly id: string;
	readonly lines: readonly PlacedLine[];
	/** How many lines could not be read. */
	readonly damaged: number;
}

const CHUNK = 4 * 1024 * 1024;
/** Longer lines cannot become a string. */
const LONGEST_LINE = 384 * 1024 * 1024;
const BEGINNING_BYTES = 288;
const BEGINNING = /^\{"timestamp":"[^"]*","type":"(\w+)","payload":\{(?:"type":"(\w+)")?/;

/** Which lines are read, by their types and by how they begin. The payload's type is null where it is not at the beginning. */
export type LineFilter = (line: { readonly type: string; readonly payloadType: string | null; readonly beginning: string }) => boolean;

/** The records of a turn, also those that were written late. Lines that are not wanted cost next to nothing. Throws the file system's error. */
export function readTurnRecords(
	file: number,
	{ span, late, wanted }: { span: TurnSpan; late: readonly LinePlace[]; wanted: LineFilter },
): TurnRecords {
	const lines: PlacedLine[] = [];
	let damaged = 0;
	for (const place of [span, ...late]) {
		for (const line of placedLines(file, place, wanted)) {
			if (line === 'damaged') damaged++;
			else lines.push(line);
		}
	}
	return { id: span.id, lines, damaged };
}

/** The lines between two offsets. Throws the file system's error. */
export function* placedLines(file: number, place: LinePlace, wanted: LineFilter): Generator<PlacedLine | 'damaged'> {
	for (const { bytes, offset } of rawLines(file, place)) {
		const beginning = bytes.toString('latin1', 0, Math.min(bytes.length, BEGINNING_BYTES));
		const found = BEGINNING.exec(beginning);
		if (found?.[1] !== undefined && !wanted({ type: found[1], payloadType: found[2] ?? null, beginning })) continue;
		const line = bytes.length > LONGEST_LINE ? null : parseRolloutLine(bytes.toString('utf8'));
		if (!line) {
			if (bytes.some((byte) => byte > 0x20)) yield 'damaged';
		} else if (found || wanted({ type: line.type, payloadType: typeof line.payload.type === 'string' ? line.payload.type : null, beginning })) {
			yield { ...line, offset };
		}
	}
}

function* rawLines(file: number, { start, end }: LinePlace): Generator<{ readonly bytes: Buffer; readonly offset: number }> {
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
