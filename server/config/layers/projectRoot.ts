import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readGuardedSync, textOf } from '../../files/guardedFile.ts';
import { isFile, isFolder } from '../../platform/fileKinds.ts';
import { foldersUp } from '../../platform/foldersUp.ts';
import { hostSystem } from '../../platform/host.ts';

const GIT = '.git';
/** Of a file that names the folder of a repository. */
const MAX_POINTER_BYTES = 64 * 1024;

/** Whether a folder is the root of a git repository, and not one that only has something called `.git`. */
export function isRepository(folder: string): boolean {
	const git = path.join(folder, GIT);
	if (isFolder(git)) return isFile(path.join(git, 'HEAD'));
	if (!isFile(git)) return false;
	const pointer = textOf(readGuardedSync(git, { maxBytes: MAX_POINTER_BYTES }));
	const target = pointer === null ? null : /^gitdir:\s*(.+?)\s*$/m.exec(pointer)?.[1];
	return target !== null && target !== undefined && isFile(path.join(path.resolve(folder, target), 'HEAD'));
}

/** The folders above a working directory in which other people's folders lie too, or everything: nobody trusts them as a whole. */
export function isShared(folder: string): boolean {
	return folder === path.dirname(folder) || sharedFolders().has(folder);
}

let shared: { readonly key: string; readonly folders: ReadonlySet<string> } | null = null;

function sharedFolders(): ReadonlySet<string> {
	const named = [os.homedir(), os.tmpdir(), ...(hostSystem === 'windows' ? [] : ['/tmp', '/var/tmp', '/private/tmp', '/private/var/tmp'])];
	const key = named.join('\0');
	if (shared?.key === key) return shared.folders;
	const folders = new Set(named.flatMap((folder) => [path.resolve(folder), realOr(folder)]));
	shared = { key, folders };
	return folders;
}

function realOr(folder: string): string {
	try {
		return fs.realpathSync(folder);
	} catch {
		return path.resolve(folder);
	}
}

/** The folder whose trust counts for a working directory: the root of its git repository, or itself. */
export function projectRoot(cwd: string): string {
	return markedRoot(cwd, [GIT]);
}

/** The nearest folder with one of the markers, from a working directory upwards; itself where there is none, or no marker. */
export function markedRoot(cwd: string, markers: readonly string[]): string {
	const isRoot = (folder: string) =>
		markers.some((marker) => (marker === GIT ? isRepository(folder) : fs.existsSync(path.join(folder, marker)))) &&
		(folder === cwd || !isShared(folder));
	return foldersUp(cwd).find(isRoot) ?? cwd;
}

/** The folders from a root down to a working directory in it, both included. */
export function foldersBetween(root: string, cwd: string): readonly string[] {
	const between = path
		.relative(root, cwd)
		.split(path.sep)
		.filter((part) => part !== '');
	return [root, ...between.map((_, index) => path.join(root, ...between.slice(0, index + 1)))];
}
