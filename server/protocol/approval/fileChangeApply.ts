import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, pathOrNull, text, textOrNull } from '../wire/scalar.ts';

// `item/fileChange/apply` is our own addition to the protocol: a client with the capability `applyFileChanges` writes
// the files of a patch itself, so that a change meets unsaved edits in an open buffer, not the file below them.

export const FileChangeApplyKind = lazy(() => z.enum(['add', 'delete', 'update', 'move']));
export type FileChangeApplyKind = z.infer<typeof FileChangeApplyKind>;

export const FileChangeApplyChange = lazy(() =>
	z.object({
		path: AbsolutePathBuf,
		/** `move` may change the content too. */
		kind: FileChangeApplyKind,
		/** Where the file goes; only for `move`. */
		movePath: pathOrNull,
		/** The full text that the patch was computed against; null when there was no file. */
		before: textOrNull,
		/** The full text wanted; null for `delete`. Line endings and encoding stay those of the file. */
		after: textOrNull,
	}),
);
export type FileChangeApplyChange = z.infer<typeof FileChangeApplyChange>;

/** Approved already. The client applies the changes as one undoable step and answers one result per change. */
export const FileChangeApplyParams = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		itemId: text,
		changes: z.array(FileChangeApplyChange),
	}),
);
export type FileChangeApplyParams = z.infer<typeof FileChangeApplyParams>;

/**
 * `conflict`: the file has other changes in the same place, nothing was written. `failed`: it could not be written.
 * `notOpen`: the editor cannot hold this file as text and shows it nowhere; the server may write it.
 */
export const FileChangeApplyStatus = lazy(() => z.enum(['applied', 'conflict', 'failed', 'notOpen']));
export type FileChangeApplyStatus = z.infer<typeof FileChangeApplyStatus>;

export const FileChangeApplyResult = lazy(() =>
	z.object({
		/** `path` of the change. */
		path: AbsolutePathBuf,
		status: FileChangeApplyStatus,
		/** For the model: why it was not applied. */
		message: textOrNull,
		/** The final text when it is not `after`, such as after a merge with unsaved edits; else null. */
		content: textOrNull,
		/** Only the save made `content` differ from `after`, such as format on save: nothing in it is the person's. */
		changedBySave: z.optional(z.boolean()),
	}),
);
export type FileChangeApplyResult = z.infer<typeof FileChangeApplyResult>;

/** In the order of the changes. */
export const FileChangeApplyResponse = lazy(() =>
	z.object({
		results: z.array(FileChangeApplyResult),
	}),
);
export type FileChangeApplyResponse = z.infer<typeof FileChangeApplyResponse>;

/** Asked before a patch is worked out: what the person typed and has not saved is what the files are. */
export const FileChangeReadUnsavedParams = lazy(() => z.object({ threadId: text, paths: z.array(AbsolutePathBuf) }));
export type FileChangeReadUnsavedParams = z.infer<typeof FileChangeReadUnsavedParams>;

/** Files without unsaved edits are left out. */
export const FileChangeReadUnsavedResponse = lazy(() => z.object({ files: z.array(z.object({ path: AbsolutePathBuf, text })) }));
export type FileChangeReadUnsavedResponse = z.infer<typeof FileChangeReadUnsavedResponse>;
