import path from 'node:path';
import { readBeginning, whileOpen } from './rolloutBytes.ts';
import { parseRolloutName } from './rolloutName.ts';
import { type Locate, openRollout } from './rolloutView.ts';
import { isRecord, parseRolloutLine, parseSessionMeta, type RolloutLine, type SessionMeta } from './rolloutLine.ts';

/** What the beginning of a rollout says of its thread. */
export interface RolloutHead {
	/** Without the base instructions: they are long, and a list keeps the heads of thousands. */
	readonly meta: SessionMeta;
	/** Text of the first user message; empty before it. */
	readonly preview: string;
	/** Why the thread cannot be read whole; null when it can. */
	readonly missing: string | null;
}

/** A head is read in steps of this many bytes until the first user message is in it. */
const HEAD_STEP = 64 * 1024;
const HEAD_LIMIT = 4 * 1024 * 1024;
/** How programs begin a record. */
const BEGINNING = '{"timestamp":';
const firstStep = Buffer.alloc(HEAD_STEP);

/** Null when the file is no rollout. Throws the file system's error. */
export function readRolloutHead(file: string, locate: Locate): RolloutHead | null {
	const read = readBeginning(file, firstStep);
	const head = parseHead(firstStep.toString('utf8', 0, read), file);
	if (head && head.preview !== '' && head.meta.historyBase === undefined) return head;
	return whileOpen(openRollout(file, locate), (view) => {
		for (let length = HEAD_STEP; ; length *= 4) {
			const buffer = Buffer.alloc(Math.min(length, view.size));
			const found = parseHead(buffer.toString('utf8', 0, view.read(buffer, 0)), file);
			if (length < view.size && length < HEAD_LIMIT && (found === null || found.preview === '')) continue;
			if (found) return { ...found, missing: view.missing ?? found.missing };
			// Cut in its first record. What never was a record is no thread, whatever the name of the file says.
			return buffer.toString('latin1', 0, BEGINNING.length) === BEGINNING ? headOfName(file, 'none of its records can be read') : null;
		}
	});
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
		if ((meta ?? rest) && !raw.includes('"user_message"') && !raw.includes('"UserMessage"')) continue;
		const line = parseRolloutLine(raw);
		if (!line) continue;
		meta ??= parseSessionMeta(line);
		if (line.type === 'turn_context') rest ??= metaOfRest(file, line, NUMBERED.test(raw));
		const message = line.type === 'event_msg' ? messageOf(line.payload) : null;
		if (message === null) continue;
		meta ??= rest;
		if (meta) return headOf(file, { meta, rest, preview: message });
	}
	meta ??= rest;
	return meta && headOf(file, { meta, rest, preview: '' });
}

function headOf(
	file: string,
	{ meta, rest, preview }: { readonly meta: SessionMeta; readonly rest: SessionMeta | null; readonly preview: string },
): RolloutHead {
	const name = parseRolloutName(file);
	const isCut = meta === rest && name !== null && name.rolloutId !== name.id;
	const missing = isCut ? 'its first record, which says what it goes on from, cannot be read' : unknownForm(meta);
	return { meta: { ...meta, baseInstructions: null }, preview, missing };
}

/** Why the records of a thread cannot be understood; null when they can. */
export function unknownForm({ historyMode }: SessionMeta): string | null {
	if (historyMode === undefined || historyMode === 'paginated') return null;
	return `its records are kept in the form "${historyMode}", which a newer program wrote`;
}

/** The text of a person's message, as either generation records it. */
function messageOf(payload: RolloutLine['payload']): string | null {
	if (payload.type === 'user_message') return typeof payload.message === 'string' ? payload.message : null;
	const { item } = payload;
	if (payload.type !== 'item_completed' || !isRecord(item) || item.type !== 'UserMessage' || !Array.isArray(item.content)) return null;
	return item.content.flatMap((part) => (isRecord(part) && part.type === 'text' && typeof part.text === 'string' ? [part.text] : [])).join('\n');
}

/**
 * Who a thread is whose first line was torn or lost: its name has the id and the (local) time, its first turn the folder. The source is
 * one that lists show by default, so that the thread is found; other facts are lost.
 */
function metaOfRest(file: string, { timestamp, payload: { cwd } }: RolloutLine, isNumbered: boolean): SessionMeta | null {
	const meta = typeof cwd === 'string' ? metaOfName(file, { cwd, timestamp }) : null;
	return meta && isNumbered ? { ...meta, historyMode: 'paginated' } : meta;
}

/** Lines have numbers in the newer form only. */
const NUMBERED = /^\{"timestamp":"[^"]*","ordinal":\d/;

/** The thread of a file that cannot be read, by its name alone. Null when the name does not say either. */
export function headOfName(file: string, missing: string): RolloutHead | null {
	const meta = metaOfName(file, { cwd: path.parse(path.resolve(file)).root, timestamp: '' });
	return meta && { meta, preview: '', missing };
}

function metaOfName(file: string, { cwd, timestamp }: { readonly cwd: string; readonly timestamp: string }): SessionMeta | null {
	const name = parseRolloutName(file);
	if (name === null) return null;
	const began = new Date(name.began);
	return {
		id: name.id,
		timestamp: Number.isNaN(began.getTime()) ? timestamp : began.toISOString(),
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
