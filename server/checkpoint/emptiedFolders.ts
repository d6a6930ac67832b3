import fs from 'node:fs/promises';
import path from 'node:path';

/** When a turn began, in Unix milliseconds: its id tells. Never, for an id that does not. */
function timeOfId(id: string): number {
	return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : Number.POSITIVE_INFINITY;
}

/** Removes the folders that stand empty without these files and were made since the first of these turns began. A person's own stay. */
export async function removeEmptiedFolders(files: readonly string[], turnIds: readonly string[]): Promise<void> {
	const since = Math.min(...turnIds.map(timeOfId));
	for (const file of files) {
		for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
			// Fails for one with something in it.
			const removed = (await wasMadeSince(folder, since)) && (await succeeds(fs.rmdir(folder)));
			if (!removed) break;
		}
	}
}

async function wasMadeSince(folder: string, since: number): Promise<boolean> {
	const stat = await fs.lstat(folder).catch(() => null);
	// A file system that does not know says 0, or the time of the last change, which the loss of a file has just been.
	return stat !== null && stat.isDirectory() && stat.birthtimeMs >= since && stat.birthtimeMs < stat.ctimeMs;
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
	return work.then(
		() => true,
		() => false,
	);
}
