import type { SandboxPolicy } from './policy.ts';

/** Whether the policy closes the network. */
export function networkOf(policy: SandboxPolicy): 'restricted' | 'enabled' {
	switch (policy.type) {
		case 'dangerFullAccess':
			return 'enabled';
		case 'externalSandbox':
			return policy.networkAccess;
		case 'managed':
			return policy.network;
		case 'readOnly':
		case 'workspaceWrite':
			return policy.networkAccess ? 'enabled' : 'restricted';
	}
}
