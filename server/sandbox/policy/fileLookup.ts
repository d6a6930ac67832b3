import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { hostPaths } from '../../platform/host.ts';
import { readGuardedSync, textOf } from '../../files/guardedFile.ts';
import type { FileLookup } from './writableRoots.ts';

/** A `.git` file holds one path. */
const MAX_POINTER_BYTES = 64 * 1024;

function orNull<T>(read: () => T): T | null {
	try {
		return read();
	} catch {
		return null;
	}
}

export const diskLookup: FileLookup = {
	paths: hostPaths,
	// The native one knows short names, drives that stand for others, and how a name is really written.
	realpath: (file) => orNull(() => realpathSync.native(file)),
	kind: (file) => {
		const stat = orNull(() => statSync(file));
		return stat === null ? null : stat.isDirectory() ? 'folder' : 'file';
	},
	read: (file) => textOf(readGuardedSync(file, { maxBytes: MAX_POINTER_BYTES })),
	isWritable: (folder) =>
		orNull(() => {
			accessSync(folder, constants.W_OK);
			return true;
		}) ?? false,
};
