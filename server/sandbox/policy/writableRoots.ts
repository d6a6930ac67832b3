import { hostPaths } from '../../platform/host.ts';
import type { PathRules } from '../../platform/pathRules.ts';

/** What the plan needs to know of the file system. */
export interface FileLookup {
	/** How the disk tells paths apart. */
	readonly paths: PathRules;
	/** The path with all links resolved; null when it does not exist. */
	realpath(file: string): string | null;
	kind(file: string): 'file' | 'folder' | null;
	/** Text of a small file; null when it cannot be read. */
	read(file: string): string | null;
	/** Whether this user can make entries in the folder. */
	isWritable(folder: string): boolean;
}

/**
 * What a command may do at a path and below it.
 * `none`: it cannot even be read. `absent`: nothing is there now and nothing may be made there.
 */
export interface FileRule {
	readonly path: string;
	readonly access: 'write' | 'read' | 'none' | 'absent';
}

/** Folders of a project that hold settings which run code later, outside of every sandbox: hooks, rules, server commands, tasks of the editor. */
const PROTECTED_NAMES = ['.git', '.agents', '.codex', '.vscode'] as const;

/** Why a file of a project is not changed without asking, for the person who is asked; null for all others. */
export function protectedReason(project: string, realPath: string): string | null {
	const first = hostPaths.relative(project, realPath)?.split('/')[0];
	const name = PROTECTED_NAMES.find((each) => each === first?.toLowerCase());
	return name === undefined ? null : `${name} holds settings that can run programs without a sandbox: look closely at what is changed there.`;
}

export function isInside(folder: string, file: string, paths: PathRules = hostPaths): boolean {
	return paths.isInside(folder, file);
}

/** Where the real repository is when `.git` is a file (`gitdir: ...`), as in work trees and submodules. */
function gitFolderOf(pointer: string, lookup: FileLookup): string | null {
	const match = /^gitdir:\s*(.+?)\s*$/m.exec(lookup.read(pointer) ?? '');
	return match?.[1] === undefined ? null : lookup.realpath(lookup.paths.path.resolve(lookup.paths.path.dirname(pointer), match[1]));
}

/**
 * The folders that are meant by a `.git` file which somebody may write: where that work tree keeps its state, and the repository itself.
 * None for any other file.
 */
export function repositoryOf(file: string, lookup: FileLookup): readonly string[] {
	const { path } = lookup.paths;
	if (path.basename(file) !== '.git' || lookup.kind(file) !== 'file') return [];
	const folder = gitFolderOf(file, lookup);
	if (folder === null) return [];
	const common = lookup.read(path.join(folder, 'commondir'))?.trim();
	const repository = common === undefined || common === '' ? null : lookup.realpath(path.resolve(folder, common));
	return repository === null ? [folder] : [folder, repository];
}

/** Whether a folder holds settings itself, or a repository: whoever opens it means just that. Projects may lie below a `.codex`. */
export function isSettings(folder: string, lookup: FileLookup): boolean {
	const parts = folder.split(lookup.paths.path.sep);
	return parts.includes('.git') || PROTECTED_NAMES.some((name) => name === parts.at(-1));
}

/** Rules for the settings folders of a writable root. */
export function protectionsOf(root: string, lookup: FileLookup): readonly FileRule[] {
	if (isSettings(root, lookup)) return [];
	return PROTECTED_NAMES.flatMap((name): readonly FileRule[] => {
		const file = lookup.paths.path.join(root, name);
		const real = lookup.realpath(file);
		if (real === null) return lookup.isWritable(root) ? [{ path: file, access: 'absent' }] : [];
		const rules: FileRule[] = [{ path: real, access: 'read' }];
		if (name === '.git' && lookup.kind(real) === 'file') {
			const folder = gitFolderOf(real, lookup);
			if (folder !== null) rules.push({ path: folder, access: 'read' });
		}
		return rules;
	});
}

/** Those that are folders, with links resolved, each once. */
export function realFolders(candidates: readonly (string | undefined)[], lookup: FileLookup): readonly string[] {
	const { path } = lookup.paths;
	const folders = candidates.flatMap((candidate) => {
		if (candidate === undefined || !path.isAbsolute(candidate)) return [];
		const real = lookup.realpath(candidate);
		// The whole disk is never meant by a temporary folder or a root that was left empty.
		return real !== null && real !== path.parse(real).root && lookup.kind(real) === 'folder' ? [real] : [];
	});
	return [...new Set(folders)];
}
