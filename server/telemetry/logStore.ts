import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { LogLevel } from './logger.ts';

/** One line of the log. */
export interface LogEntry {
	/** Unix milliseconds. */
	readonly at: number;
	readonly level: LogLevel;
	readonly body: string;
	/** The thread that it is about; null when it is about none. */
	readonly threadId: string | null;
}

export interface LogStoreOptions {
	/** The database; null keeps everything in memory. Asked when the first lines are written. */
	readonly file: () => string | null;
	/** Takes secrets out of what is kept. */
	readonly redact: (text: string) => string;
	readonly now: () => number;
	readonly limits?: Partial<LogLimits>;
}

export interface LogLimits {
	/** Lines wait so long to be written together, in milliseconds. */
	readonly delayMs: number;
	/** So many are written at once, whatever they have waited. */
	readonly batch: number;
	/** Older ones go, in milliseconds. */
	readonly ageMs: number;
	/** The oldest ones go when all together are larger, in bytes. */
	readonly bytes: number;
	/** A longer line is cut, in characters. */
	readonly line: number;
	/** What is kept in memory where there is no database, in bytes. */
	readonly memory: number;
}

const LIMITS: LogLimits = { delayMs: 2000, batch: 500, ageMs: 10 * 24 * 60 * 60_000, bytes: 16 * 1024 * 1024, line: 8192, memory: 2 * 1024 * 1024 };

/** What a row takes besides its text, in bytes. */
const ROW_BYTES = 100;
/** After so many bytes were added it is looked whether old ones have to go. */
const SWEEP_BYTES = 1024 * 1024;

const SCHEMA = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS logs (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	level TEXT NOT NULL,
	body TEXT NOT NULL,
	thread_id TEXT,
	process_uuid TEXT NOT NULL,
	bytes INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS logs_of_thread ON logs (thread_id, id);
CREATE INDEX IF NOT EXISTS logs_of_process ON logs (process_uuid, id) WHERE thread_id IS NULL;
`;

/**
 * All lines of the log, also those that a filter keeps from standard error (S209): for whoever reports a fault. Written together and
 * later, so that work does not wait for it; without a database the newest are kept in memory. Never throws, and never logs.
 */
export class LogStore {
	readonly processId = randomUUID();
	readonly #options: LogStoreOptions;
	readonly #limits: LogLimits;
	#waiting: LogEntry[] = [];
	#timer: NodeJS.Timeout | null = null;
	#database: DatabaseSync | null = null;
	/** Set when there is no database, or none that can be used: the newest lines. */
	#memory: { entries: LogEntry[]; bytes: number } | null = null;
	#sinceSweep = Number.POSITIVE_INFINITY;

	constructor(options: LogStoreOptions) {
		this.#options = options;
		this.#limits = { ...LIMITS, ...options.limits };
	}

	add(entry: LogEntry): void {
		this.#waiting.push(entry);
		if (this.#waiting.length >= this.#limits.batch) this.flush();
		else this.#timer ??= setTimeout(() => this.flush(), this.#limits.delayMs).unref();
	}

	/** Everything that was added is where it can be read. */
	flush(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		if (this.#waiting.length === 0) return;
		const entries = this.#waiting.map((entry) => ({ ...entry, body: this.#options.redact(entry.body.slice(0, this.#limits.line)) }));
		this.#waiting = [];
		if (this.#memory === null) {
			try {
				this.#write(entries);
				return;
			} catch (error) {
				// Another process writes: what waits goes along with the next lines.
				if (isBusy(error) && entries.length < this.#limits.batch * 4) {
					this.#waiting = [...entries, ...this.#waiting];
					return;
				}
				this.#close();
			}
		}
		this.#remember(entries);
	}

	/**
	 * The newest lines about a thread, and those of this process and of others that worked in it that are about none, as far as they fit:
	 * the first that does not fit ends it (S210). Without a thread those of this process. The oldest first, each with its level; null when there are none.
	 */
	newest(threadId: string | null, maxBytes: number): string | null {
		this.flush();
		const lines: string[] = [];
		let bytes = 0;
		for (const { at, level, body } of this.#newestFirst(threadId)) {
			const line = `${new Date(at).toISOString()} ${level.toUpperCase().padEnd(5)} ${body}\n`;
			bytes += Buffer.byteLength(line);
			if (bytes > maxBytes) break;
			lines.push(line);
		}
		return lines.length === 0 ? null : lines.toReversed().join('');
	}

	dispose(): void {
		this.flush();
		this.#close();
	}

	*#newestFirst(threadId: string | null): Generator<LogEntry> {
		if (this.#database === null) {
			yield* (this.#memory?.entries ?? []).toReversed().filter((entry) => entry.threadId === null || entry.threadId === threadId);
			return;
		}
		const of = threadId === null ? `process_uuid = :process AND thread_id IS NULL` : OF_THREAD;
		const rows = this.#database
			.prepare(`SELECT at, level, body, thread_id FROM logs WHERE ${of} ORDER BY id DESC`)
			.iterate({ process: this.processId, ...(threadId === null ? {} : { thread: threadId }) });
		try {
			for (const { at, level, body } of rows) yield { at: Number(at), level: String(level) as LogLevel, body: String(body), threadId };
		} catch {
			// A damaged database: what was read is all there is.
		}
	}

	#write(entries: readonly LogEntry[]): void {
		const database = (this.#database ??= this.#open());
		if (database === null) throw new Error('there is no database for the log');
		const insert = database.prepare('INSERT INTO logs (at, level, body, thread_id, process_uuid, bytes) VALUES (?, ?, ?, ?, ?, ?)');
		database.exec('BEGIN IMMEDIATE');
		try {
			for (const { at, level, body, threadId } of entries) {
				const bytes = Buffer.byteLength(body) + ROW_BYTES;
				this.#sinceSweep += bytes;
				insert.run(at, level, body, threadId, this.processId, bytes);
			}
			if (this.#sinceSweep >= SWEEP_BYTES) this.#sweep(database);
			database.exec('COMMIT');
		} catch (error) {
			database.exec('ROLLBACK');
			throw error;
		}
	}

	/** Takes away what is too old, and the oldest where all is too much: then a quarter more, so that it is not done again soon. */
	#sweep(database: DatabaseSync): void {
		this.#sinceSweep = 0;
		const { ageMs, bytes } = this.#limits;
		// In the order of their numbers, so that it stops at the first that stays.
		const first = database.prepare('SELECT id FROM logs WHERE at >= ? ORDER BY id LIMIT 1').get(this.#options.now() - ageMs)?.id;
		if (first !== undefined) database.prepare('DELETE FROM logs WHERE id < ?').run(first);
		const pages = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
		if ((pages('page_count') - pages('freelist_count')) * pages('page_size') > bytes) database.prepare(DELETE_BEYOND).run(bytes * 0.75);
	}

	#open(): DatabaseSync | null {
		const file = this.#options.file();
		if (file === null) return null;
		fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
		// Loaded when the first lines are written, which is later than anything that a person waits for.
		const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
		const database = new Database(file, { timeout: 50 });
		database.exec(SCHEMA);
		fs.chmodSync(file, 0o600);
		return database;
	}

	#remember(entries: readonly LogEntry[]): void {
		const memory = (this.#memory ??= { entries: [], bytes: 0 });
		const size = ({ body }: LogEntry) => body.length + ROW_BYTES;
		for (const entry of entries) {
			memory.entries.push(entry);
			memory.bytes += size(entry);
		}
		let dropped = 0;
		while (memory.bytes > this.#limits.memory) memory.bytes -= size(memory.entries[dropped++] as LogEntry);
		memory.entries.splice(0, dropped);
	}

	#close(): void {
		try {
			this.#database?.close();
		} catch {
			// It was of no use any more.
		}
		this.#database = null;
	}
}

const OF_THREAD = `thread_id = :thread OR (thread_id IS NULL AND (process_uuid = :process OR process_uuid IN (SELECT process_uuid FROM logs WHERE thread_id = :thread)))`;

const DELETE_BEYOND = `DELETE FROM logs WHERE id <=
	(SELECT id FROM (SELECT id, sum(bytes) OVER (ORDER BY id DESC) AS kept FROM logs) WHERE kept > ? ORDER BY id DESC LIMIT 1)`;

/** Another process holds it. */
function isBusy(error: unknown): boolean {
	return error instanceof Error && 'errcode' in error && (error.errcode === 5 || error.errcode === 6);
}
