import path from 'node:path';
import type { SandboxPolicy } from '../../sandbox/policy/policy.ts';
import type { ApprovalPolicy } from '../../items/settings.ts';
import type { Config } from '../config.ts';
import { trustOf } from '../layers/projectTrust.ts';

export type SandboxMode = 'read-only' | 'workspace-write' | 'danger-full-access';

/** Where models keep notes for later sessions. */
export const notesFolder = (home: string): string => path.join(home, 'memories');

/**
 * The policy of a sandbox mode, with what the configuration says of writable workspaces. `notes`: a folder of notes that such a workspace
 * may write to as well; null: none.
 */
export function sandboxOf(mode: SandboxMode, config: Config, notes: string | null): SandboxPolicy {
	switch (mode) {
		case 'danger-full-access':
			return { type: 'dangerFullAccess' };
		case 'read-only':
			return { type: 'readOnly', networkAccess: false };
		case 'workspace-write': {
			const write = config.sandbox_workspace_write ?? {};
			return {
				type: 'workspaceWrite',
				writableRoots: [...new Set([...(write.writable_roots ?? []), ...(notes === null ? [] : [notes])])],
				networkAccess: write.network_access ?? false,
				excludeTmpdirEnvVar: write.exclude_tmpdir_env_var ?? false,
				excludeSlashTmp: write.exclude_slash_tmp ?? false,
			};
		}
		default:
			return mode satisfies never;
	}
}

/** What holds in a folder when nothing is configured: a trusted project may be changed, any other only read. */
export function defaultSandboxMode(config: Config, cwd: string): 'workspace-write' | 'read-only' {
	return trustOf(config, cwd) === 'trusted' ? 'workspace-write' : 'read-only';
}

export function defaultApprovalPolicy(config: Config, cwd: string): ApprovalPolicy {
	const configured = config.approval_policy;
	if (configured && configured !== 'granular') return configured;
	return trustOf(config, cwd) === 'untrusted' ? 'untrusted' : 'on-request';
}
