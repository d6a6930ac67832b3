import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { renameFileLater } from '../platform/replaceFile.ts';

/** Another server on this home may need a blob that no record names yet: what it found in a folder before a command. */
const MIN_AGE_MS = 24 * 3600_000;

/** Contents of files by their SHA-256, each kept once. Private to the user: folders 0700, files 0600. */
export class ContentStore {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** Keeps the bytes and returns their hash. Rejects with the file system's error. */
	async put(bytes: Uint8Array): Promise<string> {
		const hash = hashOf(bytes);
		const file = this.#file(hash);
		const now = new Date();
		// A blob that is used again counts as new, so that a sweep of another process leaves it.
		const known = await fs.utimes(file, now, now).then(
			() => true,
			() => false,
		);
		if (known) return hash;
		await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
		const staged = `${file}.${randomBytes(6).toString('hex')}.tmp`;
		await fs.writeFile(staged, bytes, { mode: 0o600 });
		await renameFileLater(staged, file);
		return hash;
	}

	/** Null when it is no longer kept, or no longer what it was. */
	async get(hash: string): Promise<Buffer | null> {
		const bytes = await fs.readFile(this.#file(hash)).catch(() => null);
		return bytes !== null && hashOf(bytes) === hash ? bytes : null;
	}

	async has(hash: string): Promise<boolean> {
		return fs.access(this.#file(hash)).then(
			() => true,
			() => false,
		);
	}

	async remove(hashes: Iterable<string>): Promise<void> {
		for (const hash of hashes) await fs.rm(this.#file(hash), { force: true });
	}

	/** Removes every blob that is not to be kept. Those of the last day stay. */
	async sweep(keep: ReadonlySet<string>, now: number = Date.now()): Promise<void> {
		for (const prefix of await fs.readdir(this.#folder).catch(() => [])) {
			const folder = path.join(this.#folder, prefix);
			for (const name of await fs.readdir(folder).catch(() => [])) {
				if (keep.has(prefix + name)) continue;
				const file = path.join(folder, name);
				const age = await fs.stat(file).then(
					(stat) => now - stat.mtimeMs,
					() => 0,
				);
				if (age > MIN_AGE_MS) await fs.rm(file, { force: true });
			}
		}
	}

	#file(hash: string): string {
		return path.join(this.#folder, hash.slice(0, 2), hash.slice(2));
	}
}

export function hashOf(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
