import fs from 'node:fs/promises';
import path from 'node:path';

/** So long a window may take to hear of an end; older claims are removed. */
const KEPT_MS = 24 * 60 * 60_000;

/**
 * True for the first of all windows on a home that asks about a turn: several follow one thread, and a person is told once. Where nothing
 * can be written everybody tells: twice is better than never.
 */
export async function claimEnd(home: string, turnId: string): Promise<boolean> {
	// Whatever a server calls its turns, the claim stays in its folder.
	if (!/^[\w-]{1,100}$/.test(turnId)) return true;
	const folder = path.join(home, 'tiller', 'told');
	try {
		await fs.mkdir(folder, { recursive: true, mode: 0o700 });
		const file = await fs.open(path.join(folder, turnId), 'wx', 0o600);
		await file.close();
	} catch (error) {
		return !(error instanceof Error && 'code' in error && error.code === 'EEXIST');
	}
	await removeOld(folder).catch(() => {});
	return true;
}

async function removeOld(folder: string): Promise<void> {
	for (const name of await fs.readdir(folder)) {
		const file = path.join(folder, name);
		const { mtimeMs } = await fs.stat(file);
		if (Date.now() - mtimeMs > KEPT_MS) await fs.rm(file, { force: true });
	}
}
