import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readGuarded } from '../files/guardedFile.ts';
import { type Checkout, keepTree, treeOfFiles } from './repository.ts';
import type { WorktreeRecord } from './worktreeRecord.ts';

/** Larger files are brought back as a whole, or not at all. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
/** `git cat-file` at once. */
const AT_ONCE = 8;
const SMALL_BLOB_BYTES = 2 * MAX_TEXT_BYTES;

type Kind = 'text' | 'binary' | 'link' | 'submodule';

/** A file that is not as it was when the worktree began, or when it was brought back last. */
export interface WorktreeChange {
	/** Relative to the root, with `/`. */
	readonly path: string;
	readonly status: 'added' | 'modified' | 'deleted';
	readonly kind: Kind;
	/** Of a text: what it was; null when there was none. */
	readonly before: string | null;
	/** Of a text: what it is in the worktree; null when there is none. */
	readonly after: string | null;
	/** Whether the person's folder has exactly what it was, in files that are no text. */
	readonly unchangedInFolder: boolean;
	/** Whether the worktree made it a program, or none; null where that is as it was. */
	readonly executable: boolean | null;
}

export interface WorktreeChanges {
	/** All files of the worktree as they are. */
	readonly tree: string;
	readonly changes: readonly WorktreeChange[];
}

interface Entry {
	readonly path: string;
	readonly status: string;
	readonly oldMode: string;
	readonly mode: string;
	readonly oldBlob: string;
	readonly blob: string;
}

const NONE = '000000';

async function entriesBetween({ run }: Checkout, from: string, to: string): Promise<readonly Entry[]> {
	const parts = (await run(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to])).split('\0');
	const entries: Entry[] = [];
	for (let at = 0; at + 1 < parts.length; at += 2) {
		const [oldMode = '', mode = '', oldBlob = '', blob = '', status = ''] = (parts[at] ?? '').replace(/^:/, '').split(' ');
		entries.push({ path: parts[at + 1] ?? '', status, oldMode, mode, oldBlob, blob });
	}
	return entries;
}

/** Paths of what the worktree has that was not brought back. */
export async function pathsNotBroughtBack(
	checkout: Checkout,
	{ base }: WorktreeRecord,
): Promise<{ readonly tree: string; readonly paths: readonly string[] }> {
	const tree = await treeOfFiles(checkout);
	return { tree, paths: (await entriesBetween(checkout, base, tree)).map((entry) => entry.path) };
}

/**
 * What bringing a worktree back would change: all that is new since it was brought back last, and what was brought back before, when the
 * person took it out again.
 */
export async function changesOf(checkout: Checkout, record: WorktreeRecord): Promise<WorktreeChanges> {
	const tree = await treeOfFiles(checkout);
	const fresh = await entriesBetween(checkout, record.base, tree);
	const names = new Set(fresh.map((entry) => entry.path));
	const takenBack: Entry[] = [];
	if (Object.keys(record.applied).length > 0) {
		for (const entry of await entriesBetween(checkout, record.start, tree)) {
			const before = record.applied[entry.path];
			if (before === undefined || names.has(entry.path)) continue;
			if ((await hashOf(path.join(record.source, entry.path))) === before) takenBack.push(entry);
		}
	}
	const waiting = [...fresh, ...takenBack].sort((a, b) => (a.path < b.path ? -1 : 1));
	const changes: WorktreeChange[] = [];
	for (let at = 0; at < waiting.length; at += AT_ONCE) {
		changes.push(...(await Promise.all(waiting.slice(at, at + AT_ONCE).map((entry) => changeOf(checkout, record, entry)))));
	}
	return { tree, changes };
}

async function changeOf(checkout: Checkout, { source }: WorktreeRecord, entry: Entry): Promise<WorktreeChange> {
	const { path: file, oldMode, mode } = entry;
	const status = oldMode === NONE ? 'added' : mode === NONE ? 'deleted' : 'modified';
	const same = { path: file, status, executable: executableOf(entry) } as const;
	const special = [oldMode, mode].includes('160000') ? 'submodule' : [oldMode, mode].includes('120000') ? 'link' : null;
	if (special !== null) return { ...same, kind: special, before: null, after: null, unchangedInFolder: false };
	const [before, after] = await Promise.all([
		oldMode === NONE ? null : storedBytes(checkout, entry),
		mode === NONE ? null : diskBytes(path.join(checkout.root, file)),
	]);
	const texts = { before: before && textIn(before), after: after && textIn(after) };
	if ((before === null || texts.before !== null) && (after === null || texts.after !== null) && before !== 'large' && after !== 'large') {
		return { ...same, kind: 'text', ...texts, unchangedInFolder: false };
	}
	const live = await diskBytes(path.join(source, file));
	const unchangedInFolder = before === null ? live === null : live !== null && before !== 'large' && live !== 'large' && live.equals(before);
	return { ...same, kind: 'binary', before: null, after: null, unchangedInFolder };
}

function executableOf({ oldMode, mode }: Entry): boolean | null {
	if (mode === '100755') return oldMode === mode ? null : true;
	return mode === '100644' && oldMode === '100755' ? false : null;
}

type Bytes = Buffer | 'large';

/** As it would be on the disk. */
async function storedBytes({ run }: Checkout, { path: file, oldBlob }: Entry): Promise<Bytes> {
	const size = Number(await run(['cat-file', '-s', oldBlob]));
	if (size > SMALL_BLOB_BYTES) return 'large';
	return Buffer.from(await run(['cat-file', '--filters', `--path=${file}`, oldBlob], { encoding: 'latin1' }), 'latin1');
}

async function diskBytes(file: string): Promise<Bytes | null> {
	const read = await readGuarded(file, { maxBytes: SMALL_BLOB_BYTES });
	return read.type === 'content' ? read.bytes : read.type === 'missing' ? null : 'large';
}

/** Null for what is no text that an editor could keep. */
function textIn(bytes: Bytes): string | null {
	if (bytes === 'large' || bytes.length > MAX_TEXT_BYTES || bytes.includes(0)) return null;
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return null;
	}
}

/** Of a file; null when there is none that can be read. */
export async function hashOf(file: string): Promise<string | null> {
	const read = await readGuarded(file, { maxBytes: SMALL_BLOB_BYTES });
	return read.type === 'content' ? createHash('sha256').update(read.bytes).digest('hex') : null;
}

/** The commit whose files are those that the person's folder has of the worktree from now on. */
export async function broughtBack(
	checkout: Checkout,
	{ base }: WorktreeRecord,
	{ tree, paths }: { readonly tree: string; readonly paths: readonly string[] },
): Promise<string> {
	const wanted = new Set(paths);
	const entries = await entriesBetween(checkout, base, tree);
	const lines = entries
		.filter((entry) => wanted.has(entry.path))
		.map(({ path: file, mode, blob, oldBlob }) => (mode === NONE ? `0 ${'0'.repeat(oldBlob.length)}\t${file}\0` : `${mode} ${blob}\t${file}\0`));
	if (lines.length === 0) return base;
	return await withIndex(checkout, base, lines.join(''));
}

async function withIndex(checkout: Checkout, base: string, lines: string): Promise<string> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tiller-base-'));
	try {
		const extraEnv = { GIT_INDEX_FILE: path.join(folder, 'index') };
		await checkout.run(['read-tree', `${base}^{tree}`], { extraEnv });
		await checkout.run(['update-index', '-z', '--index-info'], { extraEnv, input: lines });
		const tree = (await checkout.run(['write-tree'], { extraEnv })).trim();
		return await keepTree(checkout, tree, { after: base, message: 'What was brought back' });
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
