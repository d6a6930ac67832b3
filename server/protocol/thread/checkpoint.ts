import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, flag, int64, maybeFlag, text, textOrNull, texts, uint32, uint64 } from '../wire/scalar.ts';

// `thread/checkpoint/*` is our own addition to the protocol: what every turn changed is kept, and can be taken back without git.

export const CheckpointKind = lazy(() => z.enum(['turn', 'restore']));
export type CheckpointKind = z.infer<typeof CheckpointKind>;

export const CheckpointChangedBy = lazy(() => z.enum(['patch', 'command', 'restore']));
export type CheckpointChangedBy = z.infer<typeof CheckpointChangedBy>;

/** What a step did to one file, from before its first change to after its last. */
export const CheckpointFile = lazy(() =>
	z.object({
		path: AbsolutePathBuf,
		change: z.enum(['added', 'deleted', 'modified']),
		by: z.array(CheckpointChangedBy),
		/** Whether the old content is there to come back. */
		kept: flag,
	}),
);
export type CheckpointFile = z.infer<typeof CheckpointFile>;

export const Checkpoint = lazy(() =>
	z.object({
		/** The turn's id, or the restore's own. */
		id: text,
		kind: CheckpointKind,
		/** Of a restore: the steps that it took back. */
		of: texts,
		/** Unix seconds of its first change. */
		createdAt: int64,
		files: z.array(CheckpointFile),
		/** Taken back by a restore that was not taken back itself. */
		undone: flag,
		/** Folders in which changes made by commands could not be kept, with the reason. */
		uncovered: z.array(z.object({ root: AbsolutePathBuf, reason: text })),
	}),
);
export type Checkpoint = z.infer<typeof Checkpoint>;

export const ThreadCheckpointListParams = lazy(() => z.object({ threadId: text }));
export type ThreadCheckpointListParams = z.infer<typeof ThreadCheckpointListParams>;

/** The oldest step first. */
export const ThreadCheckpointListResponse = lazy(() =>
	z.object({
		data: z.array(Checkpoint),
		/** What the thread keeps, each content counted once. */
		bytes: uint64,
	}),
);
export type ThreadCheckpointListResponse = z.infer<typeof ThreadCheckpointListResponse>;

/** `only`: the one step. `andLater`: back to how it was before the step, with all that came after it. */
export const CheckpointScope = lazy(() => z.enum(['only', 'andLater']));
export type CheckpointScope = z.infer<typeof CheckpointScope>;

export const CheckpointContent = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('absent') }),
		z.object({ type: z.literal('text'), text }),
		z.object({ type: z.literal('binary'), bytes: uint64 }),
		z.object({ type: z.literal('notKept'), message: text }),
	]),
);
export type CheckpointContent = z.infer<typeof CheckpointContent>;

export const ThreadCheckpointReadParams = lazy(() =>
	z.object({
		threadId: text,
		checkpointId: text,
		path: AbsolutePathBuf,
	}),
);
export type ThreadCheckpointReadParams = z.infer<typeof ThreadCheckpointReadParams>;

export const ThreadCheckpointReadResponse = lazy(() => z.object({ before: CheckpointContent, after: CheckpointContent }));
export type ThreadCheckpointReadResponse = z.infer<typeof ThreadCheckpointReadResponse>;

export const ThreadCheckpointChangesParams = lazy(() =>
	z.object({
		threadId: text,
		/** How many changes of the thread the client knows already. */
		from: uint32,
	}),
);
export type ThreadCheckpointChangesParams = z.infer<typeof ThreadCheckpointChangesParams>;

/** One change of one file, with its whole content. */
export const CheckpointChange = lazy(() =>
	z.object({
		checkpointId: text,
		/** The item that made it; null for a restore. */
		itemId: textOrNull,
		path: AbsolutePathBuf,
		by: CheckpointChangedBy,
		before: CheckpointContent,
		after: CheckpointContent,
	}),
);
export type CheckpointChange = z.infer<typeof CheckpointChange>;

/** In the order in which they were made. There may be more when `next` is less than `total`. */
export const ThreadCheckpointChangesResponse = lazy(() => z.object({ data: z.array(CheckpointChange), next: uint32, total: uint32 }));
export type ThreadCheckpointChangesResponse = z.infer<typeof ThreadCheckpointChangesResponse>;

export const ThreadCheckpointRestoreParams = lazy(() =>
	z.object({
		threadId: text,
		/** The step to take back: a turn, or a restore (which brings back what that took away). */
		checkpointId: text,
		/** `only` when left out. */
		scope: z.nullish(CheckpointScope),
		/** Only these files of it. */
		paths: z.nullish(z.array(AbsolutePathBuf)),
		/** Says what would happen and changes nothing. */
		dryRun: maybeFlag,
	}),
);
export type ThreadCheckpointRestoreParams = z.infer<typeof ThreadCheckpointRestoreParams>;

/**
 * `merged`: later changes are still there. `conflict`: changed later in the same place and left alone.
 * `notKept`: the old content, or the one that the step left, is not there. `failed`: could not be written.
 */
export const RestoreOutcome = lazy(() => z.enum(['restored', 'merged', 'unchanged', 'conflict', 'notKept', 'failed']));
export type RestoreOutcome = z.infer<typeof RestoreOutcome>;

/** Why a file is not brought back, or not as it was; clients have the words. */
export const RestoreReason = lazy(() =>
	z.enum([
		'symbolicLink',
		'unreadable',
		'changedLater',
		'tooLarge',
		'unreadableBefore',
		'contentDropped',
		'tooLargeToCompare',
		'notComparable',
		'changedMeanwhile',
		'changedAfterwards',
		'noAnswer',
	]),
);
export type RestoreReason = z.infer<typeof RestoreReason>;

export const RestoredFile = lazy(() =>
	z.object({
		path: AbsolutePathBuf,
		outcome: RestoreOutcome,
		action: z.enum(['create', 'delete', 'change', 'none']),
		/** Why not, or what is left to do, in plain words. */
		message: textOrNull,
		/** The same as a code; absent where the system or the editor says it. */
		reason: z.optional(RestoreReason),
		/** Unified diff of the change; null where it is no text. */
		diff: textOrNull,
	}),
);
export type RestoredFile = z.infer<typeof RestoredFile>;

export const ThreadCheckpointRestoreResponse = lazy(() =>
	z.object({
		/** The new step, which can be taken back itself; null when nothing was to be done, and for a dry run. */
		checkpointId: textOrNull,
		files: z.array(RestoredFile),
	}),
);
export type ThreadCheckpointRestoreResponse = z.infer<typeof ThreadCheckpointRestoreResponse>;

export const ThreadCheckpointSaveParams = lazy(() =>
	z.object({
		/** The file that the person saves in an editor. */
		path: AbsolutePathBuf,
	}),
);
export type ThreadCheckpointSaveParams = z.infer<typeof ThreadCheckpointSaveParams>;

export const ThreadCheckpointSaveResponse = lazy(() => z.object({}));
export type ThreadCheckpointSaveResponse = z.infer<typeof ThreadCheckpointSaveResponse>;

/** A step has got more changes, or was taken back. Sent to clients with the capability `applyFileChanges`. */
export const ThreadCheckpointUpdatedNotification = lazy(() =>
	z.object({
		threadId: text,
		checkpointId: text,
		/** How many changes the thread had before these: where `thread/checkpoint/changes` begins with them. */
		from: uint32,
		files: z.array(CheckpointFile),
	}),
);
export type ThreadCheckpointUpdatedNotification = z.infer<typeof ThreadCheckpointUpdatedNotification>;
