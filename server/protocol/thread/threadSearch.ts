import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, maybeFlag, maybeText, maybeUint32, text, textOrNull, uint32 } from '../wire/scalar.ts';
import { Thread, ThreadListCwdFilter } from './thread.ts';

/** An addition of ours: finds words in the names, messages, commands, paths and diffs of all threads. */
export const ThreadSearchParams = lazy(() =>
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
export type ThreadSearchParams = z.infer<typeof ThreadSearchParams>;

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
export const ThreadSearchResponse = lazy(() =>
	z.object({
		data: z.array(ThreadSearchHit),
		nextCursor: textOrNull,
		isComplete: flag,
	}),
);
export type ThreadSearchResponse = z.infer<typeof ThreadSearchResponse>;
