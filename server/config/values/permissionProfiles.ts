import os from 'node:os';
import path from 'node:path';
import { type Denials, denialsOf, legacyPolicyOf, NO_DENIALS, policyOfProfile, profileOfPolicy } from '../../sandbox/policy/permissionProfile.ts';
import type { FileSystemAccess, FileSystemEntry, FileSystemPath, SpecialPath } from '../../sandbox/policy/fileSystemEntry.ts';
import type { ManagedPolicy, SandboxPolicy } from '../../sandbox/policy/policy.ts';
import type { Config } from '../config.ts';
import { ConfigError } from '../configError.ts';
import { profileNetwork } from './networkProfile.ts';
import { l10n } from '../../words/l10n.ts';

/** A named profile, as a client or the configuration chose it. */
export interface ProfileChoice {
	readonly id: string;
	/** Absolute; writable beyond what the profile says. Null: nobody said anything of them. */
	readonly additionalWritableRoots: readonly string[] | null;
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const SPECIAL: Readonly<Record<string, SpecialPath>> = {
	':root': { kind: 'root' },
	':minimal': { kind: 'minimal' },
	':project_roots': { kind: 'project_roots' },
	// The older name of the same.
	':cwd': { kind: 'project_roots' },
	':tmpdir': { kind: 'tmpdir' },
};

const hasWildcard = (text: string) => /[*?[{]/.test(text);

/** The policy of a profile. `notes`: as for `sandboxOf`. Throws `ConfigError` where there is no such profile or it says what cannot be kept. */
export function profilePolicy(choice: ProfileChoice, config: Config, notes: string | null): SandboxPolicy {
	const own = choice.id.startsWith(':') ? builtIn(choice.id) : configured(choice.id, config);
	const profile = profileOfPolicy(own);
	if (profile.type !== 'managed' || profile.fileSystem.type === 'unrestricted') return own;
	const isWorkspace = legacyPolicyOf(own).type === 'workspaceWrite';
	const roots = choice.additionalWritableRoots ?? (isWorkspace && notes !== null ? [notes] : []);
	const added = roots.map((root): FileSystemEntry => ({ path: { type: 'path', path: root }, access: 'write' }));
	return policyOfProfile({ ...profile, fileSystem: { ...profile.fileSystem, entries: [...profile.fileSystem.entries, ...added] } });
}

/** The profile that the configuration chooses; null when it chooses none. Throws `ConfigError` where it forgot to. */
export function configuredProfile(config: Config): ProfileChoice | null {
	if (config.default_permissions !== undefined) return { id: config.default_permissions, additionalWritableRoots: null };
	if (config.permissions !== undefined && Object.keys(config.permissions).length > 0 && config.sandbox_mode === undefined) {
		throw new ConfigError(l10n`config defines \`[permissions]\` profiles but does not set \`default_permissions\`; name the one that counts there`);
	}
	return null;
}

/** What the profile that the configuration chooses hides from every command and file request. Throws `ConfigError`. */
export function configuredDenials(config: Config): Denials {
	const chosen = configuredProfile(config);
	return chosen === null ? NO_DENIALS : denialsOf(profilePolicy(chosen, config, null));
}

/** What of a policy's entries does not count here, for the person who wrote them. */
export function profileWarnings(policy: SandboxPolicy): readonly string[] {
	if (policy.type !== 'managed' || policy.fileSystem.type === 'unrestricted') return [];
	return policy.fileSystem.entries.flatMap(({ path: place, access }) => {
		if (place.type !== 'special' || place.value.kind !== 'unknown') return [];
		const consequence = access === 'none' ? 'commands will not run, since what it hides is not known' : 'it opens nothing';
		return [`The permission profile names \`${place.value.path}\`, which this version does not know: ${consequence}.`];
	});
}

/** What can be chosen by name: the built-in profiles, then those of the configuration. */
export function selectableProfiles(config: Config): readonly { readonly id: string; readonly description: string | null }[] {
	const own = Object.entries(config.permissions ?? {}).map(([id, table]) => {
		const description: unknown = isTable(table) ? table['description'] : null;
		return { id, description: typeof description === 'string' ? description : null };
	});
	return [...[':read-only', ':workspace', ':danger-full-access'].map((id) => ({ id, description: null })), ...own];
}

function builtIn(id: string): SandboxPolicy {
	switch (id) {
		case ':workspace':
			return { type: 'workspaceWrite', writableRoots: [], networkAccess: false, excludeTmpdirEnvVar: false, excludeSlashTmp: false };
		case ':read-only':
			return { type: 'readOnly', networkAccess: false };
		// The newer and the older name of the same.
		case ':danger-full-access':
		case ':danger-no-sandbox':
			return { type: 'dangerFullAccess' };
		default:
			throw new ConfigError(
				l10n`default_permissions refers to unknown built-in profile \`${id}\`; there are :workspace, :read-only and :danger-full-access`,
			);
	}
}

function configured(id: string, config: Config): ManagedPolicy {
	const table = config.permissions?.[id];
	if (table === undefined) throw new ConfigError(l10n`default_permissions refers to undefined profile \`${id}\`; define it as [permissions.${id}]`);
	if (!isTable(table)) throw new ConfigError(l10n`permissions.${id} must be a table with \`filesystem\` and \`network\``);
	return {
		type: 'managed',
		fileSystem: { type: 'restricted', ...fileSystemOf(`permissions.${id}.filesystem`, table['filesystem'] ?? {}) },
		...profileNetwork(`permissions.${id}.network`, table['network'] ?? {}),
	};
}

function fileSystemOf(key: string, table: unknown): { entries: readonly FileSystemEntry[]; globScanMaxDepth?: number } {
	if (!isTable(table)) throw new ConfigError(l10n`${key} must be a table of paths`);
	const depth = table['glob_scan_max_depth'];
	if (depth !== undefined && (typeof depth !== 'number' || !Number.isInteger(depth) || depth < 1)) {
		throw new ConfigError(l10n`glob_scan_max_depth must be at least 1, not ${JSON.stringify(depth)}`);
	}
	const entries: FileSystemEntry[] = [];
	for (const [name, value] of sorted(table)) {
		if (name === 'glob_scan_max_depth') continue;
		if (!isTable(value)) entries.push(entryOf(name, null, accessOf(`${key}."${name}"`, value)));
		else for (const [below, access] of sorted(value)) entries.push(entryOf(name, below, accessOf(`${key}."${name}"."${below}"`, access)));
	}
	return { entries, ...(typeof depth === 'number' ? { globScanMaxDepth: depth } : {}) };
}

const sorted = (table: Readonly<Record<string, unknown>>) => Object.entries(table).toSorted(([a], [b]) => (a < b ? -1 : 1));

function accessOf(key: string, value: unknown): FileSystemAccess {
	if (value === 'read' || value === 'write' || value === 'none') return value;
	if (value === 'deny') return 'none';
	throw new ConfigError(l10n`${key} must be "read", "write" or "none", not ${JSON.stringify(value)}`);
}

/** A place that may not even be read: a path, absolute or below `~`, or a pattern of paths. Throws `ConfigError`. */
export function hiddenPlace(name: string): FileSystemEntry {
	return entryOf(name, null, 'none');
}

function entryOf(name: string, below: string | null, access: FileSystemAccess): FileSystemEntry {
	const entry = (place: FileSystemPath): FileSystemEntry => ({ path: place, access });
	if (below !== null && below !== '.' && (path.isAbsolute(below) || below.split('/').some((part) => part === '.' || part === '..' || part === ''))) {
		throw new ConfigError(l10n`filesystem subpath \`${below}\` must be a descendant path without \`.\` or \`..\` components`);
	}
	const rest = below === '.' ? null : below;
	if (name.startsWith(':')) {
		const value = SPECIAL[name];
		if (value === undefined) return entry({ type: 'special', value: { kind: 'unknown', path: name, subpath: rest } });
		if (rest === null) return entry({ type: 'special', value });
		if (value.kind !== 'project_roots') throw new ConfigError(l10n`filesystem path \`${name}\` cannot have the subpath \`${rest}\``);
		// Relative patterns are about the folder that the policy is about, wherever that is later.
		return hasWildcard(rest) ? globEntry(rest, access) : entry({ type: 'special', value: { kind: 'project_roots', subpath: rest } });
	}
	const file = name.startsWith('~/') ? path.join(os.homedir(), name.slice(2)) : name === '~' ? os.homedir() : name;
	if (!path.isAbsolute(file)) throw new ConfigError(l10n`filesystem path \`${name}\` must be absolute, use \`~/...\`, or start with \`:\``);
	const whole = rest === null ? file : path.join(file, rest);
	return hasWildcard(whole) ? globEntry(whole, access) : entry({ type: 'path', path: path.normalize(whole) });
}

function globEntry(pattern: string, access: FileSystemAccess): FileSystemEntry {
	if (access === 'none') return { path: { type: 'glob', pattern }, access };
	const folder = pattern.slice(0, -3);
	if (pattern.endsWith('/**') && !hasWildcard(folder)) {
		return path.isAbsolute(folder)
			? { path: { type: 'path', path: folder }, access }
			: { path: { type: 'special', value: { kind: 'project_roots', subpath: folder } }, access };
	}
	throw new ConfigError(
		l10n`filesystem glob path \`${pattern}\` only supports \`none\` access; use an exact path or trailing \`/**\` for \`${access}\` subtree access`,
	);
}
