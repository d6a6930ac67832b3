/**
 * What a command may touch. The shape of the protocol's `SandboxPolicy`; read access is always the full disk here.
 */
export type SandboxPolicy =
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
