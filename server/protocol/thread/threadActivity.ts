import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, int64, int64OrNull, text, textOrNull, texts, uint32 } from '../wire/scalar.ts';
import { ThreadReadState } from './readState.ts';
import { Thread } from './thread.ts';
import { TurnStatus } from './turn.ts';

// `thread/activity/*` are our own additions to the protocol: what happens now in all threads of a home, whichever server runs them.

/** `idle`: it is named since an agent of it runs or waits. */
export const ThreadActivityState = lazy(() => z.enum(['running', 'waiting', 'unread', 'idle']));
export type ThreadActivityState = z.infer<typeof ThreadActivityState>;

/** In the words of the thing itself: a command line, a path, the name of a tool. */
export const ThreadActivityStep = lazy(() =>
	z.object({
		kind: z.enum(['command', 'fileChange', 'tool', 'agent', 'webSearch', 'reasoning', 'message', 'plan', 'review', 'compaction', 'error']),
		text,
	}),
);
export type ThreadActivityStep = z.infer<typeof ThreadActivityStep>;

export const ThreadActivityQuestion = lazy(() =>
	z.object({
		kind: z.enum(['command', 'network', 'fileChange', 'permissions', 'userInput', 'elicitation']),
		text,
		/** Unix seconds. */
		askedAt: int64,
	}),
);
export type ThreadActivityQuestion = z.infer<typeof ThreadActivityQuestion>;

export const ThreadActivity = lazy(() =>
	z.object({
		/** Its `status` is that of this server. */
		thread: Thread,
		state: ThreadActivityState,
		/** The running turn, else the last one; null when nothing is known of it. */
		turn: z.nullable(
			z.object({
				id: text,
				status: TurnStatus,
				/** Unix seconds. */
				startedAt: int64OrNull,
				durationMs: int64OrNull,
			}),
		),
		step: z.nullable(ThreadActivityStep),
		plan: z.nullable(z.object({ step: textOrNull, completed: uint32, total: uint32 })),
		/** Of the turn; null when nobody knows. */
		tokens: int64OrNull,
		/** What waits for an answer, oldest first. */
		asks: z.array(ThreadActivityQuestion),
		readState: z.nullable(ThreadReadState),
		/** Who runs it when this server does not: it can be followed here, and answered and stopped only there. */
		server: z.nullable(
			z.object({
				pid: int64,
				host: text,
				/** Nobody here can tell whether it still lives. */
				mayHaveEnded: flag,
			}),
		),
	}),
);
export type ThreadActivity = z.infer<typeof ThreadActivity>;

/** From now on the client hears of changes; called again, it takes the place of the first call. */
export const ThreadActivityWatchParams = lazy(() =>
	z.object({
		/** Also of each step, of plans and tokens, about once a second; else only of threads that come, go, begin or cease to wait. */
		steps: z._default(flag, false),
	}),
);
export type ThreadActivityWatchParams = z.infer<typeof ThreadActivityWatchParams>;

export const ThreadActivityWatchResponse = lazy(() => z.object({ data: z.array(ThreadActivity) }));
export type ThreadActivityWatchResponse = z.infer<typeof ThreadActivityWatchResponse>;

export const ThreadActivityUnwatchParams = lazy(() => z.object({}));
export type ThreadActivityUnwatchParams = z.infer<typeof ThreadActivityUnwatchParams>;

export const ThreadActivityUnwatchResponse = lazy(() => z.object({}));
export type ThreadActivityUnwatchResponse = z.infer<typeof ThreadActivityUnwatchResponse>;

/** For those who watch. */
export const ThreadActivityChangedNotification = lazy(() =>
	z.object({
		/** Those that are new, or not as they were. */
		changed: z.array(ThreadActivity),
		/** Ids of threads in which nothing runs, waits or is unread any more. */
		removed: texts,
	}),
);
export type ThreadActivityChangedNotification = z.infer<typeof ThreadActivityChangedNotification>;
