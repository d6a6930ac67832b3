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

export const NO_NAMES: PackedNames = { bytes: new Uint8Array(0), ends: new Uint32Array(0), masks: new Int32Array(0) };

export function packNames(entries: readonly { readonly name: string; readonly isFolder: boolean }[]): PackedNames {
	const ends = new Uint32Array(entries.length);
	const masks = new Int32Array(entries.length);
	let end = 0;
	for (const [index, { name, isFolder }] of entries.entries()) {
		let mask = isFolder ? IS_FOLDER : 0;
		let isWide = false;
		for (let i = 0; i < name.length; i++) {
			const unit = name.charCodeAt(i);
			isWide ||= unit > 127;
			mask |= unitMask(foldUnit(unit));
		}
		end += isWide ? Buffer.byteLength(name) : name.length;
		ends[index] = end;
		masks[index] = isWide ? mask | IS_WIDE : mask;
	}
	const bytes = Buffer.from(entries.map(({ name }) => name).join(''));
	// A small buffer is a view of a larger one that would be kept with it.
	return { bytes: new Uint8Array(bytes), ends, masks };
}

export function nameAt({ bytes, ends }: PackedNames, index: number): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index]);
}
