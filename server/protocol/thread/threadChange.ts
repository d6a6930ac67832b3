import * as z from 'zod/mini';
import { newer } from '../wire/define.ts';
import { JsonValue } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { flag, int64, int64OrNull, maybeText, text, uint32, uint64 } from '../wire/scalar.ts';
import { Thread } from './thread.ts';
import { ThreadStatus } from './threadStatus.ts';

export const ThreadArchiveParams = lazy(() => z.object({ threadId: text }));
export type ThreadArchiveParams = z.infer<typeof ThreadArchiveParams>;

export const ThreadArchiveResponse = lazy(() => z.object({}));
export type ThreadArchiveResponse = z.infer<typeof ThreadArchiveResponse>;

export const ThreadUnarchiveParams = lazy(() => z.object({ threadId: text }));
export type ThreadUnarchiveParams = z.infer<typeof ThreadUnarchiveParams>;

export const ThreadUnarchiveResponse = lazy(() => z.object({ thread: Thread }));
export type ThreadUnarchiveResponse = z.infer<typeof ThreadUnarchiveResponse>;

/** An addition of ours: removes a thread for good. A running turn is stopped first. */
export const ThreadDeleteParams = lazy(() => z.object({ threadId: text }));
export type ThreadDeleteParams = z.infer<typeof ThreadDeleteParams>;

export const ThreadDeleteResponse = lazy(() => z.object({}));
export type ThreadDeleteResponse = z.infer<typeof ThreadDeleteResponse>;

export const ThreadUnsubscribeParams = lazy(() => z.object({ threadId: text }));
export type ThreadUnsubscribeParams = z.infer<typeof ThreadUnsubscribeParams>;

export const ThreadUnsubscribeStatus = lazy(() => z.enum(['notLoaded', 'notSubscribed', 'unsubscribed']));
export type ThreadUnsubscribeStatus = z.infer<typeof ThreadUnsubscribeStatus>;

export const ThreadUnsubscribeResponse = lazy(() =>
	z.object({
		status: ThreadUnsubscribeStatus,
	}),
);
export type ThreadUnsubscribeResponse = z.infer<typeof ThreadUnsubscribeResponse>;

export const ThreadSetNameParams = lazy(() => z.object({ threadId: text, name: text }));
export type ThreadSetNameParams = z.infer<typeof ThreadSetNameParams>;

export const ThreadSetNameResponse = lazy(() => z.object({}));
export type ThreadSetNameResponse = z.infer<typeof ThreadSetNameResponse>;

/** A member left out stays as it is; null clears it. */
export const ThreadMetadataGitInfoUpdateParams = lazy(() =>
	z.object({
		sha: maybeText,
		branch: maybeText,
		originUrl: maybeText,
	}),
);
export type ThreadMetadataGitInfoUpdateParams = z.infer<typeof ThreadMetadataGitInfoUpdateParams>;

export const ThreadMetadataUpdateParams = lazy(() =>
	z.object({
		threadId: text,
		gitInfo: z.nullish(ThreadMetadataGitInfoUpdateParams),
	}),
);
export type ThreadMetadataUpdateParams = z.infer<typeof ThreadMetadataUpdateParams>;

export const ThreadMetadataUpdateResponse = lazy(() => z.object({ thread: Thread }));
export type ThreadMetadataUpdateResponse = z.infer<typeof ThreadMetadataUpdateResponse>;

export const ThreadMemoryMode = lazy(() => z.enum(['enabled', 'disabled']));
export type ThreadMemoryMode = z.infer<typeof ThreadMemoryMode>;

export const ThreadMemoryModeSetParams = lazy(() =>
	z.object({
		threadId: text,
		mode: ThreadMemoryMode,
	}),
);
export type ThreadMemoryModeSetParams = z.infer<typeof ThreadMemoryModeSetParams>;

export const ThreadMemoryModeSetResponse = lazy(() => z.object({}));
export type ThreadMemoryModeSetResponse = z.infer<typeof ThreadMemoryModeSetResponse>;

export const MemoryResetResponse = lazy(() => z.object({}));
export type MemoryResetResponse = z.infer<typeof MemoryResetResponse>;

export const ThreadCompactStartParams = lazy(() => z.object({ threadId: text }));
export type ThreadCompactStartParams = z.infer<typeof ThreadCompactStartParams>;

export const ThreadCompactStartResponse = lazy(() => z.object({}));
export type ThreadCompactStartResponse = z.infer<typeof ThreadCompactStartResponse>;

/** Runs as the user would in a terminal: not sandboxed, not approved. */
export const ThreadShellCommandParams = lazy(() =>
	z.object({
		threadId: text,
		command: text,
	}),
);
export type ThreadShellCommandParams = z.infer<typeof ThreadShellCommandParams>;

export const ThreadShellCommandResponse = lazy(() => z.object({}));
export type ThreadShellCommandResponse = z.infer<typeof ThreadShellCommandResponse>;

/** `event`: the review that a person overrules. */
export const ThreadApproveGuardianDeniedActionParams = lazy(() =>
	z.object({
		threadId: text,
		event: JsonValue,
	}),
);
export type ThreadApproveGuardianDeniedActionParams = z.infer<typeof ThreadApproveGuardianDeniedActionParams>;

export const ThreadApproveGuardianDeniedActionResponse = lazy(() => z.object({}));
export type ThreadApproveGuardianDeniedActionResponse = z.infer<typeof ThreadApproveGuardianDeniedActionResponse>;

export const ThreadBackgroundTerminalsCleanParams = lazy(() =>
	z.object({
		threadId: text,
	}),
);
export type ThreadBackgroundTerminalsCleanParams = z.infer<typeof ThreadBackgroundTerminalsCleanParams>;

export const ThreadBackgroundTerminalsCleanResponse = lazy(() => z.object({}));
export type ThreadBackgroundTerminalsCleanResponse = z.infer<typeof ThreadBackgroundTerminalsCleanResponse>;

/** Takes the last turns out of the history; files stay as they are. */
export const ThreadRollbackParams = lazy(() =>
	z.object({
		threadId: text,
		numTurns: uint32,
	}),
);
export type ThreadRollbackParams = z.infer<typeof ThreadRollbackParams>;

export const ThreadRollbackResponse = lazy(() => z.object({ thread: Thread }));
export type ThreadRollbackResponse = z.infer<typeof ThreadRollbackResponse>;

/** Adds Responses API items to the model-visible history. */
export const ThreadInjectItemsParams = lazy(() =>
	z.object({
		threadId: text,
		items: z.array(JsonValue),
	}),
);
export type ThreadInjectItemsParams = z.infer<typeof ThreadInjectItemsParams>;

export const ThreadInjectItemsResponse = lazy(() => z.object({}));
export type ThreadInjectItemsResponse = z.infer<typeof ThreadInjectItemsResponse>;

export const ThreadIncrementElicitationParams = lazy(() => z.object({ threadId: text }));
export type ThreadIncrementElicitationParams = z.infer<typeof ThreadIncrementElicitationParams>;

/** `paused`: time limits of commands stand still while the count is above 0. */
export const ThreadIncrementElicitationResponse = lazy(() =>
	z.object({
		count: uint64,
		paused: flag,
	}),
);
export type ThreadIncrementElicitationResponse = z.infer<typeof ThreadIncrementElicitationResponse>;

export const ThreadDecrementElicitationParams = lazy(() => z.object({ threadId: text }));
export type ThreadDecrementElicitationParams = z.infer<typeof ThreadDecrementElicitationParams>;

export const ThreadDecrementElicitationResponse = lazy(() =>
	z.object({
		count: uint64,
		paused: flag,
	}),
);
export type ThreadDecrementElicitationResponse = z.infer<typeof ThreadDecrementElicitationResponse>;

export const ThreadStartedNotification = lazy(() => z.object({ thread: Thread }));
export type ThreadStartedNotification = z.infer<typeof ThreadStartedNotification>;

export const ThreadStatusChangedNotification = lazy(() =>
	z.object({
		threadId: text,
		status: ThreadStatus,
	}),
);
export type ThreadStatusChangedNotification = z.infer<typeof ThreadStatusChangedNotification>;

export const ThreadArchivedNotification = lazy(() => z.object({ threadId: text }));
export type ThreadArchivedNotification = z.infer<typeof ThreadArchivedNotification>;

export const ThreadUnarchivedNotification = lazy(() => z.object({ threadId: text }));
export type ThreadUnarchivedNotification = z.infer<typeof ThreadUnarchivedNotification>;

/** An addition of ours: the thread is gone for good. */
export const ThreadDeletedNotification = lazy(() => z.object({ threadId: text }));
export type ThreadDeletedNotification = z.infer<typeof ThreadDeletedNotification>;

/** The thread is no longer in memory. */
export const ThreadClosedNotification = lazy(() => z.object({ threadId: text }));
export type ThreadClosedNotification = z.infer<typeof ThreadClosedNotification>;

/** Without `threadName` the name was taken away. */
export const ThreadNameUpdatedNotification = lazy(() =>
	z.object({
		threadId: text,
		threadName: z.optional(text),
	}),
);
export type ThreadNameUpdatedNotification = z.infer<typeof ThreadNameUpdatedNotification>;

/** Superseded by the item `contextCompaction`. */
export const ContextCompactedNotification = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
	}),
);
export type ContextCompactedNotification = z.infer<typeof ContextCompactedNotification>;

export const TokenUsageBreakdown = lazy(() =>
	z.object({
		totalTokens: int64,
		inputTokens: int64,
		cachedInputTokens: int64,
		/** For clients that know of it: part of the input that the provider put into its cache. */
		cacheWriteInputTokens: newer(z.optional(int64)),
		outputTokens: int64,
		reasoningOutputTokens: int64,
	}),
);
export type TokenUsageBreakdown = z.infer<typeof TokenUsageBreakdown>;

/** `last`: of the last model request, which is how full the context is. */
export const ThreadTokenUsage = lazy(() =>
	z.object({
		total: TokenUsageBreakdown,
		last: TokenUsageBreakdown,
		modelContextWindow: int64OrNull,
	}),
);
export type ThreadTokenUsage = z.infer<typeof ThreadTokenUsage>;

export const ThreadTokenUsageUpdatedNotification = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		tokenUsage: ThreadTokenUsage,
	}),
);
export type ThreadTokenUsageUpdatedNotification = z.infer<typeof ThreadTokenUsageUpdatedNotification>;
