import type { SandboxPolicy } from './policy.ts';

export type FileSystemAccess = 'read' | 'write' | 'none';

export type FileSystemPath =
	| { readonly type: 'path'; readonly path: string }
	| { readonly type: 'glob'; readonly pattern: string }
	| { readonly type: 'special'; readonly value: SpecialPath };

export type SpecialPath =
	| { readonly kind: 'root' }
	| { readonly kind: 'minimal' }
	| { readonly kind: 'project_roots'; readonly subpath?: string }
	| { readonly kind: 'slash_tmp' }
	| { readonly kind: 'tmpdir' };

export interface FileSystemEntry {
	readonly path: FileSystemPath;
	readonly access: FileSystemAccess;
}

export type NetworkPolicy = 'restricted' | 'enabled';

/** The complete permissions of a command. `managed` is ours to enforce, `disabled` is nobody's, `external` somebody else's. */
export type PermissionProfile =
	| {
			readonly type: 'managed';
			readonly fileSystem: { readonly type: 'restricted'; readonly entries: readonly FileSystemEntry[] } | { readonly type: 'unrestricted' };
			readonly network: NetworkPolicy;
	  }
	| { readonly type: 'disabled' }
	| { readonly type: 'external'; readonly network: NetworkPolicy };

const special = (value: SpecialPath, access: FileSystemAccess): FileSystemEntry => ({ path: { type: 'special', value }, access });
const READ_ALL = special({ kind: 'root' }, 'read');
const PROTECTED: readonly FileSystemEntry[] = ['.git', '.agents', '.codex'].map((subpath) => special({ kind: 'project_roots', subpath }, 'read'));
const network = (access: boolean): NetworkPolicy => (access ? 'enabled' : 'restricted');

/** The profile that says the same as one of the four older policies. */
export function profileOfPolicy(policy: SandboxPolicy): PermissionProfile {
	switch (policy.type) {
		case 'dangerFullAccess':
			return { type: 'disabled' };
		case 'externalSandbox':
			return { type: 'external', network: policy.networkAccess };
		case 'readOnly':
			return { type: 'managed', fileSystem: { type: 'restricted', entries: [READ_ALL] }, network: network(policy.networkAccess) };
		case 'workspaceWrite': {
			const entries: readonly FileSystemEntry[] = [
				READ_ALL,
				special({ kind: 'project_roots' }, 'write'),
				...(policy.excludeSlashTmp ? [] : [special({ kind: 'slash_tmp' }, 'write')]),
				...(policy.excludeTmpdirEnvVar ? [] : [special({ kind: 'tmpdir' }, 'write')]),
				...PROTECTED,
				...policy.writableRoots.map((root): FileSystemEntry => ({ path: { type: 'path', path: root }, access: 'write' })),
			];
			return { type: 'managed', fileSystem: { type: 'restricted', entries }, network: network(policy.networkAccess) };
		}
	}
}

const sameEntry = (a: FileSystemEntry, b: FileSystemEntry) => JSON.stringify(a) === JSON.stringify(b);

/** The older policy that says the same as a profile; null when none does. */
export function policyOfProfile(profile: PermissionProfile): SandboxPolicy | null {
	if (profile.type === 'disabled') return { type: 'dangerFullAccess' };
	if (profile.type === 'external') return { type: 'externalSandbox', networkAccess: profile.network };
	if (profile.fileSystem.type === 'unrestricted') return profile.network === 'enabled' ? { type: 'dangerFullAccess' } : null;
	const networkAccess = profile.network === 'enabled';
	const { entries } = profile.fileSystem;
	const isSpecial = (kind: SpecialPath['kind']) =>
		entries.some(({ path, access }) => access === 'write' && path.type === 'special' && path.value.kind === kind);
	const candidate: SandboxPolicy = entries.every(({ access }) => access === 'read')
		? { type: 'readOnly', networkAccess }
		: {
				type: 'workspaceWrite',
				writableRoots: entries.flatMap(({ path, access }) => (path.type === 'path' && access === 'write' ? [path.path] : [])),
				networkAccess,
				excludeSlashTmp: !isSpecial('slash_tmp'),
				excludeTmpdirEnvVar: !isSpecial('tmpdir'),
			};
	const projected = profileOfPolicy(candidate);
	if (projected.type !== 'managed' || projected.fileSystem.type !== 'restricted') return null;
	const expected = projected.fileSystem.entries;
	const isSame = expected.length === entries.length && expected.every((entry) => entries.some((other) => sameEntry(entry, other)));
	return isSame ? candidate : null;
}
