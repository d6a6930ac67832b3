import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { hostPlatform } from '../../platform/host.ts';
import { stateOf } from '../rollout/rolloutBytes.ts';
import { PACKED } from '../rollout/rolloutName.ts';
import { type IndexedFile, toFile } from './threadIndex.ts';

/** With fewer threads than this a look at each file costs less than all this. */
const MANY_FILES = 2000;
/** More folders than this are not watched: the system has only so many watches for all programs of a person. */
const MAX_FOLDERS = 2048;
/** After this many files that had to be looked at, other work gets its turn. */
const LOOKS_AT_ONCE = 256;

interface WatchedFolder {
	readonly watcher: fs.FSWatcher;
	/** Names of rollouts that may not be as the index says. */
	readonly changed: Set<string>;
}

export interface ChangedFile {
	readonly path: string;
	/** Unix milliseconds. */
	readonly time: number;
	/** What the index says of it. */
	readonly indexed: IndexedFile;
}

export interface Changes {
	/** Those of the list that are there. */
	readonly files: readonly ChangedFile[];
	/** What the index says of these does not count. */
	readonly paths: ReadonlySet<string>;
}

/**
 * Which rollouts changed since the index saw them, without a look at each: their folders are watched. Each folder is looked through once,
 * when its watching has begun, so that nothing is missed.
 */
export class ChangedFiles {
	readonly #home: string;
	readonly #folders = new Map<string, WatchedFolder>();
	readonly #least: number;
	#canWatch: boolean | null;

	/** `least`: the number of threads from which on folders are watched. */
	constructor(home: string, { least = MANY_FILES, canWatch = null }: { readonly least?: number; readonly canWatch?: boolean | null } = {}) {
		this.#home = home;
		this.#least = least;
		this.#canWatch = canWatch;
	}

	/** Null when nothing is known: there are few threads, or their folders cannot be watched. */
	async since(database: DatabaseSync, archived: boolean): Promise<Changes | null> {
		if (this.#canWatch === false || !hasMore(database, this.#least)) return null;
		this.#canWatch ??= tellsAtOnce(this.#home);
		if (!this.#canWatch) return null;
		const folders = foldersOf(database);
		for (const folder of this.#folders.keys()) if (!folders.has(folder)) this.#forget(folder);
		if (folders.size > MAX_FOLDERS) return null;
		for (const folder of folders) if (!this.#folders.has(folder) && !(await this.#watch(database, folder))) return null;
		// What changed before the question came is told in the next round of events.
		await nextTurn();
		await nextTurn();
		const files: ChangedFile[] = [];
		for (const [folder, { changed }] of this.#folders) {
			for (const name of changed) files.push(...this.#look(database, { folder, name, archived }));
		}
		const places = [...this.#folders].flatMap(([folder, { changed }]) => [...changed].map((name) => path.join(this.#home, folder, name)));
		return { files, paths: new Set(places) };
	}

	dispose(): void {
		for (const folder of this.#folders.keys()) this.#forget(folder);
	}

	/** A file that is again as the index says leaves the list. */
	#look(database: DatabaseSync, { folder, name, archived }: { folder: string; name: string; archived: boolean }): readonly ChangedFile[] {
		const row = database.prepare('SELECT * FROM files WHERE folder = ? AND name = ?').get(folder, name);
		const file = path.join(this.#home, folder, name);
		const time = stateOf(file)?.mtimeMs;
		if (!row || row.mtime === time) this.#folders.get(folder)?.changed.delete(name);
		if (!row || time === undefined || row.mtime === time || row.preview === null || row.older === 1 || (row.archived === 1) !== archived) return [];
		const indexed = toFile(row, this.#home);
		return indexed ? [{ path: file, time, indexed }] : [];
	}

	async #watch(database: DatabaseSync, folder: string): Promise<boolean> {
		const place = path.join(this.#home, folder);
		const changed = new Set<string>();
		try {
			const watcher = fs.watch(place, { persistent: false }, (_, name) => {
				if (name === null) this.#forget(folder);
				else changed.add(name.endsWith(PACKED) ? name.slice(0, -PACKED.length) : name);
			});
			watcher.on('error', () => this.#forget(folder));
			this.#folders.set(folder, { watcher, changed });
		} catch {
			// A folder that is gone leaves the index soon; else the system has no watches left.
			if (fs.existsSync(place)) {
				this.#canWatch = false;
				this.dispose();
			}
			return false;
		}
		for (const [index, row] of database.prepare('SELECT name, mtime FROM files WHERE folder = ?').all(folder).entries()) {
			if (stateOf(path.join(place, String(row.name)))?.mtimeMs !== row.mtime) changed.add(String(row.name));
			if (index % LOOKS_AT_ONCE === LOOKS_AT_ONCE - 1) await nextTurn();
		}
		return true;
	}

	#forget(folder: string): void {
		this.#folders.get(folder)?.watcher.close();
		this.#folders.delete(folder);
	}
}

/** File systems of other computers, and of programs, do not tell what changes there: NFS, SMB, CIFS, 9P, FUSE. */
const TELL_NOTHING: ReadonlySet<number> = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546]);

/** Whether changes of files in a folder are known with the next round of events. */
function tellsAtOnce(folder: string): boolean {
	try {
		return hostPlatform === 'linux' && !TELL_NOTHING.has(fs.statfsSync(folder).type);
	} catch {
		return false;
	}
}

function hasMore(database: DatabaseSync, count: number): boolean {
	return database.prepare('SELECT 1 FROM files LIMIT 1 OFFSET ?').get(count) !== undefined;
}

/** From one to the next by the index of names, without a look at their files. */
function foldersOf(database: DatabaseSync): ReadonlySet<string> {
	const next = database.prepare('SELECT min(folder) AS folder FROM files WHERE folder > ?');
	const folders = new Set<string>();
	for (let folder: unknown = ''; ; ) {
		folder = next.get(String(folder))?.folder;
		if (typeof folder !== 'string') return folders;
		folders.add(folder);
	}
}
