import type { FileSystemEntry, SpecialPath } from './fileSystemEntry.ts';
import type { NetworkFilter } from '../networkFilter.ts';
import type { LegacyPolicy, ManagedPolicy, SandboxPolicy } from './policy.ts';

export type NetworkPolicy = 'restricted' | 'enabled';

/** The complete permissions of a command. `managed` is ours to enforce, `disabled` is nobody's, `external` somebody else's. */
export type PermissionProfile = ManagedPolicy | { readonly type: 'disabled' } | { readonly type: 'external'; readonly network: NetworkPolicy };

const special = (value: SpecialPath, access: FileSystemEntry['access']): FileSystemEntry => ({ path: { type: 'special', value }, access });
const READ_ALL = special({ kind: 'root' }, 'read');
const WRITE_ALL = special({ kind: 'root' }, 'write');
const PROTECTED: readonly FileSystemEntry[] = ['.git', '.agents', '.codex'].map((subpath) => special({ kind: 'project_roots', subpath }, 'read'));
const network = (access: boolean): NetworkPolicy => (access ? 'enabled' : 'restricted');

/** The profile that says the same as a policy. */
export function profileOfPolicy(policy: SandboxPolicy): PermissionProfile {
	switch (policy.type) {
		case 'managed':
			return policy;
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
		default:
			return policy satisfies never;
	}
}

const sameEntry = (a: FileSystemEntry, b: FileSystemEntry) => JSON.stringify(a) === JSON.stringify(b);

/** The policy that says the same as a profile: one of the older shapes where there is one. */
export function policyOfProfile(profile: PermissionProfile): SandboxPolicy {
	switch (profile.type) {
		case 'disabled':
			return { type: 'dangerFullAccess' };
		case 'external':
			return { type: 'externalSandbox', networkAccess: profile.network };
		case 'managed': {
			const candidate = legacyPolicyOf(profile);
			if (profile.fileSystem.type === 'unrestricted' || profile.fileSystem.globScanMaxDepth !== undefined) return profile;
			// None of the older policies has a filter: one with an open network would be more.
			if (profile.filter !== undefined) return profile;
			const { entries } = profile.fileSystem;
			const projected = profileOfPolicy(candidate);
			if (projected.type !== 'managed' || projected.fileSystem.type !== 'restricted') return profile;
			const expected = projected.fileSystem.entries;
			const isSame = expected.length === entries.length && expected.every((entry) => entries.some((other) => sameEntry(entry, other)));
			return isSame ? candidate : profile;
		}
		default:
			return profile satisfies never;
	}
}

/** The older policy that comes nearest, for clients and records that know no other. Never enforced in the place of the policy itself. */
export function legacyPolicyOf(policy: SandboxPolicy): LegacyPolicy {
	if (policy.type !== 'managed') return policy;
	const networkAccess = policy.network === 'enabled';
	if (writesAll(policy)) return networkAccess ? { type: 'dangerFullAccess' } : { type: 'externalSandbox', networkAccess: 'restricted' };
	const written = entriesOf(policy).filter(({ access }) => access === 'write');
	const writes = (kind: SpecialPath['kind']) => written.some(({ path }) => path.type === 'special' && path.value.kind === kind);
	const roots = written.flatMap(({ path }) => (path.type === 'path' ? [path.path] : []));
	if (roots.length === 0 && !writes('project_roots') && !writes('tmpdir') && !writes('slash_tmp')) return { type: 'readOnly', networkAccess };
	return {
		type: 'workspaceWrite',
		writableRoots: roots,
		networkAccess,
		excludeSlashTmp: !writes('slash_tmp'),
		excludeTmpdirEnvVar: !writes('tmpdir'),
	};
}

const entriesOf = ({ fileSystem }: ManagedPolicy): readonly FileSystemEntry[] =>
	fileSystem.type === 'restricted' ? fileSystem.entries : [WRITE_ALL];

function writesAll(policy: ManagedPolicy): boolean {
	return entriesOf(policy).some(({ path, access }) => access === 'write' && path.type === 'special' && path.value.kind === 'root');
}

/** Whether commands may read whatever the user may. */
export function readsAll(policy: SandboxPolicy): boolean {
	if (policy.type !== 'managed') return true;
	const entries = entriesOf(policy);
	const isRoot = ({ path }: FileSystemEntry) => path.type === 'special' && path.value.kind === 'root';
	return entries.some(isRoot) && entries.every(({ access }) => access !== 'none');
}

/** Whether commands can do less under a policy than the user could. */
export function isRestricted(policy: SandboxPolicy): boolean {
	switch (policy.type) {
		case 'dangerFullAccess':
		case 'externalSandbox':
			return false;
		case 'readOnly':
		case 'workspaceWrite':
			return true;
		case 'managed':
			return !writesAll(policy) || policy.network === 'restricted' || policy.filter !== undefined;
		default:
			return policy satisfies never;
	}
}

/**
 * Whether commands may speak to the services of the machine over unix sockets: these do whatever they are asked, so only where a command
 * could write everything itself, and the network is open.
 */
export function unixSocketsOf(policy: SandboxPolicy): 'closed' | 'open' {
	switch (policy.type) {
		case 'dangerFullAccess':
			return 'open';
		case 'externalSandbox':
			return policy.networkAccess === 'enabled' ? 'open' : 'closed';
		case 'readOnly':
		case 'workspaceWrite':
			return 'closed';
		case 'managed':
			return policy.network === 'enabled' && writesAll(policy) && entriesOf(policy).every(({ access }) => access !== 'read') ? 'open' : 'closed';
		default:
			return policy satisfies never;
	}
}

/** What a policy hides, whatever else it allows. */
export interface Denials {
	readonly entries: readonly FileSystemEntry[];
	readonly globScanMaxDepth?: number;
	/** What of the network is let pass, where it is enabled at all. */
	readonly filter?: NetworkFilter;
}

export const NO_DENIALS: Denials = { entries: [] };

export function denialsOf(policy: SandboxPolicy): Denials {
	if (policy.type !== 'managed') return NO_DENIALS;
	const filter = policy.filter === undefined ? {} : { filter: policy.filter };
	if (policy.fileSystem.type === 'unrestricted') return { ...NO_DENIALS, ...filter };
	const { entries, globScanMaxDepth } = policy.fileSystem;
	const denied = entries.filter(({ access }) => access === 'none');
	if (denied.length === 0) return { ...NO_DENIALS, ...filter };
	return { entries: denied, ...(globScanMaxDepth === undefined ? {} : { globScanMaxDepth }), ...filter };
}

/**
 * A policy under which what was denied stays denied. Full access becomes a sandbox that allows all else, with an open network; so does
 * somebody else's sandbox, with the network that it has: what it leaves open is not ours to open.
 */
export function withDenials(policy: SandboxPolicy, denials: Denials): SandboxPolicy {
	if (policy.type === 'externalSandbox') {
		if (denials.entries.length === 0 && denials.filter === undefined) return policy;
		return withDenials({ ...fullAccess, network: policy.networkAccess }, denials);
	}
	if (denials.entries.length === 0) return withFilter(policy, denials.filter);
	const filtered = withFilter(policy, denials.filter);
	const profile = filtered.type === 'dangerFullAccess' ? fullAccess : profileOfPolicy(filtered);
	if (profile.type !== 'managed') return policy;
	const own = entriesOf(profile);
	const added = denials.entries.filter((entry) => !own.some((other) => sameEntry(entry, other)));
	const ownDepth = profile.fileSystem.type === 'restricted' ? profile.fileSystem.globScanMaxDepth : undefined;
	// Of two depths the deeper one finds what either would.
	const depth = ownDepth !== undefined && denials.globScanMaxDepth !== undefined ? Math.max(ownDepth, denials.globScanMaxDepth) : undefined;
	const onlyDepth = hasGlob(own) ? undefined : denials.globScanMaxDepth;
	const globScanMaxDepth = depth ?? onlyDepth;
	return {
		...profile,
		fileSystem: { type: 'restricted', entries: [...own, ...added], ...(globScanMaxDepth === undefined ? {} : { globScanMaxDepth }) },
	};
}

/** A closed network keeps the filter too, for the day it is opened. One of its own counts more. */
function withFilter(policy: SandboxPolicy, filter: NetworkFilter | undefined): SandboxPolicy {
	if (filter === undefined) return policy;
	const profile = profileOfPolicy(policy);
	return profile.type !== 'managed' || profile.filter !== undefined ? policy : { ...profile, filter };
}

/** Whether commands can do whatever the user could, but for files that are hidden. */
export function isFullAccess(policy: SandboxPolicy): boolean {
	if (policy.type === 'managed') return writesAll(policy) && policy.network === 'enabled' && policy.filter === undefined;
	return policy.type === 'dangerFullAccess';
}

const fullAccess: ManagedPolicy = { type: 'managed', fileSystem: { type: 'unrestricted' }, network: 'enabled' };
const hasGlob = (entries: readonly FileSystemEntry[]) => entries.some(({ path, access }) => path.type === 'glob' && access === 'none');

/** A policy with more entries. */
export function withEntries(policy: ManagedPolicy, more: { entries: readonly FileSystemEntry[]; network: boolean }): ManagedPolicy {
	const network = more.network ? 'enabled' : policy.network;
	if (policy.fileSystem.type === 'unrestricted') return { ...policy, network };
	return { ...policy, network, fileSystem: { ...policy.fileSystem, entries: [...policy.fileSystem.entries, ...more.entries] } };
}

/** As much of a policy as only reads: nothing is written, the network is closed, and what is hidden stays hidden. */
export function readingOf(policy: SandboxPolicy): SandboxPolicy {
	return policy.type === 'managed' ? { ...withoutWrites(policy), network: 'restricted' } : { type: 'readOnly', networkAccess: false };
}

/** The same with reading in the place of writing. */
export function withoutWrites(policy: ManagedPolicy): ManagedPolicy {
	const entries = entriesOf(policy).map((each): FileSystemEntry => (each.access === 'write' ? { ...each, access: 'read' } : each));
	const { fileSystem } = policy;
	return { ...policy, fileSystem: fileSystem.type === 'restricted' ? { ...fileSystem, entries } : { type: 'restricted', entries } };
}
