import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { indexFile, isDamaged, openIndexForWriting, removeFile, removeIndex, transaction } from './indexDatabase.ts';
import { indexRollout } from './indexTexts.ts';
import { stateOf } from '../rollout/rolloutBytes.ts';
import { RolloutFiles } from '../rollout/rolloutFiles.ts';
import { type ChangedFolder, newestOf, type RolloutRef } from '../rollout/rolloutFolders.ts';
import { readRolloutHead, type RolloutHead } from '../rollout/rolloutHead.ts';
import { sessionMetaEntry } from '../rollout/rolloutLine.ts';
import { sourceKinds } from '../sessionSource.ts';
import { turnCacheOf } from '../turns/turnCache.ts';
import { FILES_OF_A_SECOND, firstNumber } from './fileNumbers.ts';
import { filesOfThread } from './threadIndex.ts';

/** A transaction is ended after this many milliseconds, so that another writer waits no longer. */
const TRANSACTION_MS = 50;

export interface IndexUpdateOptions {
	readonly home: string;
	/** The index was found to be broken: it is made anew. */
	readonly renew: boolean;
}

/**
 * Brings the index up to what the rollouts say: rows for new files first, then the words of what was added to each, newest thread
 * first. Goes on where an earlier update stopped, and may run in several processes at once. A file that cannot be read is left out.
 * Throws when the index cannot be written.
 */
export async function updateIndex(options: IndexUpdateOptions): Promise<void> {
	if (options.renew) removeIndex(indexFile(options.home));
	try {
		await update(options);
	} catch (error) {
		if (options.renew || !isDamaged(error)) throw error;
		await updateIndex({ ...options, renew: true });
	}
}

async function update({ home }: IndexUpdateOptions): Promise<void> {
	const database = await openIndexForWriting(home);
	try {
		const files = new RolloutFiles(home);
		for (const archived of [0, 1] as const) {
			const rows = new Rows(database, { home, archived, files });
			for (const folder of (archived ? files.archived : files.active).changed((each) => rows.knownTime(each))) {
				await rows.take(folder);
			}
			await rows.dropMissingFolders();
			await rows.completeHeads();
		}
		database.exec(`INSERT OR REPLACE INTO state VALUES('complete', '1')`);
		const named = database.prepare('SELECT 1 FROM files WHERE name = ?');
		turnCacheOf(home).clean((name) => named.get(name) !== undefined);
		await indexTexts(database, home);
	} finally {
		database.close();
	}
}

/** The words of everything that was added since, in the order of the threads, the newest first. */
async function indexTexts(database: DatabaseSync, home: string): Promise<void> {
	const files = database.prepare('SELECT n, folder, name, indexed, packed FROM files WHERE n < ? ORDER BY n DESC LIMIT 500');
	for (let before = 2 ** 42; ; ) {
		const batch = files.all(before);
		for (const row of batch) {
			const file = path.join(home, String(row.folder), String(row.name));
			const size = stateOf(file)?.size ?? 0;
			if (size === Number(row.packed ?? row.indexed)) continue;
			await indexRollout(database, { n: Number(row.n), file });
			// Most files are taken in one go: what happens outside, such as the end of the server, is heard between any two.
			await nextTurn();
		}
		const last = batch.at(-1);
		if (!last) return;
		before = Number(last.n);
		await nextTurn();
	}
}

/** The rows of one root. */
class Rows {
	readonly #database: DatabaseSync;
	readonly #home: string;
	readonly #archived: 0 | 1;
	readonly #files: RolloutFiles;

	constructor(database: DatabaseSync, { home, archived, files }: { home: string; archived: 0 | 1; files: RolloutFiles }) {
		this.#database = database;
		this.#home = home;
		this.#archived = archived;
		this.#files = files;
	}

	knownTime(folder: string): number | undefined {
		const row = this.#database.prepare('SELECT mtime FROM folders WHERE folder = ?').get(this.#relative(folder));
		return row && Number(row.mtime);
	}

	async take({ folder, mtimeMs, files }: ChangedFolder): Promise<void> {
		const relative = this.#relative(folder);
		const database = this.#database;
		const rows = database.prepare('SELECT name FROM files WHERE folder = ?').all(relative);
		const known = new Set(rows.map((row) => String(row.name)));
		const left = files.filter((file) => !known.has(path.basename(file.path)));
		while (left.length > 0) {
			transaction(database, () => {
				const began = performance.now();
				while (left.length > 0 && performance.now() - began < TRANSACTION_MS) this.#add(left.shift());
			});
			await nextTurn();
		}
		const present = new Set(files.map((file) => path.basename(file.path)));
		transaction(database, () => {
			for (const name of known) if (!present.has(name)) this.#remove(relative, name);
			if (mtimeMs === null) database.prepare('DELETE FROM folders WHERE folder = ?').run(relative);
			else database.prepare('INSERT OR REPLACE INTO folders VALUES(?, ?)').run(relative, mtimeMs);
		});
	}

	/** Rows of folders that were removed as a whole. */
	async dropMissingFolders(): Promise<void> {
		for (const row of this.#database.prepare('SELECT DISTINCT folder FROM files WHERE archived = ?').all(this.#archived)) {
			const folder = String(row.folder);
			if (!fs.existsSync(path.join(this.#home, folder))) await this.take({ folder: path.join(this.#home, folder), mtimeMs: null, files: [] });
		}
	}

	/** Threads that had no message when they were looked at. */
	async completeHeads(): Promise<void> {
		const rows = this.#database
			.prepare('SELECT n, folder, name, size FROM files INDEXED BY files_without_head WHERE preview IS NULL AND archived = ?')
			.all(this.#archived);
		for (const row of rows) {
			const file = path.join(this.#home, String(row.folder), String(row.name));
			if (stateOf(file)?.size === Number(row.size)) continue;
			const seen = this.#look(file);
			if (!seen) continue;
			this.#database
				.prepare('UPDATE files SET mtime = ?, size = ?, cwd = ?, provider = ?, source = ?, preview = ?, meta = ?, base = ? WHERE n = ?')
				.run(seen.mtimeMs, seen.size, ...headColumns(seen.head), Number(row.n));
			await nextTurn();
		}
	}

	#relative(folder: string): string {
		return path.relative(this.#home, folder);
	}

	#add(ref: RolloutRef | undefined): void {
		const seen = ref && this.#look(ref.path);
		if (!ref || !seen) return;
		const [folder, name] = [this.#relative(path.dirname(ref.path)), path.basename(ref.path)];
		// A thread that was archived, or taken back, keeps its texts.
		for (const row of this.#database.prepare('SELECT n, folder FROM files WHERE name = ? AND folder != ?').all(name, folder)) {
			if (stateOf(path.join(this.#home, String(row.folder), name))) continue;
			this.#database
				.prepare('UPDATE OR IGNORE files SET folder = ?, archived = ?, key = ?, mtime = ? WHERE n = ?')
				.run(folder, this.#archived, ref.key, seen.mtimeMs, Number(row.n));
		}
		this.#database
			.prepare(
				`INSERT OR IGNORE INTO files(n, folder, name, archived, key, id, mtime, size, cwd, provider, source, preview, meta, base)
				VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			)
			.run(this.#number(ref), folder, name, this.#archived, ref.key, ref.id, seen.mtimeMs, seen.size, ...headColumns(seen.head));
		this.#markOlder(ref.id);
	}

	/** Of several files of a thread the newest counts. */
	#markOlder(id: string): void {
		const files = filesOfThread(this.#database, { home: this.#home, id, archived: this.#archived === 1 });
		const newest = newestOf(files).get(id);
		const mark = this.#database.prepare('UPDATE files SET older = ? WHERE folder = ? AND name = ? AND older != ?');
		for (const file of files) {
			const older = file.path === newest?.path ? 0 : 1;
			mark.run(older, this.#relative(path.dirname(file.path)), path.basename(file.path), older);
		}
	}

	/** Null for a file that is gone or cannot be read. */
	#look(file: string): { readonly mtimeMs: number; readonly size: number; readonly head: RolloutHead | null } | null {
		const state = stateOf(file);
		try {
			return state && { mtimeMs: state.mtimeMs, size: state.size, head: readRolloutHead(file, this.#files.locate) };
		} catch {
			return null;
		}
	}

	/** The next free one of the second in which the thread began. */
	#number(ref: RolloutRef): number {
		const first = firstNumber(path.basename(ref.path));
		const last = this.#database.prepare('SELECT max(n) AS n FROM files WHERE n >= ? AND n < ?').get(first, first + FILES_OF_A_SECOND)?.n;
		return typeof last === 'number' ? last + 1 : first;
	}

	#remove(folder: string, name: string): void {
		const row = this.#database.prepare('SELECT n, id FROM files WHERE folder = ? AND name = ?').get(folder, name);
		if (!row) return;
		removeFile(this.#database, Number(row.n));
		this.#markOlder(String(row.id));
	}
}

/** Without preview and meta for a thread that cannot be shown yet: it is looked at again when its file has changed. */
function headColumns(head: RolloutHead | null) {
	if (head === null || head.preview === '') return [null, null, null, null, null, head?.meta.historyBase?.rolloutId ?? null] as const;
	return [
		head.meta.cwd,
		head.meta.modelProvider,
		JSON.stringify(sourceKinds(head.meta.source)),
		head.preview,
		JSON.stringify(sessionMetaEntry(head.meta).payload),
		head.meta.historyBase?.rolloutId ?? null,
	] as const;
}
