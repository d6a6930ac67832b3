import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, maybeText, maybeTexts, text } from '../wire/scalar.ts';

export const FeedbackUploadParams = lazy(() =>
	z.object({
		classification: text,
		reason: maybeText,
		threadId: maybeText,
		includeLogs: flag,
		extraLogFiles: maybeTexts,
		tags: z.nullish(z.record(text, text)),
	}),
);
export type FeedbackUploadParams = z.infer<typeof FeedbackUploadParams>;

export const FeedbackUploadResponse = lazy(() => z.object({ threadId: text }));
export type FeedbackUploadResponse = z.infer<typeof FeedbackUploadResponse>;
