import type { SandboxPolicy } from './policy.ts';
import { isNothing, type RequestedPermissions } from './requestedPermissions.ts';

export interface ReachedSandbox {
	readonly policy: SandboxPolicy;
	/** The folder that `workspaceWrite` is about. */
	readonly policyCwd: string;
}

/**
 * A sandbox with what was granted beyond it. Every policy lets commands read, so that only writing and the network make a difference.
 * Folders that do not exist open nothing: making them would itself be a write outside.
 */
export function withPermissions(policy: SandboxPolicy, cwd: string, granted: RequestedPermissions): ReachedSandbox {
	if (isNothing(granted)) return { policy, policyCwd: cwd };
	switch (policy.type) {
		case 'dangerFullAccess':
			return { policy, policyCwd: cwd };
		case 'externalSandbox':
			return { policy: granted.network ? { ...policy, networkAccess: 'enabled' } : policy, policyCwd: cwd };
		case 'workspaceWrite': {
			const writableRoots = [...policy.writableRoots, ...granted.write];
			return { policy: { ...policy, writableRoots, networkAccess: policy.networkAccess || granted.network }, policyCwd: cwd };
		}
		case 'readOnly': {
			const networkAccess = policy.networkAccess || granted.network;
			const [first, ...others] = granted.write;
			if (first === undefined) return { policy: { ...policy, networkAccess }, policyCwd: cwd };
			// The project itself stays read-only: the sandbox is about the granted folder instead.
			return {
				policy: { type: 'workspaceWrite', writableRoots: others, networkAccess, excludeTmpdirEnvVar: true, excludeSlashTmp: true },
				policyCwd: first,
			};
		}
		default:
			return policy satisfies never;
	}
}
