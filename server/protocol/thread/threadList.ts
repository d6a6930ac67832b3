import * as z from 'zod/mini';
import { newer } from '../wire/define.ts';
import { lazy } from '../wire/lazy.ts';
import { ThreadReadState } from './readState.ts';
import { maybeFlag, maybeText, maybeTexts, maybeUint32, text, textOrNull, texts } from '../wire/scalar.ts';
import { SortDirection, Thread } from './thread.ts';

/** `recency_at` is `updated_at` here, and so is `section_position`: there are no sections. */
export const ThreadSortKey = lazy(() => z.enum(['created_at', 'updated_at', 'recency_at', 'section_position']));
export type ThreadSortKey = z.infer<typeof ThreadSortKey>;

export const ThreadSourceKind = lazy(() =>
	z.enum(['cli', 'vscode', 'exec', 'appServer', 'subAgent', 'subAgentReview', 'subAgentCompact', 'subAgentThreadSpawn', 'subAgentOther', 'unknown']),
);
export type ThreadSourceKind = z.infer<typeof ThreadSourceKind>;

/** One folder or several: threads that were started in exactly these. */
export const ThreadListCwdFilter = lazy(() => z.union([text, texts]));
export type ThreadListCwdFilter = z.infer<typeof ThreadListCwdFilter>;

export const ThreadListParams = lazy(() =>
	z.object({
		cursor: maybeText,
		limit: maybeUint32,
		/** Absent: `created_at`. */
		sortKey: z.nullish(ThreadSortKey),
		/** Absent: newest first. */
		sortDirection: z.nullish(SortDirection),
		/** Absent or empty: all. */
		modelProviders: maybeTexts,
		/** Absent or empty: only those that a person started. */
		sourceKinds: z.nullish(z.array(ThreadSourceKind)),
		/** True: only archived ones; else only the others. */
		archived: maybeFlag,
		cwd: z.nullish(ThreadListCwdFilter),
		/** From the index alone, without looking at the files. */
		useStateDbOnly: maybeFlag,
		/** Part of a title or preview. */
		searchTerm: maybeText,
		/** Absent: all. At most 100. */
		includedThreadIds: maybeTexts,
		excludedThreadIds: maybeTexts,
		/** Only threads of a section or project: there are none here, so nothing fits. Null: those in none, which are all. */
		sectionId: maybeText,
		projectId: maybeText,
		/** Only agents that this thread started itself. */
		parentThreadId: maybeText,
		/** Only agents that this thread started, and those that they did. */
		ancestorThreadId: maybeText,
		/** Refused unless empty: threads of other programs do not tell. */
		originators: maybeTexts,
	}),
);
export type ThreadListParams = z.infer<typeof ThreadListParams>;

/** `backwardsCursor`: for the other direction, from the first of these. */
export const ThreadListResponse = lazy(() =>
	z.object({
		data: z.array(Thread),
		/** By thread, for clients that know of it: what is unread. Threads of agents have none. */
		readStates: newer(z.optional(z.nullable(z.record(text, ThreadReadState)))),
		nextCursor: textOrNull,
		backwardsCursor: textOrNull,
	}),
);
export type ThreadListResponse = z.infer<typeof ThreadListResponse>;

export const ThreadLoadedListParams = lazy(() =>
	z.object({
		cursor: maybeText,
		limit: maybeUint32,
	}),
);
export type ThreadLoadedListParams = z.infer<typeof ThreadLoadedListParams>;

/** Ids of threads in memory. */
export const ThreadLoadedListResponse = lazy(() =>
	z.object({
		data: texts,
		nextCursor: textOrNull,
	}),
);
export type ThreadLoadedListResponse = z.infer<typeof ThreadLoadedListResponse>;
