import { foldUnit, unitMask } from './fold.ts';

/** Bits of `masks` beside those of `unitMask`. */
export const IS_FOLDER = 1 << 28;
/** The name is not ASCII. */
export const IS_WIDE = 1 << 29;

/** The names in one folder, packed: as strings the files of a large tree would take ten times the room. */
export interface PackedNames {
	/** UTF-8, one after the other. */
	readonly bytes: Uint8Array;
	/** Where each name ends. */
	readonly ends: Uint32Array;
	/** What each name holds (`unitMask`) and what it is. */
	readonly masks: Int32Array;
}

const encoder = new TextEncoder();

export const NO_NAMES: PackedNames = { bytes: new Uint8Array(0), ends: new Uint32Array(0), masks: new Int32Array(0) };

/** Where names are put together; as large as the largest folder needs. */
let room = new Uint8Array(64 * 1024);

export function packNames(entries: readonly { readonly name: string; readonly isFolder: boolean }[]): PackedNames {
	const count = entries.length;
	if (count === 0) return NO_NAMES;
	// A unit of UTF-16 takes three bytes at most.
	const most = entries.reduce((sum, { name }) => sum + name.length * 3, 0);
	if (most > room.length) room = new Uint8Array(most * 2);
	const ends: number[] = [];
	const masks: number[] = [];
	let end = 0;
	for (const { name, isFolder } of entries) {
		const begin = end;
		let mask = isFolder ? IS_FOLDER : 0;
		for (let i = 0; i < name.length; i++) {
			const unit = name.charCodeAt(i);
			if (unit > 127) mask |= IS_WIDE;
			room[end++] = unit;
			mask |= unitMask(foldUnit(unit));
		}
		if ((mask & IS_WIDE) !== 0) end = begin + encoder.encodeInto(name, room.subarray(begin)).written;
		ends.push(end);
		masks.push(mask);
	}
	// All in one piece: three for each folder keep the garbage collector busy.
	const piece = new ArrayBuffer(count * 8 + end);
	const packed = { ends: new Uint32Array(piece, 0, count), masks: new Int32Array(piece, count * 4, count), bytes: new Uint8Array(piece, count * 8) };
	packed.ends.set(ends);
	packed.masks.set(masks);
	packed.bytes.set(room.subarray(0, end));
	return packed;
}

export function nameAt({ bytes, ends }: PackedNames, index: number): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index]);
}
