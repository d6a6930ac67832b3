import { createReadStream, createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseRolloutLine, type RolloutEntry, type RolloutLine, sessionMetaEntry, type SessionMeta } from './rolloutLine.ts';

/** One line of a file and where it lies, in bytes; `end` is behind the newline. */
export interface LineInFile {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** The lines of a file, one in memory at a time. Throws the file system's error. */
export async function* linesOf(file: string): AsyncGenerator<LineInFile> {
	let parts: Buffer[] = [];
	let start = 0;
	let position = 0;
	for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
		for (let from = 0; from < chunk.length; ) {
			const newline = chunk.indexOf(0x0a, from);
			const to = newline < 0 ? chunk.length : newline + 1;
			parts.push(chunk.subarray(from, to));
			position += to - from;
			from = to;
			if (newline < 0) continue;
			yield { text: Buffer.concat(parts).toString('utf8'), start, end: position };
			parts = [];
			start = position;
		}
	}
	if (parts.length > 0) yield { text: Buffer.concat(parts).toString('utf8'), start, end: position };
}

/** The records in a part of a file. Throws the file system's error. */
export async function readPart(file: string, bytes: { readonly from: number; readonly to: number }): Promise<readonly RolloutLine[]> {
	const lines: RolloutLine[] = [];
	for await (const { text, start, end } of linesOf(file)) {
		if (end > bytes.to) break;
		const line = start < bytes.from ? null : parseRolloutLine(text);
		if (line) lines.push(line);
	}
	return lines;
}

export interface RolloutCopy {
	readonly source: string;
	/** The bytes of the source to copy: from behind its own first line to the end of what the copy holds. */
	readonly bytes: { readonly from: number; readonly to: number };
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
	await fs.mkdir(path.dirname(target), { recursive: true });
	const unfinished = `${target}.unfinished`;
	const timestamp = meta.timestamp;
	const text = (list: readonly RolloutEntry[]) =>
		list.map((entry) => `${JSON.stringify({ timestamp, type: entry.type, payload: entry.payload })}\n`).join('');
	try {
		await fs.writeFile(unfinished, text([sessionMetaEntry(meta)]), { flag: 'wx', mode: 0o600 });
		if (bytes.to > bytes.from) {
			await pipeline(createReadStream(source, { start: bytes.from, end: bytes.to - 1 }), createWriteStream(unfinished, { flags: 'a' }));
		}
		await fs.appendFile(unfinished, text(entries));
		await fs.rename(unfinished, target);
	} catch (error) {
		await fs.rm(unfinished, { force: true });
		throw error;
	}
}
