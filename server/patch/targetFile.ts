import { constants, type Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { HeldFolder } from '../files/heldFolder.ts';

/** A name in a folder that is held open. `real` is its path without links. */
export interface Place {
	readonly folder: HeldFolder;
	readonly name: string;
	readonly real: string;
}

/** The folders that one patch works in, each opened once, and those that were made for it. */
export class Places {
	readonly #open = new Map<string, HeldFolder>();
	readonly #made: string[] = [];

	/** `missing`: folders on the way are made, or their lack is an error. Rejects with the system's error or `MovedFolderError`. */
	async at(real: string, missing: 'make' | 'fail'): Promise<Place> {
		const path = dirname(real);
		const folder = this.#open.get(path) ?? (await HeldFolder.open(path, missing === 'make' ? (made) => this.#made.push(made) : undefined));
		this.#open.set(path, folder);
		return { folder, name: basename(real), real };
	}

	/** Removes the folders that were made, as far as nothing is in them. Never rejects. */
	async removeMade(): Promise<void> {
		for (const made of this.#made.toReversed()) {
			const place = await this.at(made, 'fail').catch(() => null);
			await place?.folder.rmdir(place.name).catch(() => undefined);
		}
	}

	async close(): Promise<void> {
		for (const folder of this.#open.values()) await folder.close();
	}
}

/** A file as it was found. */
export interface FoundFile {
	readonly bytes: Buffer;
	readonly stats: Stats;
}

/** Something else stands at a place than was found there before. */
export class ChangedError extends Error {}

/** No file that could be patched is larger. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The file at a place, which can be written; null when there is none. Rejects with the system's error, `NoFileError` or `ChangedError`. */
export async function findFile({ folder, name }: Place): Promise<FoundFile | null> {
	const entry = await folder.lstat(name);
	if (entry === null) return null;
	// Opening alone sets some devices off.
	if (!entry.isFile()) throw new NoFileError();
	const handle = await folder.openFile(name, constants.O_RDWR);
	try {
		const stats = await handle.stat();
		if (!stats.isFile()) throw new NoFileError();
		return { bytes: await readExactly(handle, stats.size), stats };
	} finally {
		await handle.close();
	}
}

/** So many bytes, which have to be the whole file: one that grows could be read for ever. */
async function readExactly(handle: FileHandle, size: number): Promise<Buffer> {
	if (size > MAX_BYTES) throw new ChangedError();
	const buffer = Buffer.alloc(size + 1);
	let at = 0;
	for (let read = -1; read !== 0 && at <= size; at += read) read = (await handle.read(buffer, at, size + 1 - at, at)).bytesRead;
	if (at !== size) throw new ChangedError();
	return buffer.subarray(0, size);
}

export class NoFileError extends Error {}

/**
 * Gives a file other content. It is written in place, not replaced by a new file, so that it keeps its owner, its extended attributes and its
 * other names, and may be a mount point of its own. One write puts the new bytes over the old ones. When that fails half-way, the old ones are
 * put back. Rejects with `ChangedError` when it is not the file that was found, or has other bytes.
 */
export async function overwrite({ folder, name }: Place, found: FoundFile, bytes: Buffer): Promise<void> {
	const handle = await folder.openFile(name, constants.O_RDWR);
	try {
		const now = await handle.stat();
		if (!isSame(now, found.stats) || !(await readExactly(handle, found.bytes.byteLength)).equals(found.bytes)) throw new ChangedError();
		try {
			await writeOver(handle, { bytes, before: found.bytes.byteLength });
		} catch (error) {
			await writeOver(handle, { bytes: found.bytes, before: Math.max(bytes.byteLength, found.bytes.byteLength) + 1 });
			throw error;
		}
	} finally {
		await handle.close();
	}
}

async function writeOver(handle: FileHandle, { bytes, before }: { readonly bytes: Buffer; readonly before: number }): Promise<void> {
	for (let at = 0; at < bytes.byteLength; ) at += (await handle.write(bytes, at, bytes.byteLength - at, at)).bytesWritten;
	if (bytes.byteLength < before) await handle.truncate(bytes.byteLength);
}

/** Makes a file where nothing is. `mode`: null gives it the usual one. When it cannot be written, nothing is left of it. */
export async function create({ folder, name }: Place, { bytes, mode }: { readonly bytes: Buffer; readonly mode: number | null }): Promise<Stats> {
	const handle = await folder.openFile(name, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
	try {
		await writeOver(handle, { bytes, before: 0 });
		if (mode !== null) await handle.chmod(mode);
		return await handle.stat();
	} catch (error) {
		await folder.unlink(name).catch(() => undefined);
		throw error;
	} finally {
		await handle.close();
	}
}

/** Removes a file. Rejects with `ChangedError` when another one stands there by now. */
export async function remove({ folder, name }: Place, stats: Stats): Promise<void> {
	const entry = await folder.lstat(name);
	if (entry === null || !isSame(entry, stats)) throw new ChangedError();
	await folder.unlink(name);
}

/** Whether both are about one file, whatever its name is by now. */
export function isSame(a: Pick<Stats, 'dev' | 'ino'>, b: Pick<Stats, 'dev' | 'ino'>): boolean {
	return a.dev === b.dev && a.ino === b.ino;
}
