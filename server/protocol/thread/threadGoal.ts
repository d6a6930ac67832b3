import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, int64, int64OrNull, maybeInt64, maybeText, text, textOrNull } from '../wire/scalar.ts';

export const ThreadGoalStatus = lazy(() => z.enum(['active', 'paused', 'budgetLimited', 'complete']));
export type ThreadGoalStatus = z.infer<typeof ThreadGoalStatus>;

/** What a thread works towards over many turns. `createdAt` and `updatedAt` are Unix seconds. */
export const ThreadGoal = lazy(() =>
	z.object({
		threadId: text,
		objective: text,
		status: ThreadGoalStatus,
		tokenBudget: int64OrNull,
		tokensUsed: int64,
		timeUsedSeconds: int64,
		createdAt: int64,
		updatedAt: int64,
	}),
);
export type ThreadGoal = z.infer<typeof ThreadGoal>;

/** Members left out stay as they are; a null `tokenBudget` takes the budget away. */
export const ThreadGoalSetParams = lazy(() =>
	z.object({
		threadId: text,
		objective: maybeText,
		status: z.nullish(ThreadGoalStatus),
		tokenBudget: maybeInt64,
	}),
);
export type ThreadGoalSetParams = z.infer<typeof ThreadGoalSetParams>;

export const ThreadGoalSetResponse = lazy(() => z.object({ goal: ThreadGoal }));
export type ThreadGoalSetResponse = z.infer<typeof ThreadGoalSetResponse>;

export const ThreadGoalGetParams = lazy(() => z.object({ threadId: text }));
export type ThreadGoalGetParams = z.infer<typeof ThreadGoalGetParams>;

export const ThreadGoalGetResponse = lazy(() => z.object({ goal: z.nullable(ThreadGoal) }));
export type ThreadGoalGetResponse = z.infer<typeof ThreadGoalGetResponse>;

export const ThreadGoalClearParams = lazy(() => z.object({ threadId: text }));
export type ThreadGoalClearParams = z.infer<typeof ThreadGoalClearParams>;

export const ThreadGoalClearResponse = lazy(() => z.object({ cleared: flag }));
export type ThreadGoalClearResponse = z.infer<typeof ThreadGoalClearResponse>;

export const ThreadGoalUpdatedNotification = lazy(() => z.object({ threadId: text, turnId: textOrNull, goal: ThreadGoal }));
export type ThreadGoalUpdatedNotification = z.infer<typeof ThreadGoalUpdatedNotification>;

export const ThreadGoalClearedNotification = lazy(() => z.object({ threadId: text }));
export type ThreadGoalClearedNotification = z.infer<typeof ThreadGoalClearedNotification>;
