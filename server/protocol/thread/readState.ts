import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { text } from '../wire/scalar.ts';

/** Where what nobody has read yet begins. */
export const ThreadUnreadPosition = lazy(() =>
	z.discriminatedUnion('type', [z.object({ type: z.literal('threadStart') }), z.object({ type: z.literal('turn'), turnId: text })]),
);
export type ThreadUnreadPosition = z.infer<typeof ThreadUnreadPosition>;

export const ThreadReadState = lazy(() =>
	z.object({
		/** Null: all of it is read. */
		firstUnread: z.nullable(ThreadUnreadPosition),
		/** Changes with every change. */
		revision: text,
	}),
);
export type ThreadReadState = z.infer<typeof ThreadReadState>;

export const ThreadReadStateOperation = lazy(() =>
	z.discriminatedUnion('type', [z.object({ type: z.literal('read') }), z.object({ type: z.literal('unread') })]),
);
export type ThreadReadStateOperation = z.infer<typeof ThreadReadStateOperation>;

/** Refused when the thread has another revision by now, with its state: somebody did more in it, or marked it. */
export const ThreadReadStateUpdateParams = lazy(() => z.object({ threadId: text, operation: ThreadReadStateOperation, expectedRevision: text }));
export type ThreadReadStateUpdateParams = z.infer<typeof ThreadReadStateUpdateParams>;

export const ThreadReadStateUpdateResponse = lazy(() => z.object({ readState: ThreadReadState }));
export type ThreadReadStateUpdateResponse = z.infer<typeof ThreadReadStateUpdateResponse>;

export const ThreadReadStateChangedNotification = lazy(() => z.object({ threadId: text, readState: ThreadReadState }));
export type ThreadReadStateChangedNotification = z.infer<typeof ThreadReadStateChangedNotification>;
