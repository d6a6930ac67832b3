import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { text, textOrNull, uint64 } from '../wire/scalar.ts';

/** Bytes of the UTF-8 text, end exclusive. */
export const ByteRange = lazy(() => z.object({ start: uint64, end: uint64 }));
export type ByteRange = z.infer<typeof ByteRange>;

/** A range of a text that the client drew as one element, such as a mention. */
export const TextElement = lazy(() =>
	z.object({
		byteRange: ByteRange,
		placeholder: z._default(textOrNull, null),
	}),
);
export type TextElement = z.infer<typeof TextElement>;

/** One part of what a person sends. */
export const UserInput = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('text'),
			text,
			text_elements: z._default(z.array(TextElement), []),
		}),
		z.object({ type: z.literal('image'), url: text }),
		z.object({ type: z.literal('localImage'), path: text }),
		z.object({ type: z.literal('skill'), name: text, path: text }),
		z.object({ type: z.literal('mention'), name: text, path: text }),
	]),
);
export type UserInput = z.infer<typeof UserInput>;
