import fs from 'node:fs';
import { parseRolloutLine, parseSessionMeta, type SessionMeta } from './rolloutLine.ts';

/** What the beginning of a rollout says of its thread. */
export interface RolloutHead {
	/** Without the base instructions: they are long, and a list keeps the heads of thousands. */
	readonly meta: SessionMeta;
	/** Text of the first user message; empty before it. */
	readonly preview: string;
}

/** A head is read in steps of this many bytes until the first user message is in it. */
const HEAD_STEP = 64 * 1024;
const HEAD_LIMIT = 4 * 1024 * 1024;
const firstStep = Buffer.alloc(HEAD_STEP);

/** Null when the file is no rollout. Throws the file system's error. */
export function readRolloutHead(file: string): RolloutHead | null {
	const handle = fs.openSync(file, 'r');
	try {
		for (let length = HEAD_STEP; ; length *= 4) {
			const buffer = length === HEAD_STEP ? firstStep : Buffer.alloc(length);
			const read = readFully(handle, buffer);
			const head = parseHead(buffer.toString('utf8', 0, read));
			if (read < length || length >= HEAD_LIMIT || (head && head.preview !== '')) return head;
		}
	} finally {
		fs.closeSync(handle);
	}
}

function readFully(handle: number, buffer: Buffer): number {
	for (let length = 0; ; ) {
		const read = length < buffer.length ? fs.readSync(handle, buffer, length, buffer.length - length, length) : 0;
		if (read === 0) return length;
		length += read;
	}
}

function parseHead(content: string): RolloutHead | null {
	let meta: SessionMeta | null = null;
	for (let start = 0; start < content.length; ) {
		const newline = content.indexOf('\n', start);
		const end = newline < 0 ? content.length : newline;
		const raw = content.slice(start, end);
		start = end + 1;
		// Parsing is what costs: a line without this text is no user message.
		if (meta && !raw.includes('"user_message"')) continue;
		const line = parseRolloutLine(raw);
		if (!line) continue;
		meta ??= parseSessionMeta(line);
		if (meta && line.type === 'event_msg' && line.payload.type === 'user_message' && typeof line.payload.message === 'string') {
			return { meta: { ...meta, baseInstructions: null }, preview: line.payload.message };
		}
	}
	return meta && { meta: { ...meta, baseInstructions: null }, preview: '' };
}
