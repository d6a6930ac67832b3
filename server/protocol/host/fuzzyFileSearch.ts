import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { maybeText, text, texts, uint32 } from '../wire/scalar.ts';

export const FuzzyFileSearchMatchType = lazy(() => z.enum(['file', 'directory']));
export type FuzzyFileSearchMatchType = z.infer<typeof FuzzyFileSearchMatchType>;

/** `path` is relative to `root`; `indices` are the characters of it that matched. */
export const FuzzyFileSearchResult = lazy(() =>
	z.object({
		root: text,
		path: text,
		match_type: FuzzyFileSearchMatchType,
		file_name: text,
		score: uint32,
		indices: z.nullable(z.array(uint32)),
	}),
);
export type FuzzyFileSearchResult = z.infer<typeof FuzzyFileSearchResult>;

/** A search with the token of one that still runs ends that one. */
export const FuzzyFileSearchParams = lazy(() => z.object({ query: text, roots: texts, cancellationToken: maybeText }));
export type FuzzyFileSearchParams = z.infer<typeof FuzzyFileSearchParams>;

export const FuzzyFileSearchResponse = lazy(() => z.object({ files: z.array(FuzzyFileSearchResult) }));
export type FuzzyFileSearchResponse = z.infer<typeof FuzzyFileSearchResponse>;

/** A session keeps the list of files, for searching while someone types. */
export const FuzzyFileSearchSessionStartParams = lazy(() => z.object({ sessionId: text, roots: texts }));
export type FuzzyFileSearchSessionStartParams = z.infer<typeof FuzzyFileSearchSessionStartParams>;

export const FuzzyFileSearchSessionStartResponse = lazy(() => z.object({}));
export type FuzzyFileSearchSessionStartResponse = z.infer<typeof FuzzyFileSearchSessionStartResponse>;

export const FuzzyFileSearchSessionUpdateParams = lazy(() => z.object({ sessionId: text, query: text }));
export type FuzzyFileSearchSessionUpdateParams = z.infer<typeof FuzzyFileSearchSessionUpdateParams>;

export const FuzzyFileSearchSessionUpdateResponse = lazy(() => z.object({}));
export type FuzzyFileSearchSessionUpdateResponse = z.infer<typeof FuzzyFileSearchSessionUpdateResponse>;

export const FuzzyFileSearchSessionStopParams = lazy(() => z.object({ sessionId: text }));
export type FuzzyFileSearchSessionStopParams = z.infer<typeof FuzzyFileSearchSessionStopParams>;

export const FuzzyFileSearchSessionStopResponse = lazy(() => z.object({}));
export type FuzzyFileSearchSessionStopResponse = z.infer<typeof FuzzyFileSearchSessionStopResponse>;

export const FuzzyFileSearchSessionUpdatedNotification = lazy(() =>
	z.object({
		sessionId: text,
		query: text,
		files: z.array(FuzzyFileSearchResult),
	}),
);
export type FuzzyFileSearchSessionUpdatedNotification = z.infer<typeof FuzzyFileSearchSessionUpdatedNotification>;

export const FuzzyFileSearchSessionCompletedNotification = lazy(() => z.object({ sessionId: text }));
export type FuzzyFileSearchSessionCompletedNotification = z.infer<typeof FuzzyFileSearchSessionCompletedNotification>;
