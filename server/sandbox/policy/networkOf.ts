import type { SandboxPolicy } from './policy.ts';

/** Whether an open network of the policy is meant to be left through a proxy only. */
export const isFiltered = (policy: SandboxPolicy): boolean =>
	policy.type === 'managed' && policy.network === 'enabled' && policy.filter !== undefined;

/** An open network is never the answer where a filtered one was meant. */
export const NO_PROXY = 'there is no proxy for its filtered network';

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
