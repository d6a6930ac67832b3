import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, maybeText, maybeUint32, text, textOrNull, texts } from '../wire/scalar.ts';
import { Turn } from './turn.ts';
import { UserInput } from './turnInput.ts';

// The queue of `turn/queue/*` as newer programs of this protocol name it: one queue, whoever asks in which words.

const metadata = lazy(() => z.nullish(z.record(text, text)));

/** A message that waits for the running turn to end. */
export const QueuedSubmission = lazy(() =>
	z.object({
		id: text,
		input: z.array(UserInput),
		/** Our own id where the message came without one. */
		clientUserMessageId: text,
		/** What the provider is told with it. */
		responsesapiClientMetadata: z.nullable(z.record(text, text)),
	}),
);
export type QueuedSubmission = z.infer<typeof QueuedSubmission>;

/** The message starts a turn at once when none runs and none is queued. A known `clientUserMessageId` is not queued again. */
export const ThreadQueueAddParams = lazy(() =>
	z.object({ threadId: text, input: z.array(UserInput), clientUserMessageId: text, responsesapiClientMetadata: metadata }),
);
export type ThreadQueueAddParams = z.infer<typeof ThreadQueueAddParams>;

export const ThreadQueueAddResponse = lazy(() => z.object({ queuedSubmission: QueuedSubmission }));
export type ThreadQueueAddResponse = z.infer<typeof ThreadQueueAddResponse>;

export const ThreadQueueListParams = lazy(() => z.object({ threadId: text, cursor: maybeText, limit: maybeUint32 }));
export type ThreadQueueListParams = z.infer<typeof ThreadQueueListParams>;

export const ThreadQueueListResponse = lazy(() => z.object({ data: z.array(QueuedSubmission), nextCursor: textOrNull }));
export type ThreadQueueListResponse = z.infer<typeof ThreadQueueListResponse>;

/** Metadata that is left out or empty stays as it was. */
export const ThreadQueueUpdateParams = lazy(() =>
	z.object({ threadId: text, queuedSubmissionId: text, input: z.array(UserInput), responsesapiClientMetadata: metadata }),
);
export type ThreadQueueUpdateParams = z.infer<typeof ThreadQueueUpdateParams>;

export const ThreadQueueUpdateResponse = lazy(() => z.object({ queuedSubmission: QueuedSubmission }));
export type ThreadQueueUpdateResponse = z.infer<typeof ThreadQueueUpdateResponse>;

export const ThreadQueueDeleteParams = lazy(() => z.object({ threadId: text, queuedSubmissionId: text }));
export type ThreadQueueDeleteParams = z.infer<typeof ThreadQueueDeleteParams>;

/** False: it does not wait, or does no longer. */
export const ThreadQueueDeleteResponse = lazy(() => z.object({ deleted: flag }));
export type ThreadQueueDeleteResponse = z.infer<typeof ThreadQueueDeleteResponse>;

/** Every message of the queue, once. */
export const ThreadQueueReorderParams = lazy(() => z.object({ threadId: text, queuedSubmissionIds: texts }));
export type ThreadQueueReorderParams = z.infer<typeof ThreadQueueReorderParams>;

export const ThreadQueueReorderResponse = lazy(() => z.object({}));
export type ThreadQueueReorderResponse = z.infer<typeof ThreadQueueReorderResponse>;

/** Starts a turn with a queued message while none runs; absent: with the first one. */
export const ThreadQueueStartParams = lazy(() => z.object({ threadId: text, queuedSubmissionId: maybeText }));
export type ThreadQueueStartParams = z.infer<typeof ThreadQueueStartParams>;

export const ThreadQueueStartResponse = lazy(() => z.object({ turn: Turn }));
export type ThreadQueueStartResponse = z.infer<typeof ThreadQueueStartResponse>;

export const ThreadQueueChangedNotification = lazy(() => z.object({ threadId: text }));
export type ThreadQueueChangedNotification = z.infer<typeof ThreadQueueChangedNotification>;
