import path from 'node:path';
import { HeldFolder } from '../files/heldFolder.ts';

/** When a turn began, in Unix milliseconds: its id tells. Never, for an id that does not. */
function timeOfId(id: string): number {
	return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : Number.POSITIVE_INFINITY;
}

/**
 * Removes the folders that stand empty without these files and were made since the first of these turns began. A person's own stay.
 * `files`: paths without links. Never rejects.
 */
export async function removeEmptiedFolders(files: readonly string[], turnIds: readonly string[]): Promise<void> {
	const since = Math.min(...turnIds.map(timeOfId));
	for (const file of files) {
		for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
			if (!(await removeIfEmptied(folder, since).catch(() => false))) break;
		}
	}
}

async function removeIfEmptied(real: string, since: number): Promise<boolean> {
	const outer = await HeldFolder.open(path.dirname(real));
	try {
		const stats = await outer.lstat(path.basename(real));
		// A file system that does not know says 0, or the time of the last change, which the loss of a file has just been.
		if (stats === null || !stats.isDirectory() || stats.birthtimeMs < since || stats.birthtimeMs >= stats.ctimeMs) return false;
		// Fails for one with something in it.
		await outer.rmdir(path.basename(real));
		return true;
	} finally {
		await outer.close();
	}
}
