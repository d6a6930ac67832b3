import { copyFile, stat, utimes } from 'node:fs/promises';
import path from 'node:path';

/**
 * Copies the index of the checkout at `root` into a folder, for work that must not touch the checkout's own; resolves to the copy's path.
 * There is no copy where there is no index yet. Rejects with the file system's error.
 *
 * The copy is as old as the index: git compares the content of files that changed when the index was written or later, and trusts the times
 * and sizes of all others. A copy that is newer than that hides a change of the same second and size.
 * See "Racy Git" in Git's technical documentation.
 */
export async function copyIndex(run: (args: readonly string[]) => Promise<string>, root: string, folder: string): Promise<string> {
	const copy = path.join(folder, 'index');
	const own = path.resolve(root, (await run(['rev-parse', '--git-path', 'index'])).replace(/\n$/, ''));
	const found = await stat(own).catch((error: unknown) => {
		// A checkout without commits has none.
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
		throw error;
	});
	if (found === null) return copy;
	await copyFile(own, copy);
	const second = Math.floor(found.mtimeMs / 1000);
	await utimes(copy, second, second);
	return copy;
}
