import * as z from 'zod/mini';
import { DynamicToolCallOutputContentItem } from '../thread/item.ts';
import { JsonValue } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { flag, maybeFlag, maybeText, text, textOrNull } from '../wire/scalar.ts';

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

/** A tool of a namespace. */
export const DynamicToolNamespaceTool = lazy(() =>
	z.object({
		type: z.optional(z.literal('function')),
		name: text,
		description: text,
		inputSchema: JsonValue,
		deferLoading: maybeFlag,
	}),
);
export type DynamicToolNamespaceTool = z.infer<typeof DynamicToolNamespaceTool>;

/**
 * A tool that the client implements, or a namespace with several; calls come back as `item/tool/call`. A tool has an `inputSchema`, and may
 * name its namespace itself; a namespace has `tools`.
 */
export const DynamicToolSpec = lazy(() =>
	z.object({
		type: z.nullish(z.enum(['function', 'namespace'])),
		namespace: maybeText,
		name: text,
		description: text,
		inputSchema: z.optional(JsonValue),
		deferLoading: maybeFlag,
		tools: z.nullish(z.array(DynamicToolNamespaceTool)),
	}),
);
export type DynamicToolSpec = z.infer<typeof DynamicToolSpec>;
