import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { textOrNull } from '../wire/scalar.ts';

// `threadStore/*` are our own additions to the protocol: where the history of threads is kept, and whether it can be reached.

/**
 * `files`: in the home, and nowhere else. Of a database: `connecting` for the first time; `away`, so that turns go on in local files;
 * `handingOver` what was said meanwhile; `upToDate`.
 */
export const ThreadStoreState = lazy(() => z.enum(['files', 'connecting', 'away', 'handingOver', 'upToDate']));
export type ThreadStoreState = z.infer<typeof ThreadStoreState>;

export const ThreadStoreStatus = lazy(() =>
	z.object({
		state: ThreadStoreState,
		/** The database, without a secret; null for files. */
		place: textOrNull,
		/** Why it is away, for people. */
		problem: textOrNull,
	}),
);
export type ThreadStoreStatus = z.infer<typeof ThreadStoreStatus>;

export const ThreadStoreReadParams = lazy(() => z.object({}));
export type ThreadStoreReadParams = z.infer<typeof ThreadStoreReadParams>;

export const ThreadStoreReadResponse = lazy(() => z.object({ status: ThreadStoreStatus }));
export type ThreadStoreReadResponse = z.infer<typeof ThreadStoreReadResponse>;

export const ThreadStoreChangedNotification = lazy(() => z.object({ status: ThreadStoreStatus }));
export type ThreadStoreChangedNotification = z.infer<typeof ThreadStoreChangedNotification>;
