import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/** Changes with every change of the tables or of what is written into them: an older file is left to its program and removed. */
const INDEX_VERSION = 3;

/** The one place that names the file. It is a cache: deleted at any time, it is built again from the rollouts. */
export function indexFile(home: string): string {
	return path.join(home, 'tiller', `index_${INDEX_VERSION}.sqlite`);
}

/**
 * `files` has a row for every rollout file, `folders` the time of change at which a folder's files were all in it. `texts` finds words
 * without keeping them: the text itself is read from the rollout, where `docs` says. The number of a file grows with the time at which
 * its thread began and is the higher part of the numbers of its texts, so the newest come first without sorting. `older`: a newer file has
 * taken its place; `base`: the rollout that it goes on from; `packed`: bytes of the packed file whose words are in the index.
 */
const SCHEMA = `
CREATE TABLE folders(folder TEXT PRIMARY KEY, mtime REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE files(
	n INTEGER PRIMARY KEY,
	folder TEXT NOT NULL,
	name TEXT NOT NULL,
	archived INTEGER NOT NULL,
	key TEXT NOT NULL,
	id TEXT NOT NULL,
	mtime REAL NOT NULL,
	size INTEGER NOT NULL,
	cwd TEXT,
	provider TEXT,
	source TEXT,
	preview TEXT,
	meta TEXT,
	indexed INTEGER NOT NULL DEFAULT 0,
	docs INTEGER NOT NULL DEFAULT 0,
	turn TEXT,
	older INTEGER NOT NULL DEFAULT 0,
	base TEXT,
	packed INTEGER,
	UNIQUE(folder, name)
);
CREATE INDEX files_by_key ON files(archived, key);
CREATE INDEX files_by_cwd ON files(archived, cwd, key);
CREATE INDEX files_by_id ON files(id);
CREATE INDEX files_by_name ON files(name);
CREATE INDEX files_by_base ON files(base) WHERE base IS NOT NULL;
CREATE INDEX files_by_time ON files(mtime);
CREATE INDEX files_without_head ON files(folder) WHERE preview IS NULL;
CREATE TRIGGER files_deleted AFTER DELETE ON files BEGIN DELETE FROM folders WHERE folder = old.folder; END;
CREATE TABLE docs(n INTEGER PRIMARY KEY, start INTEGER NOT NULL, length INTEGER NOT NULL, kind TEXT NOT NULL, turn TEXT, item TEXT);
CREATE VIRTUAL TABLE texts USING fts5(text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
CREATE TABLE state(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

/** Lists by last change; also added to a file that was made without them. */
const MORE_INDEXES = `
CREATE INDEX IF NOT EXISTS files_by_change ON files(archived, mtime, key);
CREATE INDEX IF NOT EXISTS files_by_cwd_change ON files(archived, cwd, mtime, key);
`;

/** Numbers of texts that a file has room for: 2 to this power. */
export const DOC_BITS = 21;

/** Opens the index for reading. Null while there is none. Throws when it cannot be read. */
export async function openIndexForReading(home: string): Promise<DatabaseSync | null> {
	const file = indexFile(home);
	if (!fs.existsSync(file)) return null;
	const { DatabaseSync: Database } = await import('node:sqlite');
	const database = new Database(file, { readOnly: true, timeout: 20 });
	try {
		if (versionOf(database) === INDEX_VERSION) return database;
	} catch (error) {
		database.close();
		throw error;
	}
	database.close();
	return null;
}

/** Opens the index for writing; makes it when there is none, and anew when it is damaged. Throws when that is impossible. */
export async function openIndexForWriting(home: string): Promise<DatabaseSync> {
	const file = indexFile(home);
	fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	removeOlder(path.dirname(file));
	try {
		return await open(file);
	} catch (error) {
		if (!isDamaged(error)) throw error;
		removeIndex(file);
		return open(file);
	}
}

/** Whether the file is no database, or a broken one: then it is made anew. Another error (locked, full, forbidden) passes. */
export function isDamaged(error: unknown): boolean {
	if (!(error instanceof Error) || !('errcode' in error)) return false;
	const code = Number(error.errcode) & 0xff;
	// SQLITE_CORRUPT, SQLITE_NOTADB, and tables that are not ours.
	return code === 11 || code === 26 || (code === 1 && /no such (?:table|column)|already exists|malformed/.test(error.message));
}

export function removeIndex(file: string): void {
	for (const suffix of ['', '-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
}

async function open(file: string): Promise<DatabaseSync> {
	const { DatabaseSync: Database } = await import('node:sqlite');
	const database = new Database(file, { timeout: 5000 });
	try {
		fs.chmodSync(file, 0o600);
		// What is lost when the power fails is built again.
		database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA journal_size_limit = 4194304;');
		if (versionOf(database) !== INDEX_VERSION) {
			database.exec(`BEGIN IMMEDIATE`);
			// Another process may have been first.
			if (versionOf(database) !== INDEX_VERSION) database.exec(`${SCHEMA}; PRAGMA user_version = ${INDEX_VERSION}`);
			database.exec('COMMIT');
		}
		database.exec(MORE_INDEXES);
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

function versionOf(database: DatabaseSync): number {
	return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/** Files of older versions of ours go; a newer one belongs to a newer program that may run beside this one. */
function removeOlder(folder: string): void {
	for (const name of fs.readdirSync(folder)) {
		const version = /^index_(\d+)\.sqlite(?:-wal|-shm)?$/.exec(name)?.[1];
		if (version !== undefined && Number(version) < INDEX_VERSION) fs.rmSync(path.join(folder, name), { force: true });
	}
}

/** Takes a file out of the index, with its texts. Inside a transaction. */
export function removeFile(database: DatabaseSync, n: number): void {
	removeTexts(database, n);
	database.prepare('DELETE FROM files WHERE n = ?').run(n);
}

export function removeTexts(database: DatabaseSync, n: number): void {
	for (const table of ['texts', 'docs'] as const) {
		const column = table === 'texts' ? 'rowid' : 'n';
		database.prepare(`DELETE FROM ${table} WHERE ${column} >= (? << ${DOC_BITS}) AND ${column} < ((? + 1) << ${DOC_BITS})`).run(n, n);
	}
	database.prepare('UPDATE files SET indexed = 0, docs = 0, turn = NULL WHERE n = ?').run(n);
}

export function transaction(database: DatabaseSync, work: () => void): void {
	database.exec('BEGIN IMMEDIATE');
	try {
		work();
		database.exec('COMMIT');
	} catch (error) {
		if (database.isTransaction) database.exec('ROLLBACK');
		throw error;
	}
}
