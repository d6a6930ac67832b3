import * as z from 'zod/mini';
import { lazy } from './lazy.ts';
import { text } from './scalar.ts';

/**
 * How a text for people was made, so that a client can say it in another language: the English text with `{0}` for the first value, and
 * the values. Our own addition.
 */
export const L10nMessage: z.ZodMiniType<L10nMessage> = lazy(() =>
	z.object({ message: text, args: z.array(z.union([text, z.lazy(() => L10nMessage)])) }),
);
export interface L10nMessage {
	readonly message: string;
	readonly args: readonly (string | L10nMessage)[];
}
