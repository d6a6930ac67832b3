import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry {
	readonly name: string;
	/** Unix permissions; 0 where the archive has none. */
	readonly mode: number;
	readonly data: Buffer;
}

/** Reads an archive without ZIP64, such as vsce makes. */
export function unzip(file: string): readonly ZipEntry[] {
	const archive = readFileSync(file);
	const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
	if (end < 0) {
		throw new Error(`${file} is no zip archive.`);
	}
	const entries: ZipEntry[] = [];
	let at = archive.readUInt32LE(end + 16);
	for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
		const method = archive.readUInt16LE(at + 10);
		const compressedSize = archive.readUInt32LE(at + 20);
		const [nameLength, extraLength, commentLength] = [archive.readUInt16LE(at + 28), archive.readUInt16LE(at + 30), archive.readUInt16LE(at + 32)];
		const mode = archive.readUInt32LE(at + 38) >>> 16;
		const header = archive.readUInt32LE(at + 42);
		const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
		const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
		const raw = archive.subarray(start, start + compressedSize);
		entries.push({ name, mode: mode & 0o777, data: method === 0 ? raw : inflateRawSync(raw) });
		at += 46 + nameLength + extraLength + commentLength;
	}
	return entries;
}
