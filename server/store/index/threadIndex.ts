import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { indexFile, isDamaged, openIndexForReading } from './indexDatabase.ts';
import { type RolloutHead, unknownForm } from '../rollout/rolloutHead.ts';
import type { RolloutRef } from '../rollout/rolloutFolders.ts';
import { isRecord, parseSessionMeta } from '../rollout/rolloutLine.ts';
import { parseRolloutName } from '../rollout/rolloutName.ts';
import type { ThreadQuery } from '../threadStore.ts';

/** A rollout as the index knows it. */
export interface IndexedFile {
	readonly path: string;
	readonly key: string;
	readonly head: RolloutHead;
	/** Unix milliseconds and bytes, as they were when the index was last brought up to date. */
	readonly mtimeMs: number;
	readonly size: number;
}

export interface ThreadIndexOptions {
	readonly home: string;
	/** Told once when the index cannot be used. */
	readonly onProblem: (error: unknown) => void;
}

/**
 * The index, for reading. Whatever is wrong with it, the answer is null, and the rollouts themselves are asked. `damaged` says
 * afterwards whether it has to be made anew.
 */
export class ThreadIndex {
	readonly #options: ThreadIndexOptions;
	#open: { readonly database: DatabaseSync; readonly inode: number; complete: boolean } | null = null;
	#told = false;
	damaged = false;

	constructor(options: ThreadIndexOptions) {
		this.#options = options;
	}

	/** Runs the work with the index once every thread is in it; null when that is not so, or when the work fails. */
	async use<T>(work: (database: DatabaseSync) => T | Promise<T>): Promise<T | null> {
		try {
			const open = await this.#current();
			if (open === null) return null;
			open.complete ||= open.database.prepare(`SELECT 1 FROM state WHERE name = 'complete'`).get() !== undefined;
			return open.complete ? await work(open.database) : null;
		} catch (error) {
			this.#failed(error);
			return null;
		}
	}

	close(): void {
		this.#open?.database.close();
		this.#open = null;
	}

	async #current() {
		const inode = fs.statSync(indexFile(this.#options.home), { throwIfNoEntry: false })?.ino ?? null;
		if (this.#open && this.#open.inode !== inode) this.close();
		if (this.#open || inode === null) return this.#open;
		const database = await openIndexForReading(this.#options.home);
		this.#open ??= database && { database, inode, complete: false };
		if (database && this.#open?.database !== database) database.close();
		return this.#open;
	}

	#failed(error: unknown): void {
		this.damaged ||= isDamaged(error);
		try {
			this.close();
		} catch {
			// Closing a broken one may fail as well.
			this.#open = null;
		}
		if (this.#told) return;
		this.#told = true;
		this.#options.onProblem(error);
	}
}

const COLUMNS = 'folder, name, key, mtime, size, preview, meta';

/** The times at which the folders' files were all in the index, by path. */
export function knownFolders(database: DatabaseSync, home: string): ReadonlyMap<string, number> {
	const rows = database.prepare('SELECT folder, mtime FROM folders').all();
	return new Map(rows.map((row) => [path.join(home, String(row.folder)), Number(row.mtime)]));
}

/** Names of files in a folder whose heads are in the index. */
export function knownFiles(database: DatabaseSync, folder: string): ReadonlySet<string> {
	return new Set(
		database
			.prepare('SELECT name FROM files WHERE folder = ? AND preview IS NOT NULL')
			.all(folder)
			.map((row) => String(row.name)),
	);
}

/** Files that had nothing to show when they were indexed; they may have by now. */
export function filesWithoutHead(
	database: DatabaseSync,
	home: string,
	archived: boolean,
): readonly { readonly path: string; readonly key: string }[] {
	const rows = database
		.prepare('SELECT folder, name, key FROM files INDEXED BY files_without_head WHERE preview IS NULL AND archived = ? AND older = 0')
		.all(archived ? 1 : 0);
	return rows.map((row) => ({ path: path.join(home, String(row.folder), String(row.name)), key: String(row.key) }));
}

export interface IndexQuery extends Omit<ThreadQuery, 'cursor'> {
	/** Threads whose names contain the search term. */
	readonly named: readonly string[];
	/** Where the page begins; null at the start. `time` counts in lists by time of change only. */
	readonly after: { readonly time: number; readonly key: string } | null;
}

/** The files that fit, in the order of the list. Rows are read as they are asked for. */
export function* queryFiles(database: DatabaseSync, home: string, query: IndexQuery): Generator<IndexedFile> {
	const { sql, values } = conditions(query);
	const [sign, order] = query.sortDirection === 'desc' ? ['<', 'DESC'] : ['>', 'ASC'];
	const byTime = query.sortKey === 'updated_at';
	if (query.after) {
		sql.push(byTime ? `(mtime, key) ${sign} (?, ?)` : `key ${sign} ?`);
		values.push(...(byTime ? [query.after.time, query.after.key] : [query.after.key]));
	}
	const sorting = byTime ? `mtime ${order}, key ${order}` : `key ${order}`;
	const statement = database.prepare(`SELECT ${COLUMNS} FROM files WHERE ${sql.join(' AND ')} ORDER BY ${sorting}`);
	for (const row of statement.iterate(...values)) {
		const file = toFile(row, home);
		if (file) yield file;
	}
}

const ROWS_AT_ONCE = 512;

/** Paths and keys of the files that fit, in any order. Other work may be done between two of them: no statement is left open. */
export function* matchingFiles(database: DatabaseSync, home: string, query: IndexQuery): Generator<{ readonly path: string; readonly key: string }> {
	// Folder by folder, each in the order of an index: nothing has to be sorted.
	for (const cwd of query.cwds ? new Set(query.cwds) : [null]) {
		const { sql, values } = conditions({ ...query, cwds: null });
		const fits = [...(cwd === null ? [] : ['cwd = ?']), ...sql, '(key, n) > (?, ?)'].join(' AND ');
		const statement = database.prepare(`SELECT n, folder, name, key FROM files WHERE ${fits} ORDER BY key, n LIMIT ${ROWS_AT_ONCE}`);
		let rows: ReturnType<typeof statement.all> | null = null;
		for (let [key, n] = ['', 0]; rows === null || rows.length === ROWS_AT_ONCE; ) {
			rows = statement.all(...(cwd === null ? [] : [cwd]), ...values, key, n);
			for (const row of rows) {
				[key, n] = [String(row.key), Number(row.n)];
				yield { path: path.join(home, String(row.folder), String(row.name)), key };
			}
		}
	}
}

/** A file with its head; null when the index does not have it. */
export function indexedFile(database: DatabaseSync, home: string, file: string): IndexedFile | null {
	const row = database
		.prepare(`SELECT ${COLUMNS} FROM files WHERE folder = ? AND name = ? AND preview IS NOT NULL`)
		.get(path.relative(home, path.dirname(file)), path.basename(file));
	return row ? toFile(row, home) : null;
}

/** All files of a thread, also those that newer ones have taken the place of. */
export function filesOfThread(
	database: DatabaseSync,
	{ home, id, archived }: { readonly home: string; readonly id: string; readonly archived: boolean },
): readonly (RolloutRef & { readonly older: boolean })[] {
	// The sign keeps SQLite from going by `archived`, which nearly all files share.
	const rows = database.prepare('SELECT folder, name, key, older FROM files WHERE id = ? AND +archived = ?').all(id, archived ? 1 : 0);
	return rows.flatMap((row) => {
		const name = parseRolloutName(String(row.name));
		return name ? [{ path: path.join(home, String(row.folder), String(row.name)), key: String(row.key), id, name, older: row.older === 1 }] : [];
	});
}

/** Ids of the threads that go on from records of a rollout. */
export function threadsOnBase(database: DatabaseSync, rolloutIds: readonly string[]): readonly string[] {
	return database
		.prepare('SELECT DISTINCT id FROM files WHERE base IN (SELECT value FROM json_each(?))')
		.all(JSON.stringify(rolloutIds))
		.map((row) => String(row.id));
}

function conditions(query: IndexQuery): { readonly sql: string[]; readonly values: SQLInputValue[] } {
	const sql = ['archived = ?', 'preview IS NOT NULL', 'older = 0'];
	const values: SQLInputValue[] = [query.archived ? 1 : 0];
	const among = (column: string, list: readonly string[]) => {
		sql.push(`${column} IN (SELECT value FROM json_each(?))`);
		values.push(JSON.stringify(list));
	};
	const [cwd, ...others] = query.cwds ?? [];
	if (cwd !== undefined && others.length === 0) {
		sql.push('cwd = ?');
		values.push(cwd);
	} else if (query.cwds) among('cwd', query.cwds);
	if (query.providers?.length) among('provider', query.providers);
	if (query.sources) {
		sql.push('EXISTS (SELECT 1 FROM json_each(source) kind WHERE kind.value IN (SELECT value FROM json_each(?)))');
		values.push(JSON.stringify(query.sources));
	}
	if (query.searchTerm !== null) {
		sql.push('(instr(preview, ?) > 0 OR id IN (SELECT value FROM json_each(?)))');
		values.push(query.searchTerm, JSON.stringify(query.named));
	}
	return { sql, values };
}

/** Null for a row that does not hold what this program writes. */
export function toFile(row: Readonly<Record<string, unknown>>, home: string): IndexedFile | null {
	const payload: unknown = typeof row.meta === 'string' ? JSON.parse(row.meta) : null;
	const meta = isRecord(payload) ? parseSessionMeta({ timestamp: '', type: 'session_meta', payload }) : null;
	if (meta === null || typeof row.preview !== 'string') return null;
	return {
		path: path.join(home, String(row.folder), String(row.name)),
		key: String(row.key),
		head: { meta, preview: row.preview, missing: unknownForm(meta) },
		mtimeMs: Number(row.mtime),
		size: Number(row.size),
	};
}

/** The files that were written to last, with the bytes of them whose words are in the index. */
export function latestFiles(
	database: DatabaseSync,
	home: string,
): readonly { readonly path: string; readonly indexed: number; readonly packed: number | null }[] {
	const rows = database.prepare('SELECT folder, name, indexed, packed FROM files ORDER BY mtime DESC LIMIT 50').all();
	return rows.map((row) => ({
		path: path.join(home, String(row.folder), String(row.name)),
		indexed: Number(row.indexed),
		packed: typeof row.packed === 'number' ? row.packed : null,
	}));
}
