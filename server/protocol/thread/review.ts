import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { maybeText, text } from '../wire/scalar.ts';
import { Turn } from './turn.ts';

/** `detached`: in a thread of its own. */
export const ReviewDelivery = lazy(() => z.enum(['inline', 'detached']));
export type ReviewDelivery = z.infer<typeof ReviewDelivery>;

export const ReviewTarget = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('uncommittedChanges') }),
		z.object({ type: z.literal('baseBranch'), branch: text }),
		z.object({ type: z.literal('commit'), sha: text, title: maybeText }),
		z.object({ type: z.literal('custom'), instructions: text }),
	]),
);
export type ReviewTarget = z.infer<typeof ReviewTarget>;

export const ReviewStartParams = lazy(() => z.object({ threadId: text, target: ReviewTarget, delivery: z.nullish(ReviewDelivery) }));
export type ReviewStartParams = z.infer<typeof ReviewStartParams>;

export const ReviewStartResponse = lazy(() => z.object({ turn: Turn, reviewThreadId: text }));
export type ReviewStartResponse = z.infer<typeof ReviewStartResponse>;
