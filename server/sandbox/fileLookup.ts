import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import type { FileLookup } from './writableRoots.ts';

function orNull<T>(read: () => T): T | null {
	try {
		return read();
	} catch {
		return null;
	}
}

export const diskLookup: FileLookup = {
	realpath: (file) => orNull(() => realpathSync(file)),
	kind: (file) => {
		const stat = orNull(() => statSync(file));
		return stat === null ? null : stat.isDirectory() ? 'folder' : 'file';
	},
	read: (file) => orNull(() => readFileSync(file, 'utf8')),
	isWritable: (folder) =>
		orNull(() => {
			accessSync(folder, constants.W_OK);
			return true;
		}) ?? false,
};
