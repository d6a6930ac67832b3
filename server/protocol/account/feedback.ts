import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, maybeText, maybeTexts, text, textOrNull } from '../wire/scalar.ts';

export const FeedbackUploadParams = lazy(() =>
	z.object({
		classification: text,
		reason: maybeText,
		threadId: maybeText,
		/** Newer clients leave it out where they attach none. */
		includeLogs: z._default(flag, false),
		extraLogFiles: maybeTexts,
		tags: z.nullish(z.record(text, text)),
	}),
);
export type FeedbackUploadParams = z.infer<typeof FeedbackUploadParams>;

export const FeedbackUploadResponse = lazy(() => z.object({ threadId: text }));
export type FeedbackUploadResponse = z.infer<typeof FeedbackUploadResponse>;

// Our own additions to the protocol: a person reads what would be sent, and exactly that is sent.

export const FeedbackPrepareResponse = lazy(() =>
	z.object({
		preparedId: text,
		/** Where it would go. Null: nobody has configured an address, and nothing can be sent. */
		address: textOrNull,
		/** All that would be sent, JSON. */
		body: text,
	}),
);
export type FeedbackPrepareResponse = z.infer<typeof FeedbackPrepareResponse>;

/** Sends what `feedback/prepare` put together, once. */
export const FeedbackSendParams = lazy(() => z.object({ preparedId: text }));
export type FeedbackSendParams = z.infer<typeof FeedbackSendParams>;
