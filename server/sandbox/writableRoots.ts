import path from 'node:path';
import type { SandboxPolicy } from './policy.ts';

/** What the plan needs to know of the file system. */
export interface FileLookup {
	/** The path with all links resolved; null when it does not exist. */
	realpath(file: string): string | null;
	kind(file: string): 'file' | 'folder' | null;
	/** Text of a small file; null when it cannot be read. */
	read(file: string): string | null;
	/** Whether this user can make entries in the folder. */
	isWritable(folder: string): boolean;
}

/**
 * What a command sees at a path, on top of a disk that can be read but not written.
 * `absent`: nothing is there now and nothing may be made there.
 */
export interface MountRule {
	readonly path: string;
	readonly access: 'write' | 'read' | 'absent';
}

/** Folders of a project that hold settings which run code later: hooks, rules, server commands. */
export const PROTECTED_NAMES = ['.git', '.agents', '.codex'] as const;

export interface WritableRootsRequest {
	readonly policy: SandboxPolicy;
	/** Absolute; the folder that `workspaceWrite` is about. Not where the one command runs. */
	readonly policyCwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Our own home. Its configuration and keys stay out of reach even where it lies in a writable folder. */
	readonly codexHome: string | null;
}

export function isInside(folder: string, file: string): boolean {
	const relative = path.relative(folder, file);
	return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

/** Where the real repository is when `.git` is a file (`gitdir: ...`), as in work trees and submodules. */
function gitFolderOf(pointer: string, lookup: FileLookup): string | null {
	const match = /^gitdir:\s*(.+?)\s*$/m.exec(lookup.read(pointer) ?? '');
	return match?.[1] === undefined ? null : lookup.realpath(path.resolve(path.dirname(pointer), match[1]));
}

function protectionsOf(root: string, lookup: FileLookup): readonly MountRule[] {
	return PROTECTED_NAMES.flatMap((name): readonly MountRule[] => {
		const file = path.join(root, name);
		const real = lookup.realpath(file);
		if (real === null) return lookup.isWritable(root) ? [{ path: file, access: 'absent' }] : [];
		const rules: MountRule[] = [{ path: real, access: 'read' }];
		if (name === '.git' && lookup.kind(real) === 'file') {
			const folder = gitFolderOf(real, lookup);
			if (folder !== null) rules.push({ path: folder, access: 'read' });
		}
		return rules;
	});
}

function realFolders(candidates: readonly (string | undefined)[], lookup: FileLookup): readonly string[] {
	const folders = candidates.flatMap((candidate) => {
		if (candidate === undefined || !path.isAbsolute(candidate)) return [];
		const real = lookup.realpath(candidate);
		// The whole disk is never meant by a temporary folder or a root that was left empty.
		return real !== null && real !== path.parse(real).root && lookup.kind(real) === 'folder' ? [real] : [];
	});
	return [...new Set(folders)];
}

/**
 * The rules of a policy, outer paths before inner ones, so that applying them in order gives what they say.
 * Roots that do not exist are left out: there is nothing to write to, and making them is itself a write outside.
 */
export function mountRules(request: WritableRootsRequest, lookup: FileLookup): readonly MountRule[] {
	const { policy } = request;
	if (policy.type !== 'workspaceWrite') return [];
	const projectRoots = realFolders([request.policyCwd, ...policy.writableRoots], lookup);
	const temporary = realFolders(
		[policy.excludeSlashTmp ? undefined : '/tmp', policy.excludeTmpdirEnvVar ? undefined : request.env['TMPDIR']],
		lookup,
	);
	const explicit = new Set([...projectRoots, ...temporary]);
	const rules = new Map<string, MountRule>();
	for (const root of explicit) rules.set(root, { path: root, access: 'write' });
	const protect = (rule: MountRule) => {
		const isReached = [...explicit].some((root) => isInside(root, rule.path));
		if (isReached && !explicit.has(rule.path)) rules.set(rule.path, rule);
	};
	for (const root of projectRoots) protectionsOf(root, lookup).forEach(protect);
	for (const root of temporary) {
		if (projectRoots.includes(root)) continue;
		for (const rule of protectionsOf(root, lookup)) if (rule.access !== 'absent') protect(rule);
	}
	const home = request.codexHome === null ? null : lookup.realpath(request.codexHome);
	if (home !== null) protect({ path: home, access: 'read' });
	return [...rules.values()].sort((a, b) => a.path.split(path.sep).length - b.path.split(path.sep).length || (a.path < b.path ? -1 : 1));
}

/** Whether the policy closes the network. */
export function networkOf(policy: SandboxPolicy): 'restricted' | 'enabled' {
	switch (policy.type) {
		case 'dangerFullAccess':
			return 'enabled';
		case 'externalSandbox':
			return policy.networkAccess;
		case 'readOnly':
		case 'workspaceWrite':
			return policy.networkAccess ? 'enabled' : 'restricted';
	}
}
