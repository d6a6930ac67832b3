import type { FileSystemPolicy } from './fileSystemEntry.ts';
import type { NetworkFilter } from '../networkFilter.ts';

/** The older shape of what a command may touch, the protocol's `SandboxPolicy`. Read access is always the full disk. */
export type LegacyPolicy =
	| { readonly type: 'dangerFullAccess' }
	| { readonly type: 'readOnly'; readonly networkAccess: boolean }
	| {
			readonly type: 'workspaceWrite';
			/** Absolute; besides the working directory. */
			readonly writableRoots: readonly string[];
			readonly networkAccess: boolean;
			readonly excludeTmpdirEnvVar: boolean;
			readonly excludeSlashTmp: boolean;
	  }
	/** Somebody else has already put the server in a sandbox. */
	| { readonly type: 'externalSandbox'; readonly networkAccess: 'restricted' | 'enabled' };

/** What none of the older policies can say. */
export interface ManagedPolicy {
	readonly type: 'managed';
	readonly fileSystem: FileSystemPolicy;
	readonly network: 'restricted' | 'enabled';
	/** An enabled network that is left through a proxy only, which lets pass what the filter says. */
	readonly filter?: NetworkFilter;
}

/** What a command may touch. */
export type SandboxPolicy = LegacyPolicy | ManagedPolicy;
