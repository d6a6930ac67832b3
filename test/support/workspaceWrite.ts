import type { SandboxPolicy } from '../../server/sandbox/policy/policy.ts';

/** Writing in the workspace alone: neither the temporary folders nor the network. */
export const workspaceWrite = {
	type: 'workspaceWrite',
	writableRoots: [],
	networkAccess: false,
	excludeSlashTmp: true,
	excludeTmpdirEnvVar: true,
} as const satisfies SandboxPolicy;
