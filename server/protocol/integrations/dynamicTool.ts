import * as z from 'zod/mini';
import { DynamicToolCallOutputContentItem } from '../thread/item.ts';
import { JsonValue } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { flag, text, textOrNull } from '../wire/scalar.ts';

/** A call of a tool that the client declared in `thread/start`. */
export const DynamicToolCallParams = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		callId: text,
		namespace: textOrNull,
		tool: text,
		arguments: JsonValue,
	}),
);
export type DynamicToolCallParams = z.infer<typeof DynamicToolCallParams>;

export const DynamicToolCallResponse = lazy(() => z.object({ contentItems: z.array(DynamicToolCallOutputContentItem), success: flag }));
export type DynamicToolCallResponse = z.infer<typeof DynamicToolCallResponse>;
