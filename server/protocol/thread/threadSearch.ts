import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, maybeFlag, maybeText, maybeUint32, RequestId, text, textOrNull, uint32 } from '../wire/scalar.ts';
import { SortDirection, Thread } from './thread.ts';
import { ThreadListCwdFilter, ThreadSourceKind } from './threadList.ts';

/** An addition of ours: finds words in the names, messages, commands, paths and diffs of all threads. */
export const ThreadWordSearchParams = lazy(() =>
	z.object({
		/** Every word has to be in one text, in any order; its beginning is enough. Words in quotes follow each other just so. */
		query: text,
		/** Only threads that were started in exactly these folders. */
		cwd: z.nullish(ThreadListCwdFilter),
		/** True: only archived threads; else only the others. */
		archived: maybeFlag,
		cursor: maybeText,
		limit: maybeUint32,
	}),
);
export type ThreadWordSearchParams = z.infer<typeof ThreadWordSearchParams>;

export const ThreadSearchItemType = lazy(() =>
	z.enum(['name', 'userMessage', 'agentMessage', 'reasoning', 'commandExecution', 'fileChange', 'plan']),
);
export type ThreadSearchItemType = z.infer<typeof ThreadSearchItemType>;

/** A part of a text, in UTF-16 code units. */
export const ThreadSearchHighlight = lazy(() => z.object({ start: uint32, end: uint32 }));
export type ThreadSearchHighlight = z.infer<typeof ThreadSearchHighlight>;

/** The surroundings of the first place that was found, on one line. */
export const ThreadSearchSnippet = lazy(() => z.object({ text, highlights: z.array(ThreadSearchHighlight) }));
export type ThreadSearchSnippet = z.infer<typeof ThreadSearchSnippet>;

/** `turnId` and `itemId` are null for a name, and where the records of the thread name none. */
export const ThreadSearchHit = lazy(() =>
	z.object({
		thread: Thread,
		turnId: textOrNull,
		itemId: textOrNull,
		itemType: ThreadSearchItemType,
		snippet: ThreadSearchSnippet,
	}),
);
export type ThreadSearchHit = z.infer<typeof ThreadSearchHit>;

/** The newest thread first, in it the newest text. Not `isComplete`: records are still being indexed, and later there may be more. */
export const ThreadWordSearchResponse = lazy(() =>
	z.object({
		data: z.array(ThreadSearchHit),
		nextCursor: textOrNull,
		isComplete: flag,
	}),
);
export type ThreadWordSearchResponse = z.infer<typeof ThreadWordSearchResponse>;

export const ThreadSearchSortKey = lazy(() => z.enum(['created_at', 'updated_at', 'recency_at']));
export type ThreadSearchSortKey = z.infer<typeof ThreadSearchSortKey>;

/** Threads in which the words of a text follow each other, as newer programs of this protocol look for them. */
export const ThreadTextSearchParams = lazy(() =>
	z.object({
		/** The last word may go on. */
		searchTerm: text,
		/** True: only archived threads; else only the others. */
		archived: maybeFlag,
		/** Absent or empty: those that people began. */
		sourceKinds: z.nullish(z.array(ThreadSourceKind)),
		/** Absent: `created_at`. `recency_at` is `updated_at` here. */
		sortKey: z.nullish(ThreadSearchSortKey),
		/** Absent: the newest first. */
		sortDirection: z.nullish(SortDirection),
		cursor: maybeText,
		limit: maybeUint32,
		/** Neither changes anything: all threads here belong to one person, and none is attached to another. */
		currentAccountOnly: maybeFlag,
		includeAttachedThreads: maybeFlag,
	}),
);
export type ThreadTextSearchParams = z.infer<typeof ThreadTextSearchParams>;

export const ThreadTextSearchResult = lazy(() => z.object({ thread: Thread, snippet: text }));
export type ThreadTextSearchResult = z.infer<typeof ThreadTextSearchResult>;

export const ThreadTextSearchResponse = lazy(() =>
	z.object({ data: z.array(ThreadTextSearchResult), nextCursor: textOrNull, backwardsCursor: textOrNull }),
);
export type ThreadTextSearchResponse = z.infer<typeof ThreadTextSearchResponse>;

/** Both ways to look for threads, told from each other by the name of what is looked for. */
export const ThreadSearchParams = lazy(() => z.union([ThreadWordSearchParams, ThreadTextSearchParams]));
export type ThreadSearchParams = z.infer<typeof ThreadSearchParams>;

export const ThreadSearchResponse = lazy(() => z.union([ThreadWordSearchResponse, ThreadTextSearchResponse]));
export type ThreadSearchResponse = z.infer<typeof ThreadSearchResponse>;

/** Some of what `thread/search/stream` finds, as it is found. Its answer has all of the page. */
export const ThreadSearchPartialNotification = lazy(() => z.object({ requestId: RequestId, data: z.array(ThreadTextSearchResult) }));
export type ThreadSearchPartialNotification = z.infer<typeof ThreadSearchPartialNotification>;

/** Ends a search of the same connection that still runs, with an error as its answer. */
export const ThreadSearchCancelParams = lazy(() => z.object({ requestId: RequestId }));
export type ThreadSearchCancelParams = z.infer<typeof ThreadSearchCancelParams>;

export const ThreadSearchCancelResponse = lazy(() => z.object({}));
export type ThreadSearchCancelResponse = z.infer<typeof ThreadSearchCancelResponse>;

/** Where messages of one thread say a text as it is, whatever the case of its letters. */
export const ThreadSearchOccurrencesParams = lazy(() => z.object({ threadId: text, searchTerm: text, cursor: maybeText, limit: maybeUint32 }));
export type ThreadSearchOccurrencesParams = z.infer<typeof ThreadSearchOccurrencesParams>;

export const ThreadSearchOccurrence = lazy(() =>
	z.object({
		turnId: text,
		itemId: text,
		snippet: text,
		snippetMatchRange: ThreadSearchHighlight,
		/** For `thread/turns/list`: the page begins with this turn. */
		turnCursor: text,
	}),
);
export type ThreadSearchOccurrence = z.infer<typeof ThreadSearchOccurrence>;

export const ThreadSearchOccurrencesResponse = lazy(() => z.object({ data: z.array(ThreadSearchOccurrence), nextCursor: textOrNull }));
export type ThreadSearchOccurrencesResponse = z.infer<typeof ThreadSearchOccurrencesResponse>;
