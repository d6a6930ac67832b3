import { realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { FileSystemAccess } from '../sandbox/policy/fileSystemEntry.ts';
import { diskLookup } from '../sandbox/policy/fileLookup.ts';
import { accessAt, type DeniedGlob, type FileView, fileView, isDenied } from '../sandbox/policy/fileView.ts';
import { denialsOf, withDenials } from '../sandbox/policy/permissionProfile.ts';
import type { SandboxPolicy } from '../sandbox/policy/policy.ts';
import { isInside } from '../sandbox/policy/writableRoots.ts';

/** A folder that work is done in, and what is allowed there. */
export interface PlacedPolicy {
	/** Absolute; what the policy is about. */
	readonly cwd: string;
	readonly policy: SandboxPolicy;
}

export interface FilePermissions {
	/** The profile that the configuration chooses; null when it chooses none. Throws for a configuration that cannot be used. */
	readonly profile: () => SandboxPolicy | null;
	/** The loaded threads. */
	readonly threads: () => readonly PlacedPolicy[];
	/** The server's own working directory. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly codexHome: string;
}

/** What a request does with a path; a tree is all that lies below it too. */
export type FileAccess = 'read' | 'readTree' | 'write' | 'writeTree';

function realOf(file: string): string {
	try {
		return realpathSync(file);
	} catch {
		const parent = path.dirname(file);
		return parent === file ? file : path.join(realOf(parent), path.basename(file));
	}
}

/**
 * Why a file request may not touch a path; null when it may. What the profile of the configuration or a loaded thread hides is hidden
 * from requests too. A profile that the configuration chooses holds for them as a whole, in each folder that is worked in, since a client
 * names no thread; without one a client may do with files what its user may.
 */
export function fileRequests({
	profile,
	threads,
	cwd,
	env,
	codexHome,
}: FilePermissions): (file: string, access: FileAccess) => Promise<string | null> {
	const view = ({ cwd: policyCwd, policy }: PlacedPolicy) => fileView({ policy, policyCwd, env, codexHome, keys: 'shown' }, diskLookup);
	return async (file, access) => {
		const own = profile();
		const loaded = threads();
		const folders = [...new Set([cwd, ...loaded.map((thread) => thread.cwd)])];
		const placed = own === null ? [] : folders.map((folder) => ({ cwd: folder, policy: own }));
		const denying = [...placed, ...loaded].flatMap(({ cwd: folder, policy }) => {
			const denials = denialsOf(policy);
			return denials.entries.length === 0 ? [] : [view({ cwd: folder, policy: withDenials({ type: 'dangerFullAccess' }, denials) })];
		});
		const real = realOf(path.resolve(file));
		for (const each of denying) {
			const reason = each.problem ?? (await hiddenReason(each, { file, real, access }));
			if (reason !== null) return reason;
		}
		const nearest = placed.filter((each) => isInside(realOf(each.cwd), real)).toSorted((a, b) => b.cwd.length - a.cwd.length)[0] ?? placed[0];
		return nearest === undefined ? null : profileReason(view(nearest), { file, real, access });
	};
}

interface Asked {
	readonly file: string;
	readonly real: string;
	readonly access: FileAccess;
}

const isTree = (access: FileAccess) => access === 'readTree' || access === 'writeTree';

async function hiddenReason({ rules, denied, ...view }: FileView, { file, real, access }: Asked): Promise<string | null> {
	if (accessAt({ rules, denied, ...view }, real) === 'none') return `the configured permissions deny access to ${file}`;
	if (!isTree(access)) return null;
	const inner = rules.find((rule) => rule.access === 'none' && isInside(real, rule.path))?.path ?? (await firstMatch(real, denied));
	return inner === null ? null : `the configured permissions deny access to ${inner}, which lies in ${file}; name what is meant in it one by one`;
}

/** The first entry of a tree that a pattern hides; null also for a file, and for what cannot be listed. */
async function firstMatch(folder: string, denied: readonly DeniedGlob[]): Promise<string | null> {
	if (denied.length === 0) return null;
	const names = await readdir(folder, { recursive: true }).catch(() => []);
	const found = names.map((name) => path.join(folder, name)).find((file) => isDenied(denied, file));
	return found ?? null;
}

function profileReason(view: FileView, { file, real, access }: Asked): string | null {
	const isWrite = access === 'write' || access === 'writeTree';
	const suffices = (given: FileSystemAccess) => given === 'write' || (!isWrite && given === 'read');
	const what = isWrite ? 'writing to' : 'reading';
	if (!suffices(accessAt(view, real))) return `the permission profile of the configuration does not allow ${what} ${file}`;
	if (!isTree(access)) return null;
	const inner = view.rules.find((rule) => isInside(real, rule.path) && !suffices(accessAt(view, rule.path)))?.path;
	return inner === undefined ? null : `the permission profile of the configuration does not allow ${what} ${inner}, which lies in ${file}`;
}
