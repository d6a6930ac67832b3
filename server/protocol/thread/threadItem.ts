import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { maybeText, maybeUint32, text, uint32 } from '../wire/scalar.ts';

/** A text of an item, which other answers may have cut because of its length. */
export const ThreadItemReadParams = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		itemId: text,
		/** JSON pointer to the text in the item, such as `/changes/0/diff`. Absent: what a command printed, what the agent said. */
		pointer: maybeText,
		/** Where the part begins, in UTF-16 units. Absent: 0. */
		offset: maybeUint32,
		/** UTF-16 units; at most, and absent: 1048576. */
		length: maybeUint32,
	}),
);
export type ThreadItemReadParams = z.infer<typeof ThreadItemReadParams>;

/** `text` may be one unit longer than was asked for: a character is never cut in two. */
export const ThreadItemReadResponse = lazy(() => z.object({ text, totalLength: uint32 }));
export type ThreadItemReadResponse = z.infer<typeof ThreadItemReadResponse>;
