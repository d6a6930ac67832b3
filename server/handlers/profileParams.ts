import type { PermissionProfile } from '../protocol/approval/permission.ts';
import { invalidRequest } from '../protocol/wire/rpcError.ts';
import { RpcFailure } from '../session/handler.ts';

/** Refuses a profile that would look for hidden files in no folder at all. */
export function checkDepth(profile: PermissionProfile | null | undefined): void {
	if (profile?.type === 'managed' && profile.fileSystem.type === 'restricted' && profile.fileSystem.globScanMaxDepth === 0) {
		throw new RpcFailure(invalidRequest('Invalid request: globScanMaxDepth must be at least 1, not 0'));
	}
}

/** Refuses a request that says the same in two ways: one would silently lose. */
export function refuseTwo(choices: Readonly<Record<string, unknown>>): void {
	const [first, second] = Object.keys(choices).filter((key) => choices[key] !== undefined && choices[key] !== null);
	if (second !== undefined) throw new RpcFailure(invalidRequest(`\`${first}\` cannot be combined with \`${second}\``));
}
