import { resolve } from 'node:path';
import type { PermissionProfile as WireProfile } from '../protocol/approval/permission.ts';
import type { FileSystemEntry, FileSystemPath } from '../sandbox/policy/fileSystemEntry.ts';
import type { PermissionProfile } from '../sandbox/policy/permissionProfile.ts';

type WireFileSystem = Extract<WireProfile, { type: 'managed' }>['fileSystem'];
type WirePath = Extract<WireFileSystem, { type: 'restricted' }>['entries'][number]['path'];

function fromPath(path: WirePath): FileSystemPath {
	switch (path.type) {
		case 'path':
			return path;
		case 'glob_pattern':
			return { type: 'glob', pattern: path.pattern };
		case 'special': {
			const { value } = path;
			switch (value.kind) {
				case 'project_roots':
					return { type: 'special', value: typeof value.subpath === 'string' ? { kind: value.kind, subpath: value.subpath } : { kind: value.kind } };
				case 'unknown':
					return { type: 'special', value: { kind: value.kind, path: value.path, subpath: value.subpath ?? null } };
				default:
					return { type: 'special', value };
			}
		}
	}
}

/** A full permission profile of a client. */
export function fromWireProfile(profile: WireProfile): PermissionProfile {
	if (profile.type === 'disabled') return profile;
	const network = profile.network.enabled ? 'enabled' : 'restricted';
	if (profile.type === 'external') return { type: 'external', network };
	const { fileSystem } = profile;
	if (fileSystem.type === 'unrestricted') return { type: 'managed', fileSystem, network };
	const entries = fileSystem.entries.map(({ path, access }): FileSystemEntry => ({ path: fromPath(path), access }));
	const depth = fileSystem.globScanMaxDepth;
	const limit = typeof depth === 'number' ? { globScanMaxDepth: depth } : {};
	return { type: 'managed', fileSystem: { type: 'restricted', entries, ...limit }, network };
}

function toPath(path: FileSystemPath, cwd: string): WirePath {
	switch (path.type) {
		case 'path':
			return path;
		case 'glob':
			return { type: 'glob_pattern', pattern: resolve(cwd, path.pattern) };
		case 'special':
			return { type: 'special', value: path.value.kind === 'project_roots' ? { ...path.value, subpath: path.value.subpath ?? null } : path.value };
	}
}

/** The same the other way, with the patterns of a folder as absolute ones. */
export function toWireProfile(profile: PermissionProfile, cwd: string): WireProfile {
	if (profile.type === 'disabled') return profile;
	const network = { enabled: profile.network === 'enabled' };
	if (profile.type === 'external') return { type: 'external', network };
	const { fileSystem } = profile;
	if (fileSystem.type === 'unrestricted') return { type: 'managed', fileSystem, network };
	const entries = fileSystem.entries.map(({ path, access }) => ({ path: toPath(path, cwd), access }));
	const limit = fileSystem.globScanMaxDepth === undefined ? {} : { globScanMaxDepth: fileSystem.globScanMaxDepth };
	return { type: 'managed', fileSystem: { type: 'restricted', entries, ...limit }, network };
}
