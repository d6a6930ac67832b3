import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { readGuarded } from '../files/guardedFile.ts';
import type { PlannedChange } from '../patch/computeChanges.ts';
import type { FileChangeApplier } from '../patch/fileChangeApplier.ts';
import { resolveReal } from '../patch/realPath.ts';
import { decodeText, encodeText, plainUtf8, type TextFormat } from '../patch/textFile.ts';
import { unifiedDiff } from '../patch/unifiedDiff.ts';
import { ABSENT, type FileState, type NetChange, type RecordedChange } from './checkpoint.ts';
import type { CheckpointStore } from './checkpointStore.ts';
import { removeEmptiedFolders } from './emptiedFolders.ts';
import { because, type RestoreReason } from './restoreReason.ts';
import { type RestoredFile, type RestoreOutcome, type RestoreStep as Step, sameBytes, verified, writeBytes } from './restoreStep.ts';
import { changeAround } from './undoText.ts';

export interface RestoreRequest {
	readonly threadId: string;
	/** The steps that are taken back, in the order in which they were made. */
	readonly steps: readonly { readonly id: string; readonly changes: readonly NetChange[] }[];
}

export interface RestoreServices {
	readonly checkpoints: CheckpointStore;
	readonly applier: FileChangeApplier;
	/** Whether `applier` brings changes into live editors, which merge by themselves. */
	readonly hasEditor: (threadId: string) => boolean;
	/** What an editor of the thread has of a file and did not save; null without such text. */
	readonly unsaved: (threadId: string, file: string) => Promise<Buffer | null>;
	/** After the files were written. */
	readonly written: (changes: readonly PlannedChange[]) => Promise<void>;
}

const CONTEXT_LINES = 3;
/** No file that was kept is larger; of larger ones it is only said that they were changed. */
const MAX_LIVE_BYTES = 64 * 1024 * 1024;

/** What taking a step back would do, file by file. Changes nothing. */
export async function previewRestore(services: RestoreServices, request: RestoreRequest): Promise<readonly RestoredFile[]> {
	return (await plan(services, request)).map(({ file }) => file);
}

/**
 * Takes a step back: brings every file to what it was before, around later changes, and looks afterwards that it is so.
 * What it did is a step of its own that can be taken back; its id is null when nothing was done.
 */
export async function restore(
	services: RestoreServices,
	request: RestoreRequest,
): Promise<{
	readonly checkpointId: string | null;
	readonly files: readonly RestoredFile[];
	readonly changes: readonly RecordedChange[];
	readonly from: number;
}> {
	const { checkpoints, applier } = services;
	const { threadId } = request;
	const steps = await plan(services, request);
	const checkpointId = randomUUID();
	const open = steps.filter((step) => step.type !== 'done');
	if (open.length === 0) return { checkpointId: null, files: steps.map(({ file }) => file), changes: [], from: 0 };
	// Recorded first: a crash in between leaves a step whose undo finds nothing to do.
	const changes = await Promise.all(open.map((step) => recorded(step, checkpoints)));
	const log = checkpoints.log(threadId);
	await log.restore(
		checkpointId,
		request.steps.map(({ id }) => id),
	);
	const from = await log.changes(checkpointId, null, changes);
	const texts = open.filter((step) => step.type === 'text');
	const allowed = new Set(open.map(({ real }) => real));
	const apply = async (planned: readonly PlannedChange[]) => {
		const where = { threadId, turnId: checkpointId, itemId: checkpointId, changes: planned, mayWrite: (real: string) => allowed.has(real) };
		return planned.length === 0 ? [] : applier.apply(where, new AbortController().signal);
	};
	const results = new Map<string, Awaited<ReturnType<FileChangeApplier['apply']>>[number]>();
	if (services.hasEditor(threadId)) {
		for (const result of await apply(texts.map(({ planned }) => planned))) results.set(result.path, result);
	} else {
		for (const { onDisk } of texts) for (const result of await apply([onDisk])) results.set(result.path, result);
	}
	const files: RestoredFile[] = [];
	for (const step of steps) {
		if (step.type === 'done') files.push(step.file);
		else if (step.type === 'bytes') files.push(await writeBytes(step));
		else files.push(await verified(step, results.get(step.planned.path), (file) => services.unsaved(threadId, file)));
	}
	const isRemoved = new Set(files.filter(({ action, outcome }) => action === 'delete' && outcome === 'restored').map((file) => file.path));
	const removed = open.filter(({ file }) => isRemoved.has(file.path)).map(({ real }) => real);
	await removeEmptiedFolders(
		removed,
		request.steps.map(({ id }) => id),
	);
	await services.written(texts.map(({ planned }) => planned));
	return { checkpointId, files, changes, from };
}

async function plan({ checkpoints, hasEditor, unsaved }: RestoreServices, { threadId, steps }: RestoreRequest): Promise<readonly Step[]> {
	const newestFirst = new Map<string, NetChange[]>();
	for (const change of steps.toReversed().flatMap(({ changes }) => changes)) {
		newestFirst.set(change.path, [...(newestFirst.get(change.path) ?? []), change]);
	}
	const inEditor = hasEditor(threadId);
	const planned: Step[] = [];
	for (const [path, changes] of [...newestFirst].sort())
		planned.push(await planFile(path, changes, { checkpoints, inEditor, unsaved: (file) => unsaved(threadId, file) }));
	return planned;
}

async function planFile(
	file: string,
	changes: readonly NetChange[],
	{ checkpoints, inEditor, unsaved }: { checkpoints: CheckpointStore; inEditor: boolean; unsaved: (file: string) => Promise<Buffer | null> },
): Promise<Step> {
	const done = (outcome: RestoreOutcome, why: { readonly reason: RestoreReason; readonly message: string } | null = null): Step => ({
		type: 'done',
		file: { path: file, outcome, action: 'none', message: null, diff: null, ...why },
	});
	// A link that was put there or above it since leads to another file, which is none of ours.
	const real = await resolveReal(file);
	if (real === null || changes.some((change) => change.real !== real)) return done('conflict', because('symbolicLink'));
	const live = (await unsaved(file)) ?? (await contentOnDisk(real));
	if (typeof live === 'string') return done('failed', because('unreadable', live));
	const onDisk = await takeBack(live, changes, checkpoints);
	if (onDisk.type === 'notKept') return done('notKept', because(onDisk.reason));
	const left = await load(changes[0]?.after ?? ABSENT, checkpoints);
	const planned = left === 'lost' ? null : await takeBack(left, changes, checkpoints);
	const mode = modeOf(changes.at(-1)?.before);
	const texts =
		left === 'lost' || planned?.type !== 'content' ? null : asTexts([left, planned.content, live, onDisk.type === 'content' ? onDisk.content : null]);
	// An editor may hold the change in text that is not saved, so there it is tried even when the file has none of it.
	if (onDisk.type === 'conflict') return done('conflict', because('changedLater'));
	const isBack = sameBytes(live, onDisk.content);
	if (isBack && (!inEditor || texts === null)) return done('unchanged');
	const outcome = isBack ? 'unchanged' : onDisk.merged ? 'merged' : 'restored';
	const shown = { path: file, outcome, action: actionOf(live, onDisk.content), message: null } as const;
	if (texts === null) return { type: 'bytes', real, live, content: onDisk.content, mode, file: { ...shown, diff: null } };
	const [from = null, to = null, now = null, result = null] = texts.all;
	const change = (before: string | null, after: string | null): PlannedChange => ({
		path: file,
		kind: before === null ? 'add' : after === null ? 'delete' : 'update',
		movePath: null,
		before,
		after,
		replaced: null,
		format: texts.format,
		executable: false,
	});
	return {
		type: 'text',
		real,
		planned: change(from, to),
		onDisk: change(now, result),
		mode,
		file: { ...shown, diff: unifiedDiff(now ?? '', result ?? '', CONTEXT_LINES) },
	};
}

/** Or why it cannot be read. */
async function contentOnDisk(real: string): Promise<Buffer | null | string> {
	const read = await readGuarded(real, { maxBytes: MAX_LIVE_BYTES, inside: [path.dirname(real)] });
	return read.type === 'content' ? read.bytes : read.type === 'missing' ? null : read.reason;
}

type TakenBack =
	| { readonly type: 'content'; readonly content: Buffer | null; readonly merged: boolean }
	| { readonly type: 'conflict' }
	| { readonly type: 'notKept'; readonly reason: RestoreReason };

/** Takes several changes of one file out of a content, the newest first. */
async function takeBack(start: Buffer | null, changes: readonly NetChange[], checkpoints: CheckpointStore): Promise<TakenBack> {
	let content = start;
	let merged = false;
	for (const change of changes) {
		const from = await load(change.after, checkpoints);
		const to = await load(change.before, checkpoints);
		if (to === 'lost') return { type: 'notKept', reason: notKeptReason(change.before) };
		if (sameBytes(content, to)) continue;
		if (from !== 'lost' && sameBytes(content, from)) {
			content = to;
			continue;
		}
		if (from === 'lost') return { type: 'notKept', reason: notComparedReason(change.after) };
		const texts = from === null || to === null || content === null ? null : asTexts([content, from, to]);
		const [live, left, before] = texts?.all ?? [];
		const result = live == null || left == null || before == null ? null : changeAround(live, { from: left, to: before });
		if (result === null || texts === null) return { type: 'conflict' };
		content = encodeText(result, texts.format);
		merged = true;
	}
	return { type: 'content', content, merged };
}

/** What a step of a restore does, for its own record: as it is on the disk, or in the unsaved text of an editor where the disk has nothing of it. */
async function recorded(step: Exclude<Step, { type: 'done' }>, { contents }: CheckpointStore): Promise<RecordedChange> {
	const keep = async (bytes: Buffer | null): Promise<FileState> =>
		bytes === null ? ABSENT : { type: 'file', hash: await contents.put(bytes), bytes: bytes.length, mode: step.mode };
	const { real } = step;
	const { path } = step.file;
	if (step.type === 'bytes') return { path, real, by: 'restore', before: await keep(step.live), after: await keep(step.content) };
	const { before, after, format } = step.file.outcome === 'unchanged' ? step.planned : step.onDisk;
	const encoded = (text: string | null) => (text === null ? null : encodeText(text, format));
	return { path, real, by: 'restore', before: await keep(encoded(before)), after: await keep(encoded(after)) };
}

function modeOf(state: FileState | undefined): number | null {
	return state?.type === 'file' ? state.mode : null;
}

/** Contents as texts, in the format of the last one that is a file. Null when one of them is no text. */
function asTexts(contents: readonly (Buffer | null)[]): { readonly all: readonly (string | null)[]; readonly format: TextFormat } | null {
	const all: (string | null)[] = [];
	let format: TextFormat = plainUtf8;
	for (const bytes of contents) {
		const decoded = bytes === null ? null : decodeText(bytes);
		if (bytes !== null && (decoded === null || decoded.text.includes('\0'))) return null;
		all.push(decoded?.text ?? null);
		format = decoded?.format ?? format;
	}
	return { all, format };
}

function actionOf(live: unknown, result: unknown): RestoredFile['action'] {
	if (live === null && result === null) return 'none';
	return live === null ? 'create' : result === null ? 'delete' : 'change';
}

/** The content of a state: null when there was no file, `lost` when it is not kept. */
async function load(state: FileState, checkpoints: CheckpointStore): Promise<Buffer | null | 'lost'> {
	if (state.type === 'absent') return null;
	if (state.type === 'notKept') return 'lost';
	return (await checkpoints.contents.get(state.hash)) ?? 'lost';
}

function notKeptReason(state: FileState): RestoreReason {
	if (state.type === 'notKept' && state.reason === 'tooLarge') return 'tooLarge';
	return state.type === 'notKept' ? 'unreadableBefore' : 'contentDropped';
}

function notComparedReason(state: FileState): RestoreReason {
	return state.type === 'notKept' && state.reason === 'tooLarge' ? 'tooLargeToCompare' : 'notComparable';
}
