import type { PlannedChange } from './computeChanges.ts';

export interface ApplyRequest {
	readonly threadId: string;
	readonly turnId: string;
	readonly itemId: string;
	readonly changes: readonly PlannedChange[];
	/**
	 * Whether a file may be written under the sandbox and what a person allowed. Asked again at the moment of writing, with
	 * all symbolic links resolved.
	 */
	mayWrite(realPath: string): boolean;
}

/** In the order of the changes, one each. */
export interface ApplyResult {
	readonly path: string;
	/** `conflict`: the file has changed since the patch was worked out, and stays as it is. */
	readonly status: 'applied' | 'conflict' | 'failed';
	/** For the model, when it was not applied. */
	readonly message: string | null;
	/** The text the file has now, when that is not the text that the change wanted, such as after a merge. */
	readonly content: string | null;
	/** Saving alone made `content` differ, such as format on save. */
	readonly changedBySave?: boolean;
}

/** Puts the changes of one approved patch into the files. Never rejects: what went wrong is a result. */
export interface FileChangeApplier {
	apply(request: ApplyRequest, signal: AbortSignal): Promise<readonly ApplyResult[]>;
}
