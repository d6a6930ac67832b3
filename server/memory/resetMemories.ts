import fs from 'node:fs';
import path from 'node:path';

/** Empties `memories` below `CODEX_HOME` and keeps the folder. Throws when the folder is a link: what it leads to belongs to somebody else. */
export async function resetMemories(home: string): Promise<void> {
	const folder = path.join(home, 'memories');
	await fs.promises.mkdir(folder, { recursive: true, mode: 0o700 });
	if ((await fs.promises.lstat(folder)).isSymbolicLink()) throw new Error(`${folder} is a symbolic link and was not emptied`);
	for (const name of await fs.promises.readdir(folder)) await fs.promises.rm(path.join(folder, name), { recursive: true, force: true });
}
