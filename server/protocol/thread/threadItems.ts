import * as z from 'zod/mini';
import { TurnError } from '../wire/error.ts';
import { ThreadItem } from './item.ts';
import { lazy } from '../wire/lazy.ts';
import { SortDirection } from './thread.ts';
import { int64OrNull, maybeFlag, maybeText, maybeUint32, text, textOrNull, texts, uint64 } from '../wire/scalar.ts';
import { TurnStatus } from './turn.ts';

// The items of a thread without their turns, as newer programs of this protocol read them.

/** A place before or after an item of the turn that is asked for; the item itself is left out. */
export const ThreadItemsListAnchor = lazy(() => z.object({ type: z.literal('item'), itemId: text }));
export type ThreadItemsListAnchor = z.infer<typeof ThreadItemsListAnchor>;

export const ThreadItemsListCursor = lazy(() => z.union([text, ThreadItemsListAnchor]));
export type ThreadItemsListCursor = z.infer<typeof ThreadItemsListCursor>;

/** Outputs of successful calls that are not wanted with the list. `thread/items/read` gives them. */
export const ThreadItemOutputDeferral = lazy(() => z.object({ commandExecution: maybeFlag, mcpToolCall: maybeFlag }));
export type ThreadItemOutputDeferral = z.infer<typeof ThreadItemOutputDeferral>;

export const ThreadItemsListParams = lazy(() =>
	z.object({
		threadId: text,
		/** Absent: the items of all turns. */
		turnId: maybeText,
		cursor: z.nullish(ThreadItemsListCursor),
		limit: maybeUint32,
		/** Absent: the oldest first. */
		sortDirection: z.nullish(SortDirection),
		deferOutput: z.nullish(ThreadItemOutputDeferral),
	}),
);
export type ThreadItemsListParams = z.infer<typeof ThreadItemsListParams>;

/** The times are Unix milliseconds. Null where the records of the thread name none. */
export const ThreadItemEntry = lazy(() =>
	z.object({
		turnId: text,
		item: ThreadItem,
		/** Left out unless the output was. */
		outputDeferred: z.optional(z.boolean()),
		startedAtMs: int64OrNull,
		completedAtMs: int64OrNull,
	}),
);
export type ThreadItemEntry = z.infer<typeof ThreadItemEntry>;

export const ThreadItemsListResponse = lazy(() =>
	z.object({
		data: z.array(ThreadItemEntry),
		nextCursor: textOrNull,
		/** Continues from the first item of the page in the other direction; that item is there again. */
		backwardsCursor: textOrNull,
	}),
);
export type ThreadItemsListResponse = z.infer<typeof ThreadItemsListResponse>;

/** 1 to 100 items of one turn. */
export const ThreadItemsReadParams = lazy(() => z.object({ threadId: text, turnId: text, itemIds: texts }));
export type ThreadItemsReadParams = z.infer<typeof ThreadItemsReadParams>;

/** In the order of the thread. Items that it does not have are missing. */
export const ThreadItemsReadResponse = lazy(() => z.object({ data: z.array(ThreadItemEntry) }));
export type ThreadItemsReadResponse = z.infer<typeof ThreadItemsReadResponse>;

/** The first page is the end of the thread; each further one comes before it. */
export const ThreadTimelineListParams = lazy(() => z.object({ threadId: text, cursor: maybeText, limit: maybeUint32 }));
export type ThreadTimelineListParams = z.infer<typeof ThreadTimelineListParams>;

/** `position` grows with the time. Times are Unix seconds. */
export const ThreadTimelineEntry = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('item'), position: uint64, turnId: text, item: ThreadItem }),
		z.object({ type: z.literal('turnStarted'), position: uint64, turnId: text, startedAt: int64OrNull }),
		z.object({
			type: z.literal('turnCompleted'),
			position: uint64,
			turnId: text,
			status: TurnStatus,
			error: z.nullable(TurnError),
			startedAt: int64OrNull,
			completedAt: int64OrNull,
			durationMs: int64OrNull,
		}),
	]),
);
export type ThreadTimelineEntry = z.infer<typeof ThreadTimelineEntry>;

export const ThreadTimelineListResponse = lazy(() =>
	z.object({
		/** The oldest first. */
		data: z.array(ThreadTimelineEntry),
		/** Of the page before this one. */
		nextCursor: textOrNull,
		/** Null: voice sessions are not kept. */
		activeRealtimeSessionAtPageStart: textOrNull,
	}),
);
export type ThreadTimelineListResponse = z.infer<typeof ThreadTimelineListResponse>;
