import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readGuardedSync, textOf } from '../../files/guardedFile.ts';
import { isFile, isFolder } from '../../platform/fileKinds.ts';
import { oncePerRound } from '../../platform/eventRound.ts';
import { foldersUp } from '../../platform/foldersUp.ts';
import { hostSystem } from '../../platform/host.ts';

const GIT = '.git';
/** Of a file that names the folder of a repository. */
const MAX_POINTER_BYTES = 64 * 1024;

/** Whether a folder is the root of a git repository, and not one that only has something called `.git`. */
export const isRepository: (folder: string) => boolean = oncePerRound((folder) => {
	const git = path.join(folder, GIT);
	if (isFolder(git)) return isFile(path.join(git, 'HEAD'));
	if (!isFile(git)) return false;
	const target = namedIn(git, /^gitdir:\s*(.+?)\s*$/m);
	return target !== null && isFile(path.join(path.resolve(folder, target), 'HEAD'));
});

/**
 * The person's checkout that a worktree belongs to; null for all other folders. A folder says itself which repository it belongs to, so the
 * repository has to say the same: nobody gets the trust of another folder by a file that names it.
 */
const checkoutOfWorktree: (folder: string) => string | null = oncePerRound((folder) => {
	const pointer = path.join(folder, GIT);
	const own = isFile(pointer) ? namedIn(pointer, /^gitdir:\s*(.+?)\s*$/m) : null;
	if (own === null) return null;
	const state = path.resolve(folder, own);
	const back = namedIn(path.join(state, 'gitdir'), /^(.+?)\s*$/m);
	const common = namedIn(path.join(state, 'commondir'), /^(.+?)\s*$/m);
	if (back === null || common === null || realOr(path.resolve(state, back)) !== realOr(pointer)) return null;
	const repository = path.resolve(state, common);
	const isOfIt = realOr(path.dirname(state)) === realOr(path.join(repository, 'worktrees'));
	const checkout = path.dirname(repository);
	return isOfIt && path.basename(repository) === GIT && isRepository(checkout) ? checkout : null;
});

function namedIn(file: string, pattern: RegExp): string | null {
	const text = textOf(readGuardedSync(file, { maxBytes: MAX_POINTER_BYTES }));
	return (text === null ? null : pattern.exec(text)?.[1]) ?? null;
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

/** The folders of which one's trust counts for a working directory, the first of which something is said: itself, its project, and the checkout of a worktree. */
export function trustRoots(cwd: string): readonly string[] {
	const root = projectRoot(cwd);
	const checkout = checkoutOfWorktree(root);
	return checkout === null ? [cwd, root] : [cwd, root, checkout];
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
