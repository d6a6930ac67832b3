import { isInside, mountRules, type FileLookup } from '../sandbox/writableRoots.ts';
import type { SandboxPolicy } from '../sandbox/policy.ts';

export interface WriteAccessRequest {
	readonly policy: SandboxPolicy;
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly codexHome: string | null;
}

/** The same rules for patches as for commands: whether a path, links resolved, may be written without asking. */
export function writeAccess({ policy, cwd, env, codexHome }: WriteAccessRequest, lookup: FileLookup): (realPath: string) => boolean {
	switch (policy.type) {
		case 'dangerFullAccess':
		case 'externalSandbox':
			return () => true;
		case 'readOnly':
			return () => false;
		case 'workspaceWrite': {
			const rules = mountRules({ policy, policyCwd: cwd, env, codexHome }, lookup);
			// Inner rules come after outer ones, so the last that covers the path decides.
			return (realPath) => rules.findLast((rule) => isInside(rule.path, realPath))?.access === 'write';
		}
	}
}
