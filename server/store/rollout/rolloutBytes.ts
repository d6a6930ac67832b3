import fs from 'node:fs';
import { constants, zstdDecompressSync } from 'node:zlib';
import { PACKED } from './rolloutName.ts';

/** A packed file that would be larger than this is not unpacked: nobody wrote so much, and it would have to be held in memory. */
const LARGEST_UNPACKED = 1024 * 1024 * 1024;
/** Unpacked files of together so many bytes are kept, the one used last the longest. */
const KEPT_BYTES = 128 * 1024 * 1024;

/** The bytes of one rollout file, packed or not. */
export interface RolloutBytes {
	readonly size: number;
	readonly mtimeMs: number;
	/** Tells the file from another one that takes its place. */
	readonly identity: string;
	/** Fills the buffer from an offset, as far as there is something. Throws the file system's error. */
	read(buffer: Buffer, position: number): number;
	close(): void;
}

/** Opens a rollout by its usual name, also when it is packed. Throws the file system's error, and `BrokenRolloutError` for what cannot be unpacked. */
export function openBytes(file: string): RolloutBytes {
	const handle = openPlain(file);
	return handle === null ? unpacked(file) : ofFile(handle);
}

/** What the file system says of a rollout, packed or not. Null when it is gone or out of reach. */
export function stateOf(file: string): fs.Stats | null {
	try {
		return fs.statSync(file, { throwIfNoEntry: false }) ?? fs.statSync(file + PACKED, { throwIfNoEntry: false }) ?? null;
	} catch {
		return null;
	}
}

/** Where the rollout really is: its usual path, or that of the packed file when there is only that. */
export function placeOf(file: string): string {
	return !fs.existsSync(file) && fs.existsSync(file + PACKED) ? file + PACKED : file;
}

/** Makes a packed rollout a usual one, so that it can be added to. Does nothing for one that is not packed. Throws the file system's error. */
export function unpackForWriting(file: string): void {
	if (fs.existsSync(file) || !fs.existsSync(file + PACKED)) return;
	const unfinished = `${file}.unfinished`;
	const bytes = unpack(file + PACKED);
	try {
		const handle = fs.openSync(unfinished, 'w', 0o600);
		try {
			for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(fs.writeSync(handle, rest));
			// The packed file goes only when this one cannot be lost any more.
			fs.fsyncSync(handle);
		} finally {
			fs.closeSync(handle);
		}
		// Another program may have unpacked it meanwhile, and added to it.
		fs.linkSync(unfinished, file);
	} catch (error) {
		if (!fs.existsSync(file)) throw error;
	} finally {
		fs.rmSync(unfinished, { force: true });
	}
	fs.rmSync(file + PACKED, { force: true });
}

/** The first bytes of a rollout. Of a packed one no more than these are unpacked. Throws the file system's error. */
export function readBeginning(file: string, buffer: Buffer): number {
	const handle = openPlain(file);
	if (handle !== null) return whileOpen(ofFile(handle), (bytes) => bytes.read(buffer, 0));
	const packed = fs.openSync(file + PACKED, 'r');
	try {
		if (fs.fstatSync(packed).size === 0) throw new BrokenRolloutError(`${file}${PACKED} is empty`);
		// Text shrinks to less than half of it. A part that ends in the middle gives what came before.
		const part = Buffer.alloc(Math.max(buffer.length, 64 * 1024));
		const length = ofFile(packed).read(part, 0);
		const bytes = framesOf(part.subarray(0, length), { enough: buffer.length, isCut: length === part.length });
		return bytes.copy(buffer, 0);
	} finally {
		fs.closeSync(packed);
	}
}

export function whileOpen<B extends RolloutBytes, T>(bytes: B, work: (bytes: B) => T): T {
	try {
		return work(bytes);
	} finally {
		bytes.close();
	}
}

function openPlain(file: string): number | null {
	try {
		return fs.openSync(file, 'r');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && fs.existsSync(file + PACKED)) return null;
		throw error;
	}
}

function ofFile(handle: number): RolloutBytes {
	const { size, mtimeMs, dev, ino } = fs.fstatSync(handle);
	return {
		size,
		mtimeMs,
		identity: `${dev}:${ino}`,
		read: (buffer, position) => {
			for (let length = 0; ; ) {
				const read = length < buffer.length ? fs.readSync(handle, buffer, length, buffer.length - length, position + length) : 0;
				if (read === 0) return length;
				length += read;
			}
		},
		close: () => fs.closeSync(handle),
	};
}

interface Unpacked {
	readonly bytes: Buffer;
	readonly packedSize: number;
	readonly mtimeMs: number;
}

/** The one used last is the last. */
const kept = new Map<string, Unpacked>();

function unpacked(file: string): RolloutBytes {
	const { size, mtimeMs, dev, ino } = fs.statSync(file + PACKED);
	let known = kept.get(file);
	if (known?.packedSize !== size || known.mtimeMs !== mtimeMs) known = { bytes: unpack(file + PACKED), packedSize: size, mtimeMs };
	kept.delete(file);
	kept.set(file, known);
	let sum = 0;
	for (const [name, { bytes }] of [...kept].toReversed()) {
		sum += bytes.length;
		if (sum > KEPT_BYTES && name !== file) kept.delete(name);
	}
	const { bytes } = known;
	const identity = `packed ${dev}:${ino}`;
	return { size: bytes.length, mtimeMs, identity, read: (buffer, position) => bytes.copy(buffer, 0, position), close: () => {} };
}

/** A packed file that is broken. */
export class BrokenRolloutError extends Error {}

/** Throws `BrokenRolloutError` when the file is no whole packed one, and the file system's error. */
function unpack(packed: string): Buffer {
	const bytes = fs.readFileSync(packed);
	if (bytes.length === 0) throw new BrokenRolloutError(`${packed} is empty`);
	try {
		return framesOf(bytes, { enough: Number.POSITIVE_INFINITY, isCut: false });
	} catch (error) {
		throw new BrokenRolloutError(`${packed} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
	}
}

interface FrameOptions {
	/** No more frames are unpacked than this takes, in bytes. */
	readonly enough: number;
	/** The last frame may lack its end: what there is of it counts. */
	readonly isCut: boolean;
}

/**
 * What packed bytes hold: of every frame, since some programs pack in parts, and Node unpacks only the first. Throws for what is no frame, so
 * that nobody takes a part for the whole.
 */
function framesOf(packed: Buffer, { enough, isCut }: FrameOptions): Buffer {
	const parts: Buffer[] = [];
	let size = 0;
	let rest = packed;
	do {
		const { buffer, engine } = zstdDecompressSync(rest, {
			maxOutputLength: LARGEST_UNPACKED - size,
			info: true,
			...(isCut ? { finishFlush: constants.ZSTD_e_continue } : {}),
		}) as unknown as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
		if (engine.bytesWritten === 0) break;
		parts.push(buffer);
		size += buffer.length;
		rest = rest.subarray(engine.bytesWritten);
	} while (rest.length > 0 && size < enough);
	return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}
