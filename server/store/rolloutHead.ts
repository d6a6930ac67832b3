import fs from 'node:fs';
import { parseRolloutLine, parseSessionMeta, type RolloutLine, type SessionMeta } from './rolloutLine.ts';

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
			const head = parseHead(buffer.toString('utf8', 0, read), file);
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

function parseHead(content: string, file: string): RolloutHead | null {
	let meta: SessionMeta | null = null;
	let rest: SessionMeta | null = null;
	for (let start = 0; start < content.length; ) {
		const newline = content.indexOf('\n', start);
		const end = newline < 0 ? content.length : newline;
		const raw = content.slice(start, end);
		start = end + 1;
		// Parsing is what costs: a line without this text is no user message.
		if ((meta ?? rest) && !raw.includes('"user_message"')) continue;
		const line = parseRolloutLine(raw);
		if (!line) continue;
		meta ??= parseSessionMeta(line);
		if (line.type === 'turn_context') rest ??= metaOfRest(file, line);
		meta ??= line.type === 'event_msg' && line.payload.type === 'user_message' ? rest : null;
		if (meta && line.type === 'event_msg' && line.payload.type === 'user_message' && typeof line.payload.message === 'string') {
			return { meta: { ...meta, baseInstructions: null }, preview: line.payload.message };
		}
	}
	meta ??= rest;
	return meta && { meta: { ...meta, baseInstructions: null }, preview: '' };
}

const NAME = /rollout-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/i;

/**
 * Who a thread is whose first line was torn or lost: its name has the id and the (local) time, its first turn the folder. The source is
 * one that lists show by default, so that the thread is found; other facts are lost.
 */
function metaOfRest(file: string, context: RolloutLine): SessionMeta | null {
	const [, hour, minute, second, id] = NAME.exec(file) ?? [];
	const { cwd } = context.payload;
	if (id === undefined || typeof cwd !== 'string') return null;
	const began = new Date(`${hour}:${minute}:${second}`);
	return {
		id: id.toLowerCase(),
		timestamp: Number.isNaN(began.getTime()) ? context.timestamp : began.toISOString(),
		cwd,
		originator: '',
		cliVersion: '',
		source: 'vscode',
		threadSource: null,
		modelProvider: '',
		forkedFromId: null,
		baseInstructions: null,
		git: null,
		dynamicTools: [],
	};
}
