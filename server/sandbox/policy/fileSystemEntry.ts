export type FileSystemAccess = 'read' | 'write' | 'none';

export type SpecialPath =
	| { readonly kind: 'root' }
	/** What programs of the system need to start. */
	| { readonly kind: 'minimal' }
	/** The folder that the policy is about, whichever that is when it is enforced. */
	| { readonly kind: 'project_roots'; readonly subpath?: string }
	| { readonly kind: 'slash_tmp' }
	| { readonly kind: 'tmpdir' }
	/** A name of a later version. It grants nothing. */
	| { readonly kind: 'unknown'; readonly path: string; readonly subpath: string | null };

export type FileSystemPath =
	/** Absolute. */
	| { readonly type: 'path'; readonly path: string }
	/** Absolute, or relative to the folder that the policy is about. */
	| { readonly type: 'glob'; readonly pattern: string }
	| { readonly type: 'special'; readonly value: SpecialPath };

/** One line of a profile. The most specific entry of a path counts; of two for the same path `none` wins, then `write`. */
export interface FileSystemEntry {
	readonly path: FileSystemPath;
	readonly access: FileSystemAccess;
	/** Allowed beyond the profile: it opens what the profile does not name, and never what it hides. */
	readonly granted?: true;
}

export type FileSystemPolicy =
	| {
			readonly type: 'restricted';
			readonly entries: readonly FileSystemEntry[];
			/** How many folders deep a `**` is looked for; at least 1. Without it: everywhere. */
			readonly globScanMaxDepth?: number;
	  }
	| { readonly type: 'unrestricted' };
