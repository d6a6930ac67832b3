import fs from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { readGuardedSync, textOf } from '../files/guardedFile.ts';
import { renameFileLater } from '../platform/replaceFile.ts';
import { isTable } from '../toml/table.ts';
import type { AuthStore } from './authStore.ts';
import type { AuthTable } from './signIn.ts';

const MAX_BYTES = 1024 * 1024;

/**
 * Credentials in `auth.json` of the home, a file that only the user can read, shared with the reference program's CLI: each of the two
 * may write it at any time. Members that we do not know stay as they are.
 */
export class AuthFile implements AuthStore {
	readonly #path: string;
	/** What was read, for as long as the file is the same. */
	#read: { readonly stamp: string; readonly table: AuthTable } | null = null;

	constructor(home: string) {
		this.#path = path.join(home, 'auth.json');
	}

	/** It is looked at anew with each reading. */
	load(): Promise<void> {
		return Promise.resolve();
	}

	read(): AuthTable {
		const stamp = this.#stamp();
		if (stamp === null) return {};
		if (this.#read?.stamp !== stamp) this.#read = { stamp, table: tableIn(textOf(readGuardedSync(this.#path, { maxBytes: MAX_BYTES })) ?? '') };
		return this.#read.table;
	}

	async write(table: AuthTable): Promise<void> {
		fs.mkdirSync(path.dirname(this.#path), { recursive: true, mode: 0o700 });
		// A link stays one: people keep such files elsewhere.
		const file = fs.existsSync(this.#path) ? fs.realpathSync(this.#path) : this.#path;
		const temporary = `${file}.${randomUUID()}`;
		try {
			await fs.promises.writeFile(temporary, `${JSON.stringify(table, null, 2)}\n`, { mode: 0o600, flush: true });
			await renameFileLater(temporary, file);
		} catch (error) {
			await fs.promises.rm(temporary, { force: true });
			throw error;
		}
		this.#read = null;
	}

	async clear(): Promise<void> {
		this.#read = null;
		await fs.promises.rm(this.#path, { force: true });
	}

	problem(): null {
		return null;
	}

	/** Null when there is no file. Who replaces it gives it another inode, who writes into it another time or size. */
	#stamp(): string | null {
		try {
			const stats = fs.statSync(this.#path, { throwIfNoEntry: false, bigint: true });
			return stats ? [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ') : null;
		} catch {
			return null;
		}
	}
}

function tableIn(json: string): AuthTable {
	try {
		const value: unknown = JSON.parse(json);
		return isTable(value) ? value : {};
	} catch {
		return {};
	}
}
