import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DOC_BITS, removeTexts, transaction } from './indexDatabase.ts';
import { recordText } from '../rollout/recordText.ts';
import { openBytes, placeOf, type RolloutBytes, stateOf } from '../rollout/rolloutBytes.ts';
import { LINE_BEGINNING, parseRolloutLine } from '../rollout/rolloutLine.ts';
import { indexText } from './searchWords.ts';

/** So much is read and indexed in one transaction; a line that is longer is read whole. */
const STEP = 512 * 1024;
const NEWLINE = 0x0a;

interface Progress {
	indexed: number;
	docs: number;
	turn: string | null;
}

/**
 * Adds the words of what a rollout got since it was last looked at. A line without an end waits until it has one. A rollout that is
 * shorter than it was is begun anew. Resolves also when the file is gone or cannot be read: then nothing changes.
 */
export async function indexRollout(database: DatabaseSync, { n, file }: { n: number; file: string }): Promise<void> {
	let bytes: RolloutBytes;
	try {
		bytes = openBytes(file);
	} catch {
		return;
	}
	try {
		for (let step = STEP; ; ) {
			const position = progressOf(database, n)?.indexed ?? 0;
			const { size, mtimeMs } = bytes;
			if (size < position) transaction(database, () => removeTexts(database, n));
			const from = size < position ? 0 : position;
			const buffer = Buffer.alloc(Math.min(step, size - from));
			const bytesRead = bytes.read(buffer, from);
			const end = buffer.lastIndexOf(NEWLINE, bytesRead - 1) + 1;
			const more = from + bytesRead < size && bytesRead > 0;
			if (bytesRead > 0 && end > 0) {
				transaction(database, () => {
					// Another process may have done this part meanwhile.
					const progress = progressOf(database, n);
					if (progress?.indexed === from) addLines(database, { n, progress, buffer: buffer.subarray(0, end), mtimeMs });
				});
			}
			if (!more) break;
			step = end > 0 ? STEP : step * 4;
			await nextTurn();
		}
		const packed = placeOf(file) === file ? null : (stateOf(file)?.size ?? null);
		database.prepare('UPDATE files SET packed = ? WHERE n = ? AND packed IS NOT ?').run(packed, n, packed);
	} catch (error) {
		if (error instanceof Error && 'errcode' in error) throw error;
		// The file cannot be read any further: what is in the index stays.
	} finally {
		bytes.close();
	}
}

function progressOf(database: DatabaseSync, n: number): Progress | null {
	const row = database.prepare('SELECT indexed, docs, turn FROM files WHERE n = ?').get(n);
	return row ? { indexed: Number(row.indexed), docs: Number(row.docs), turn: typeof row.turn === 'string' ? row.turn : null } : null;
}

interface Part {
	readonly n: number;
	readonly progress: Progress;
	/** Whole lines. */
	readonly buffer: Buffer;
	readonly mtimeMs: number;
}

/** Lines of these kinds hold nothing to search for, and are the larger part. As both programs write them. */
const NO_TEXT = new RegExp(
	String.raw`${LINE_BEGINNING}(?:"(?:turn_context|session_meta|compacted|world_state|token_usage_record)"|"response_item","payload":\{"type":"(?:message|reasoning|custom_tool_call_output)"|"event_msg","payload":\{"type":"(?:token_count|exec_command_begin|patch_apply_begin)")`,
);

function addLines(database: DatabaseSync, { n, progress, buffer, mtimeMs }: Part): void {
	const addText = database.prepare(`INSERT INTO texts(rowid, text) VALUES((? << ${DOC_BITS}) | ?, ?)`);
	const addDoc = database.prepare(`INSERT INTO docs(n, start, length, kind, turn, item) VALUES((? << ${DOC_BITS}) | ?, ?, ?, ?, ?, ?)`);
	// The last number stands for the thread's name.
	const last = 2 ** DOC_BITS - 1;
	let { docs, turn } = progress;
	/** Their output is in the record of the command; what the model is told of it would be the same once more. */
	const recorded = new Set<unknown>();
	for (let start = 0; start < buffer.length; ) {
		const end = buffer.indexOf(NEWLINE, start);
		const raw = buffer.toString('utf8', start, end);
		const [position, length] = [progress.indexed + start, end - start];
		start = end + 1;
		if (NO_TEXT.test(raw)) continue;
		const line = parseRolloutLine(raw);
		if (!line) continue;
		const begun = line.type === 'event_msg' && (line.payload.type === 'task_started' || line.payload.type === 'turn_started');
		if (begun) turn = typeof line.payload.turn_id === 'string' ? line.payload.turn_id : null;
		if (line.payload.type === 'exec_command_end') recorded.add(line.payload.call_id);
		if (line.payload.type === 'function_call_output' && recorded.has(line.payload.call_id)) continue;
		const found = recordText(line);
		if (!found || docs >= last) continue;
		addText.run(n, docs, indexText(found.text));
		addDoc.run(n, docs, position, length, found.kind, found.turnId ?? turn, found.itemId);
		docs++;
	}
	database
		.prepare('UPDATE files SET indexed = ?, docs = ?, turn = ?, mtime = ? WHERE n = ?')
		.run(progress.indexed + buffer.length, docs, turn, mtimeMs, n);
}
