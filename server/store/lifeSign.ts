import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/** A sign without a lock that is older than this was left by a crash, in milliseconds; a newer one may be about to be locked. */
const ABANDONED_MS = 60_000;

/**
 * A file that the system keeps locked for as long as this process lives: a lock tells more than a process number does, which containers do
 * not see of each other and which is used again. SQLite locks on every system; nothing is ever written into the file.
 */
export class LifeSign {
	readonly name: string;
	readonly #file: string;
	readonly #lock: DatabaseSync;

	private constructor(file: string, lock: DatabaseSync) {
		this.name = path.basename(file);
		this.#file = file;
		this.#lock = lock;
	}

	/** Null where files cannot be locked. Removes what crashes have left. */
	static give(folder: string): LifeSign | null {
		try {
			fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
			removeAbandoned(folder);
			const file = path.join(folder, randomUUID());
			fs.writeFileSync(file, '', { mode: 0o600, flag: 'wx' });
			const lock = open(file);
			try {
				lock.exec('BEGIN EXCLUSIVE');
				return new LifeSign(file, lock);
			} catch (error) {
				lock.close();
				fs.rmSync(file, { force: true });
				throw error;
			}
		} catch {
			return null;
		}
	}

	drop(): void {
		try {
			this.#lock.close();
			fs.rmSync(this.#file, { force: true });
		} catch {
			// The next one that looks removes it.
		}
	}
}

/** Whether the process that gave a sign lives; 'unknown' where the file system does not tell. `name` comes from a file of anybody's. */
export function lookAtSign(folder: string, name: string): 'given' | 'gone' | 'unknown' {
	if (!/^[0-9a-f-]{36}$/.test(name)) return 'unknown';
	const file = path.join(folder, name);
	try {
		if (!fs.existsSync(file)) return 'gone';
		const database = open(file);
		try {
			database.exec('BEGIN EXCLUSIVE; ROLLBACK');
			return 'gone';
		} finally {
			database.close();
		}
	} catch (error) {
		return isLocked(error) ? 'given' : 'unknown';
	}
}

function open(file: string): DatabaseSync {
	const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
	const database = new Database(file, { timeout: 0 });
	// Else there is a journal beside it.
	database.exec('PRAGMA journal_mode = MEMORY');
	return database;
}

/** SQLITE_BUSY. */
function isLocked(error: unknown): boolean {
	return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

function removeAbandoned(folder: string): void {
	for (const name of fs.readdirSync(folder)) {
		const file = path.join(folder, name);
		const made = fs.statSync(file, { throwIfNoEntry: false });
		if (made !== undefined && Date.now() - made.mtimeMs > ABANDONED_MS && lookAtSign(folder, name) === 'gone') fs.rmSync(file, { force: true });
	}
}
