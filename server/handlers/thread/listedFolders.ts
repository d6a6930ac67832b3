import fs from 'node:fs/promises';
import path from 'node:path';
import { hostPaths } from '../../platform/host.ts';

/** Folders as threads may have recorded them: a relative one is below our own, and one behind a link has two names. */
export async function foldersOf(given: string | readonly string[] | null | undefined): Promise<readonly string[] | null> {
	if (given === null || given === undefined) return null;
	const named = [given].flat().map((folder) => path.resolve(folder));
	const real = await Promise.all(named.map((folder) => fs.realpath(folder).catch(() => folder)));
	return [...new Set([...named, ...real].flatMap((folder) => hostPaths.spellings(folder)))];
}
