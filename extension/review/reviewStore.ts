import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { FileReview } from './fileReview.ts';

/** Part of the file's name: another version of Tiller that runs beside this one keeps to its own. */
const VERSION = 1;
/** Threads whose place is remembered, in all windows; the ones used longest ago are forgotten. */
const MAX_THREADS = 2_000;
/** How long a window waits for another one's write, which takes milliseconds. */
const BUSY_MS = 5_000;

/**
 * `revision` grows with each write and is never used again, so a review that has the same one is the same. `known`: how many changes of a
 * thread are taken in. `followed`: the threads of a window, by its folders. `merged`: older files that were taken in.
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS files(revision INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, threads TEXT NOT NULL, review TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS threads(revision INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, known INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS followed(folders TEXT NOT NULL, thread TEXT NOT NULL, PRIMARY KEY(folders, thread)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS merged(file TEXT PRIMARY KEY) WITHOUT ROWID;
`;

const Text = z.string().nullable();
export const SavedReview = z.object({
	path: z.string(),
	base: Text,
	agent: Text,
	opaque: z.boolean(),
	sources: z.array(z.object({ threadId: z.string(), checkpointId: z.string() })),
	reviewed: z.array(z.string()),
}) satisfies z.ZodType<FileReview>;
const Threads = z.array(z.string());

/** What is known of a file under review without reading its texts. */
export interface ReviewHead {
	readonly revision: number;
	readonly path: string;
	readonly threads: readonly string[];
}

/**
 * The reviews of all windows in one database: whatever was decided in one of them is decided in all, and a window that ends at any moment
 * leaves whole changes. Paths are real paths, because each window may spell them in its own way.
 */
export class ReviewStore {
	/** Written after each change, for the other windows to watch: not every system tells of writes into a database that is open. */
	readonly signal: string | null;
	readonly #database: DatabaseSync;
	readonly #failed: (error: unknown) => void;
	#seen: unknown = null;

	private constructor(database: DatabaseSync, { file, failed }: { readonly file: string | null; readonly failed: (error: unknown) => void }) {
		this.#database = database;
		this.#failed = failed;
		this.signal = file === null ? null : `${file}.changed`;
	}

	/** Of this window alone, for as long as it lives. */
	static async inMemory(failed: (error: unknown) => void): Promise<ReviewStore> {
		return new ReviewStore(await openDatabase(':memory:'), { file: null, failed });
	}

	/** Opens the database in a folder, and makes it when there is none. A damaged one is set aside and reported. Throws when that is impossible. */
	static async open(folder: string, failed: (error: unknown) => void): Promise<ReviewStore> {
		const file = path.join(folder, `reviews_${VERSION}.sqlite`);
		fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
		try {
			return new ReviewStore(await openDatabase(file), { file, failed });
		} catch (error) {
			if (!isDamaged(error)) throw error;
			failed(error);
			for (const suffix of ['-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
			fs.renameSync(file, `${file}.damaged`);
			return new ReviewStore(await openDatabase(file), { file, failed });
		}
	}

	close(): void {
		this.#database.close();
	}

	/** All of it or nothing, and no other window writes meanwhile. */
	write<T>(step: () => T): T {
		this.#database.exec('BEGIN IMMEDIATE');
		try {
			const result = step();
			this.#database.exec('COMMIT');
			this.#tell();
			return result;
		} catch (error) {
			if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
			throw error;
		}
	}

	#tell(): void {
		try {
			if (this.signal !== null) fs.writeFileSync(this.signal, '', { mode: 0o600 });
		} catch (error) {
			// It is stored. The other windows see it when they get the focus.
			this.#failed(error);
		}
	}

	/** Whether another window has written since this was last asked. */
	hasNews(): boolean {
		const version = this.#database.prepare('PRAGMA data_version').get()?.['data_version'];
		const isNew = version !== this.#seen;
		this.#seen = version;
		return isNew;
	}

	heads(): readonly ReviewHead[] {
		const rows = this.#database.prepare('SELECT revision, path, threads FROM files').all();
		return rows.map(({ revision, path, threads }) => ({
			revision: Number(revision),
			path: String(path),
			threads: Threads.parse(JSON.parse(String(threads))),
		}));
	}

	file(path: string): { readonly revision: number; readonly review: FileReview } | null {
		const row = this.#database.prepare('SELECT revision, review FROM files WHERE path = ?').get(path);
		if (row === undefined) return null;
		const parsed = SavedReview.safeParse(JSON.parse(String(row['review'])));
		// Another shape was written by another build of this version: the next change of the file begins anew.
		return parsed.success ? { revision: Number(row['revision']), review: parsed.data } : null;
	}

	/** Null removes it. */
	put(path: string, review: FileReview | null): void {
		if (review === null) {
			this.#database.prepare('DELETE FROM files WHERE path = ?').run(path);
			return;
		}
		const threads = [...new Set(review.sources.map(({ threadId }) => threadId))];
		const replace = this.#database.prepare('INSERT OR REPLACE INTO files(path, threads, review) VALUES(?, ?, ?)');
		replace.run(path, JSON.stringify(threads), JSON.stringify(review));
	}

	known(threadId: string): number | null {
		const row = this.#database.prepare('SELECT known FROM threads WHERE id = ?').get(threadId);
		return row === undefined ? null : Number(row['known']);
	}

	setKnown(threadId: string, known: number): void {
		this.#database.prepare('INSERT OR REPLACE INTO threads(id, known) VALUES(?, ?)').run(threadId, known);
		const oldest = this.#database.prepare('SELECT revision FROM threads ORDER BY revision DESC LIMIT 1 OFFSET ?').get(MAX_THREADS)?.['revision'];
		if (oldest === undefined) return;
		this.#database.prepare('DELETE FROM threads WHERE revision <= ?').run(Number(oldest));
		this.#database.exec('DELETE FROM followed WHERE thread NOT IN (SELECT id FROM threads)');
	}

	follow(folders: string, threadId: string): void {
		this.#database.prepare('INSERT OR IGNORE INTO followed(folders, thread) VALUES(?, ?)').run(folders, threadId);
	}

	/** The ids of threads that a window with these folders follows, the one that was used last first. */
	followed(folders: string): readonly string[] {
		const rows = this.#database
			.prepare('SELECT thread FROM followed JOIN threads ON threads.id = followed.thread WHERE folders = ? ORDER BY threads.revision DESC')
			.all(folders);
		return rows.map(({ thread }) => String(thread));
	}

	/** True once for each file of an older version. Inside of `write`. */
	isFirstMerge(file: string): boolean {
		return this.#database.prepare('INSERT OR IGNORE INTO merged(file) VALUES(?)').run(file).changes === 1;
	}
}

async function openDatabase(file: string): Promise<DatabaseSync> {
	const { DatabaseSync: Database } = await import('node:sqlite');
	const database = new Database(file, { timeout: BUSY_MS });
	try {
		if (file !== ':memory:') fs.chmodSync(file, 0o600);
		database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304; ${SCHEMA}`);
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

/** SQLITE_CORRUPT or SQLITE_NOTADB. */
function isDamaged(error: unknown): boolean {
	return error instanceof Error && 'errcode' in error && [11, 26].includes(Number(error.errcode) & 0xff);
}
