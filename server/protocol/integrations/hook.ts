import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, flag, int64, int64OrNull, maybeTexts, text, textOrNull, texts, uint64 } from '../wire/scalar.ts';

export const HookEventName = lazy(() =>
	z.enum(['preToolUse', 'permissionRequest', 'postToolUse', 'preCompact', 'postCompact', 'sessionStart', 'userPromptSubmit', 'stop']),
);
export type HookEventName = z.infer<typeof HookEventName>;

export const HookHandlerType = lazy(() => z.enum(['command', 'prompt', 'agent']));
export type HookHandlerType = z.infer<typeof HookHandlerType>;

export const HookSource = lazy(() =>
	z.enum([
		'system',
		'user',
		'project',
		'mdm',
		'sessionFlags',
		'plugin',
		'cloudRequirements',
		'legacyManagedConfigFile',
		'legacyManagedConfigMdm',
		'unknown',
	]),
);
export type HookSource = z.infer<typeof HookSource>;

/** `modified`: trusted once, but its content is another now. */
export const HookTrustStatus = lazy(() => z.enum(['managed', 'untrusted', 'trusted', 'modified']));
export type HookTrustStatus = z.infer<typeof HookTrustStatus>;

export const HookMetadata = lazy(() =>
	z.object({
		key: text,
		eventName: HookEventName,
		handlerType: HookHandlerType,
		matcher: textOrNull,
		command: textOrNull,
		timeoutSec: uint64,
		statusMessage: textOrNull,
		sourcePath: AbsolutePathBuf,
		source: HookSource,
		pluginId: textOrNull,
		displayOrder: int64,
		enabled: flag,
		isManaged: flag,
		currentHash: text,
		trustStatus: HookTrustStatus,
	}),
);
export type HookMetadata = z.infer<typeof HookMetadata>;

export const HookErrorInfo = lazy(() => z.object({ path: text, message: text }));
export type HookErrorInfo = z.infer<typeof HookErrorInfo>;

export const HooksListEntry = lazy(() => z.object({ cwd: text, hooks: z.array(HookMetadata), warnings: texts, errors: z.array(HookErrorInfo) }));
export type HooksListEntry = z.infer<typeof HooksListEntry>;

/** Absent or empty: the server's folder. */
export const HooksListParams = lazy(() => z.object({ cwds: maybeTexts }));
export type HooksListParams = z.infer<typeof HooksListParams>;

export const HooksListResponse = lazy(() => z.object({ data: z.array(HooksListEntry) }));
export type HooksListResponse = z.infer<typeof HooksListResponse>;

export const HookExecutionMode = lazy(() => z.enum(['sync', 'async']));
export type HookExecutionMode = z.infer<typeof HookExecutionMode>;

export const HookScope = lazy(() => z.enum(['thread', 'turn']));
export type HookScope = z.infer<typeof HookScope>;

export const HookRunStatus = lazy(() => z.enum(['running', 'completed', 'failed', 'blocked', 'stopped']));
export type HookRunStatus = z.infer<typeof HookRunStatus>;

export const HookOutputEntryKind = lazy(() => z.enum(['warning', 'stop', 'feedback', 'context', 'error']));
export type HookOutputEntryKind = z.infer<typeof HookOutputEntryKind>;

export const HookOutputEntry = lazy(() => z.object({ kind: HookOutputEntryKind, text }));
export type HookOutputEntry = z.infer<typeof HookOutputEntry>;

/** `startedAt` and `completedAt` are Unix seconds. */
export const HookRunSummary = lazy(() =>
	z.object({
		id: text,
		eventName: HookEventName,
		handlerType: HookHandlerType,
		executionMode: HookExecutionMode,
		scope: HookScope,
		sourcePath: AbsolutePathBuf,
		source: HookSource,
		displayOrder: int64,
		status: HookRunStatus,
		statusMessage: textOrNull,
		startedAt: int64,
		completedAt: int64OrNull,
		durationMs: int64OrNull,
		entries: z.array(HookOutputEntry),
	}),
);
export type HookRunSummary = z.infer<typeof HookRunSummary>;

export const HookStartedNotification = lazy(() => z.object({ threadId: text, turnId: textOrNull, run: HookRunSummary }));
export type HookStartedNotification = z.infer<typeof HookStartedNotification>;

export const HookCompletedNotification = lazy(() => z.object({ threadId: text, turnId: textOrNull, run: HookRunSummary }));
export type HookCompletedNotification = z.infer<typeof HookCompletedNotification>;
