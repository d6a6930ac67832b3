import type { FileSystemEntry } from './fileSystemEntry.ts';
import { profileOfPolicy, withEntries } from './permissionProfile.ts';
import type { SandboxPolicy } from './policy.ts';
import { isNothing, type RequestedPermissions } from './requestedPermissions.ts';

const entry =
	(access: 'read' | 'write') =>
	(file: string): FileSystemEntry => ({ path: { type: 'path', path: file }, access, granted: true });

/**
 * A policy with what was granted beyond it. Folders that do not exist open nothing: making them would itself be a write outside. What the
 * policy hides stays hidden, also where a narrower path was granted.
 */
export function withPermissions(policy: SandboxPolicy, granted: RequestedPermissions): SandboxPolicy {
	if (isNothing(granted)) return policy;
	switch (policy.type) {
		case 'dangerFullAccess':
			return policy;
		case 'externalSandbox':
			return granted.network ? { ...policy, networkAccess: 'enabled' } : policy;
		case 'workspaceWrite': {
			const writableRoots = [...policy.writableRoots, ...granted.write];
			return { ...policy, writableRoots, networkAccess: policy.networkAccess || granted.network };
		}
		case 'readOnly': {
			const networkAccess = policy.networkAccess || granted.network;
			if (granted.write.length === 0) return { ...policy, networkAccess };
			// The project itself stays read-only, which no older policy can say.
			const profile = profileOfPolicy({ ...policy, networkAccess });
			return profile.type === 'managed' ? withEntries(profile, { entries: granted.write.map(entry('write')), network: networkAccess }) : policy;
		}
		case 'managed': {
			const entries = [...granted.read.map(entry('read')), ...granted.write.map(entry('write'))];
			return withEntries(policy, { entries, network: granted.network });
		}
		default:
			return policy satisfies never;
	}
}
