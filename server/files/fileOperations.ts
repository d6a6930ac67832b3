import { constants, type Stats } from 'node:fs';
import { copyFile, cp, lstat, mkdir, open, readdir, readlink, realpath, rm, rmdir, stat, symlink, unlink } from 'node:fs/promises';
import path from 'node:path';
import { hostPaths } from '../platform/host.ts';

/** A file of this size still fits into one message: base64 makes it a third longer, and several copies of it are in memory on the way. */
const MAX_READ_BYTES = 128 * 1024 * 1024;

/** A request that cannot be done, whatever the state of the disk. The message is for the client. */
export class FileRequestError extends Error {}

export interface FileMetadata {
	readonly isDirectory: boolean;
	readonly isFile: boolean;
	readonly isSymlink: boolean;
	/** Unix milliseconds; 0 where the file system has none. */
	readonly createdAtMs: number;
	readonly modifiedAtMs: number;
}

export interface FolderEntry {
	readonly fileName: string;
	readonly isDirectory: boolean;
	readonly isFile: boolean;
}

function osError(code: 'EISDIR' | 'EEXIST', file: string): Error {
	return Object.assign(new Error(`${code}: ${file}`), { code });
}

/**
 * The whole content. Only of files: a pipe would never end and a device might. Rejects with the system's error, or
 * `FileRequestError` for one that is too large.
 */
export async function readWholeFile(file: string): Promise<Buffer> {
	// Without this flag the opening of a pipe waits for a writer.
	const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const stats = await handle.stat();
		if (stats.isDirectory()) throw osError('EISDIR', file);
		if (!stats.isFile()) throw new FileRequestError(`fs/readFile reads only files, and ${file} is a device, pipe or socket`);
		if (stats.size > MAX_READ_BYTES) throw new FileRequestError(`fs/readFile reads at most ${MAX_READ_BYTES} bytes, and ${file} has ${stats.size}`);
		const content = await handle.readFile();
		if (content.byteLength > MAX_READ_BYTES) throw new FileRequestError(`fs/readFile reads at most ${MAX_READ_BYTES} bytes, and ${file} grew beyond`);
		return content;
	} finally {
		await handle.close();
	}
}

/** Replaces the content, keeping the file itself with its links, owner and mode. Rejects with the system's error. */
export async function writeWholeFile(file: string, content: Uint8Array): Promise<void> {
	const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK, 0o666);
	try {
		await handle.writeFile(content);
	} finally {
		await handle.close();
	}
}

export async function createFolder(folder: string, depth: 'recursive' | 'one'): Promise<void> {
	await mkdir(folder, { recursive: depth === 'recursive' });
}

/** Of what a link leads to; `isSymlink` tells of the link. Rejects for a link to nothing. */
export async function metadataOf(file: string): Promise<FileMetadata> {
	const own = await lstat(file);
	const stats = own.isSymbolicLink() ? await stat(file) : own;
	return {
		isDirectory: stats.isDirectory(),
		isFile: stats.isFile(),
		isSymlink: own.isSymbolicLink(),
		createdAtMs: wholeMs(stats.birthtimeMs),
		modifiedAtMs: wholeMs(stats.mtimeMs),
	};
}

function wholeMs(ms: number): number {
	return Number.isFinite(ms) && ms > 0 ? Math.floor(ms) : 0;
}

/** Direct children. What a link leads to counts; one that leads to nothing is neither. */
export async function listFolder(folder: string): Promise<readonly FolderEntry[]> {
	const entries = await readdir(folder, { withFileTypes: true });
	return Promise.all(
		entries.map(async (entry) => {
			const kind = entry.isSymbolicLink() ? await stat(path.join(folder, entry.name)).catch(() => null) : entry;
			return { fileName: entry.name, isDirectory: kind?.isDirectory() ?? false, isFile: kind?.isFile() ?? false };
		}),
	);
}

export interface RemoveOptions {
	readonly recursive: boolean;
	/** Something that is not there is no failure. */
	readonly force: boolean;
}

/** Removes a link, never what it leads to. */
export async function removePath(file: string, { recursive, force }: RemoveOptions): Promise<void> {
	if (file === path.parse(file).root) throw new FileRequestError(`fs/remove does not remove ${file}`);
	try {
		const stats = await lstat(file);
		if (!stats.isDirectory()) await unlink(file);
		else if (recursive) await rm(file, { recursive: true, maxRetries: 3 });
		else await rmdir(file);
	} catch (error) {
		if (!(force && isCode(error, 'ENOENT'))) throw error;
	}
}

/** Copies a file, a link as a link, or with `recursive` a whole tree. Times and ownership are those of a new file. */
export async function copyPath(source: string, destination: string, depth: 'recursive' | 'one'): Promise<void> {
	const stats = await lstat(source);
	if (stats.isSymbolicLink()) {
		await symlink(await readlink(source), destination);
		return;
	}
	if (!stats.isDirectory()) {
		if (!stats.isFile()) throw new FileRequestError('fs/copy only supports regular files, directories, and symlinks');
		// The system would empty the file before it reads it.
		if (!(await isSameFile(stats, destination))) await copyFile(source, destination);
		return;
	}
	if (depth !== 'recursive') throw new FileRequestError('fs/copy requires recursive: true when sourcePath is a directory');
	if (await isWithin(source, destination)) throw new FileRequestError('fs/copy cannot copy a directory to itself or one of its descendants');
	const existing = await stat(destination).catch(() => null);
	if (existing !== null && !existing.isDirectory()) throw osError('EEXIST', destination);
	await cp(source, destination, {
		recursive: true,
		verbatimSymlinks: true,
		// A pipe in a tree would hold the copy up for ever.
		filter: async (file) => {
			const entry = await lstat(file);
			return entry.isFile() || entry.isDirectory() || entry.isSymbolicLink();
		},
	});
}

async function isSameFile(source: Stats, destination: string): Promise<boolean> {
	const other = await stat(destination).catch(() => null);
	return other !== null && other.dev === source.dev && other.ino === source.ino;
}

/** Whether `file`, which need not exist, lies in the folder or is the folder, with all links resolved. */
async function isWithin(folder: string, file: string): Promise<boolean> {
	return hostPaths.isInside(await realpath(folder), await resolveExisting(file));
}

async function resolveExisting(file: string): Promise<string> {
	const real = await realpath(file).catch(() => null);
	if (real !== null || file === path.dirname(file)) return real ?? file;
	return path.join(await resolveExisting(path.dirname(file)), path.basename(file));
}

function isCode(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}
