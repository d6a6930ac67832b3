import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { hostPaths, hostPlatform, hostSystem } from '../platform/host.ts';

/** What may be read at a path that somebody else controls: a repository, a task, a model. */
export interface ReadGuard {
	/** A longer file is refused, or cut with `tooLong: 'cut'`. */
	readonly maxBytes: number;
	readonly tooLong?: 'refuse' | 'cut';
	/** Folders, one of which has to hold the file after all links. Left out: it may lie anywhere. */
	readonly inside?: readonly string[];
}

export type GuardedRead =
	| {
			readonly type: 'content';
			readonly bytes: Buffer;
			/** Of the whole file: more than `bytes` has when it was cut. */
			readonly size: number;
			readonly stats: Stats;
	  }
	| { readonly type: 'missing'; readonly code: 'ENOENT' | 'ENOTDIR' }
	/** `reason` says why, for people: "it is a pipe, not a file". `code`: the system's name for it, where it has one. */
	| { readonly type: 'refused'; readonly why: RefusedFor; readonly reason: string; readonly code: string | null };

/** What it is, how long it is, where it lies, or the system's own error. */
export type RefusedFor = 'kind' | 'size' | 'place' | 'system';

/** Without O_NONBLOCK the opening of a pipe waits for a writer. */
const FLAGS = constants.O_RDONLY | (hostSystem === 'windows' ? 0 : constants.O_NONBLOCK | constants.O_NOCTTY);
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a file that a repository, a task or a model could have put there: regular files only, since a pipe makes its reader wait and a device
 * never ends, and never more than `maxBytes`, whatever size the system names. Never rejects.
 */
export async function readGuarded(file: string, guard: ReadGuard): Promise<GuardedRead> {
	try {
		// Before the opening, since that alone sets some devices off, and again after it.
		refuseKind(await stat(file));
		const handle = await open(file, FLAGS);
		try {
			const stats = await handle.stat();
			checkOpened(file, { fd: handle.fd, stats, guard });
			const chunks: Buffer[] = [];
			for (let room = roomFor(chunks, guard); room > 0; room = roomFor(chunks, guard)) {
				const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(room, chunkSize(stats))), 0, null, null);
				if (bytesRead === 0) break;
				chunks.push(buffer.subarray(0, bytesRead));
			}
			return contentOf(chunks, stats, guard);
		} finally {
			await handle.close();
		}
	} catch (error) {
		return failure(error);
	}
}

/** The same at once, for callers that cannot wait. */
export function readGuardedSync(file: string, guard: ReadGuard): GuardedRead {
	try {
		refuseKind(statSync(file));
		const fd = openSync(file, FLAGS);
		try {
			const stats = fstatSync(fd);
			checkOpened(file, { fd, stats, guard });
			const chunks: Buffer[] = [];
			for (let room = roomFor(chunks, guard); room > 0; room = roomFor(chunks, guard)) {
				const buffer = Buffer.allocUnsafe(Math.min(room, chunkSize(stats)));
				const bytesRead = readSync(fd, buffer, 0, buffer.byteLength, null);
				if (bytesRead === 0) break;
				chunks.push(buffer.subarray(0, bytesRead));
			}
			return contentOf(chunks, stats, guard);
		} finally {
			closeSync(fd);
		}
	} catch (error) {
		return failure(error);
	}
}

/** The text of a guarded read in UTF-8, or in UTF-16 with a mark; null for anything else than content. */
export function textOf(read: GuardedRead): string | null {
	if (read.type !== 'content') return null;
	const { bytes } = read;
	const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
	// Streaming leaves a character out that the limit cuts in two.
	return new TextDecoder(encoding).decode(bytes, { stream: true });
}

class Refusal extends Error {
	readonly why: RefusedFor;
	readonly code: string | null;
	constructor(why: RefusedFor, reason: string, code: string | null = null) {
		super(reason);
		this.why = why;
		this.code = code;
	}
}

function refuseKind(stats: Stats): void {
	if (stats.isFile()) return;
	const kinds: readonly (readonly [boolean, string])[] = [
		[stats.isDirectory(), 'a folder'],
		[stats.isFIFO(), 'a pipe'],
		[stats.isSocket(), 'a socket'],
	];
	throw new Refusal('kind', `it is ${kinds.find(([is]) => is)?.[1] ?? 'a device'}, not a file`, stats.isDirectory() ? 'EISDIR' : null);
}

function checkOpened(file: string, { fd, stats, guard }: { readonly fd: number; readonly stats: Stats; readonly guard: ReadGuard }): void {
	refuseKind(stats);
	if (guard.tooLong !== 'cut' && stats.size > guard.maxBytes) throw new Refusal('size', tooLong(`${stats.size}`, guard));
	if (guard.inside === undefined) return;
	const real = openedPath(file, fd, stats);
	const folders = guard.inside.flatMap((folder) => {
		try {
			return [realpathSync(folder)];
		} catch {
			return [];
		}
	});
	if (real === null || !folders.some((folder) => hostPaths.isInside(folder, real))) {
		throw new Refusal('place', `it leads out of ${guard.inside.join(' and ')}${real === null ? '' : `, to ${real}`}`);
	}
}

/** Where the open file lies. Asked of the descriptor where the system tells, so that no link can be put there in between; null when it moved. */
function openedPath(file: string, fd: number, stats: Stats): string | null {
	if (hostPlatform === 'linux') {
		try {
			return readlinkSync(`/proc/self/fd/${fd}`);
		} catch {
			// No /proc here.
		}
	}
	const real = realpathSync(file);
	const there = statSync(real);
	return there.dev === stats.dev && there.ino === stats.ino ? real : null;
}

function chunkSize({ size }: Stats): number {
	// One byte more shows at once that the file ends there.
	return Math.min(Math.max(size + 1, 4096), CHUNK_BYTES);
}

/** One byte more than is allowed is read, to notice a file that grows or names no size. */
function roomFor(chunks: readonly Buffer[], { maxBytes }: ReadGuard): number {
	return maxBytes + 1 - chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
}

function contentOf(chunks: readonly Buffer[], stats: Stats, guard: ReadGuard): GuardedRead {
	const bytes = Buffer.concat(chunks);
	if (bytes.byteLength <= guard.maxBytes) return { type: 'content', bytes, size: bytes.byteLength, stats };
	if (guard.tooLong !== 'cut') throw new Refusal('size', tooLong('more', guard));
	return { type: 'content', bytes: bytes.subarray(0, guard.maxBytes), size: Math.max(stats.size, bytes.byteLength), stats };
}

function tooLong(bytes: string, { maxBytes }: ReadGuard): string {
	return `it has ${bytes === 'more' ? 'more' : `${bytes} bytes, more`} than the ${maxBytes} bytes that are read`;
}

function failure(error: unknown): GuardedRead {
	if (error instanceof Refusal) return { type: 'refused', why: error.why, reason: error.message, code: error.code };
	const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
	if (code === 'ENOENT' || code === 'ENOTDIR') return { type: 'missing', code };
	return { type: 'refused', why: 'system', reason: reasonOf(code, error), code };
}

function reasonOf(code: string | null, error: unknown): string {
	switch (code) {
		case 'EACCES':
		case 'EPERM':
			return 'permission to read it was denied';
		case 'ELOOP':
			return 'it is a link that leads in a circle';
		case 'EAGAIN':
			return 'it makes its reader wait';
		default:
			return error instanceof Error ? error.message : String(error);
	}
}
