import fs from 'node:fs';
import path from 'node:path';
import { readGuarded } from '../files/guardedFile.ts';
import { writeNew } from './foreignFiles.ts';
import type { ImportRecord } from './importJournal.ts';

const MAX_FILES = 2_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Copies the regular files of a folder that the target does not have. Links are left out. `change` may give a file another content. Stops
 * at 2,000 files or 64 MiB with an error that says so.
 */
export async function copyMissing(
	record: ImportRecord,
	{ from, to }: { readonly from: string; readonly to: string },
	change: (name: string, bytes: Buffer) => Uint8Array | string = (_name, bytes) => bytes,
): Promise<void> {
	let files = 0;
	let bytes = 0;
	const copy = async (below: string, depth: number): Promise<void> => {
		const entries = await fs.promises.readdir(path.join(from, below), { withFileTypes: true }).catch(() => []);
		for (const entry of entries) {
			const name = path.join(below, entry.name);
			if (entry.isDirectory() && depth < 16) await copy(name, depth + 1);
			if (!entry.isFile()) continue;
			files += 1;
			const read = await readGuarded(path.join(from, name), { maxBytes: MAX_BYTES - bytes, inside: [from] });
			if (files > MAX_FILES || (read.type === 'refused' && read.why === 'size')) throw new Error(`${from} holds more than can be copied`);
			if (read.type !== 'content') continue;
			bytes += read.bytes.byteLength;
			await writeNew(record, path.join(to, name), change(name, read.bytes), (read.stats.mode & 0o111) === 0 ? 0o644 : 0o755);
		}
	};
	await copy('', 0);
}
