import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { FileView } from './fileView.ts';
import { depthOf, fixedPart } from './globPattern.ts';

/** Entries of folders that are looked at for one command. */
const MOST_ENTRIES = 400_000;

/** A search that would take too long. The message is for people and models. */
export class DeniedFilesError extends Error {}

/**
 * What the denied patterns of a view match on the disk now, links resolved, without what lies below a match. What cannot be listed cannot
 * be read by a command of the same user either. Rejects with `DeniedFilesError` rather than to leave one out.
 */
export async function deniedFiles(view: FileView, limit = MOST_ENTRIES): Promise<readonly string[]> {
	const found = new Set<string>();
	let entries = 0;
	for (const { pattern, expression } of view.denied) {
		const start = fixedPart(pattern);
		if (start === pattern) {
			found.add(pattern);
			continue;
		}
		const deepest = depthOf(pattern) ?? view.globScanMaxDepth ?? Number.POSITIVE_INFINITY;
		let level = [start];
		for (let depth = 1; level.length > 0 && depth <= deepest; depth += 1) {
			const lists = await Promise.all(level.map(async (folder) => ({ folder, names: await list(folder) })));
			const next: string[] = [];
			for (const { folder, names } of lists) {
				entries += names.length;
				for (const entry of names) {
					const file = path.join(folder, entry.name);
					if (expression.test(file)) found.add(entry.isSymbolicLink() ? await realpath(file).catch(() => file) : file);
					else if (entry.isDirectory()) next.push(file);
				}
			}
			if (entries > limit) {
				throw new DeniedFilesError(
					`the files that ${pattern} hides could not be found among ${limit} others; set glob_scan_max_depth in the profile, or a pattern without **`,
				);
			}
			level = next;
		}
	}
	return [...found];
}

async function list(folder: string): Promise<readonly Dirent[]> {
	try {
		return await readdir(folder, { withFileTypes: true });
	} catch {
		return [];
	}
}
