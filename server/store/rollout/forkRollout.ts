import fs from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RolloutBytes } from './rolloutBytes.ts';
import { LINE_BEGINNING, parseRolloutLine, type RolloutEntry, type RolloutLine, sessionMetaEntry, type SessionMeta } from './rolloutLine.ts';
import { renameFileLater } from '../../platform/replaceFile.ts';

/** One line of the records and where it lies, in bytes; `end` is behind the newline. */
export interface LineInFile {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** So much is read at once, in bytes; then other work gets its turn. */
const STEP = 512 * 1024;

/** The lines of the records from an offset on, one in memory at a time. Throws the file system's error. */
export async function* linesOf(file: RolloutBytes, from = 0): AsyncGenerator<LineInFile> {
	let parts: Buffer[] = [];
	let start = from;
	for (let position = from; position < file.size; ) {
		const buffer = Buffer.allocUnsafe(Math.min(STEP, file.size - position));
		const chunk = buffer.subarray(0, file.read(buffer, position));
		if (chunk.length === 0) break;
		for (let at = 0; at < chunk.length; ) {
			const newline = chunk.indexOf(0x0a, at);
			const to = newline < 0 ? chunk.length : newline + 1;
			parts.push(chunk.subarray(at, to));
			position += to - at;
			at = to;
			if (newline < 0) continue;
			yield { text: Buffer.concat(parts).toString('utf8'), start, end: position };
			parts = [];
			start = position;
		}
		await nextTurn();
	}
	if (parts.length > 0) yield { text: Buffer.concat(parts).toString('utf8'), start, end: start + Buffer.concat(parts).length };
}

/** A part of the records, in bytes. */
interface Span {
	readonly from: number;
	readonly to: number;
}

/** The records in a part of a file. Throws the file system's error. */
export async function readPart(file: RolloutBytes, { from, to }: Span): Promise<readonly RolloutLine[]> {
	const lines: RolloutLine[] = [];
	for await (const { text, end } of linesOf(file, from)) {
		if (end > to) break;
		const line = parseRolloutLine(text);
		if (line) lines.push(line);
	}
	return lines;
}

export interface RolloutCopy {
	readonly source: RolloutBytes;
	/** What of the source to copy: from behind its own first line to the end of what the copy holds. */
	readonly bytes: Span;
	readonly target: string;
	readonly meta: SessionMeta;
	/** What follows the copied records. */
	readonly entries: readonly RolloutEntry[];
}

/**
 * Writes a rollout of its own that begins as another does. The other one is only read, and never held in memory. The file has its
 * name only once it is whole, so that a crash leaves no half of a thread. Throws the file system's error.
 */
export async function copyRollout({ source, bytes, target, meta, entries }: RolloutCopy): Promise<void> {
	const numbered = meta.historyMode === 'paginated';
	await writeRollout(target, async (file) => {
		let next = 0;
		const text = (list: readonly RolloutEntry[]) =>
			list
				.map(({ type, payload }) => `${JSON.stringify({ timestamp: meta.timestamp, ...(numbered ? { ordinal: next++ } : {}), type, payload })}\n`)
				.join('');
		await file.write(text([sessionMetaEntry(meta)]));
		if (!numbered) await copyBytes(source, { bytes, file });
		else {
			for await (const line of linesOf(source, bytes.from)) {
				if (line.end > bytes.to) break;
				// Those of the files that the source goes on from: the copy has one of its own.
				if (!META.test(line.text)) await file.write(withNumber(line.text, next++));
			}
		}
		await file.write(text(entries));
	});
}

const META = new RegExp(`${LINE_BEGINNING}"session_meta"`);

/** Numbers grow without a gap in the copy, whatever they were. */
function withNumber(line: string, ordinal: number): string {
	return line.replace(/^(\{"timestamp":"[^"]*",)(?:"ordinal":\d+,)?/, (_, before: string) => `${before}"ordinal":${ordinal},`);
}

async function copyBytes(source: RolloutBytes, { bytes, file }: { readonly bytes: Span; readonly file: fs.FileHandle }): Promise<void> {
	for (let position = bytes.from; position < bytes.to; ) {
		const buffer = Buffer.allocUnsafe(Math.min(STEP, bytes.to - position));
		const length = source.read(buffer, position);
		if (length === 0) return;
		await file.write(buffer, 0, length);
		position += length;
	}
}

/** Writes a new rollout that has its name only once it is whole. Throws the file system's error. */
async function writeRollout(target: string, write: (file: fs.FileHandle) => Promise<void>): Promise<void> {
	await fs.mkdir(path.dirname(target), { recursive: true });
	const unfinished = `${target}.unfinished`;
	try {
		const file = await fs.open(unfinished, 'wx', 0o600);
		try {
			await write(file);
		} finally {
			await file.close();
		}
		await renameFileLater(unfinished, target);
	} catch (error) {
		await fs.rm(unfinished, { force: true });
		throw error;
	}
}
