import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { text, texts, uint64 } from '../wire/scalar.ts';

// Items of the model-visible history, as the Responses API names them: the wire's only members in snake case.

const maybe = lazy(() => z.nullish(text));

export const ImageDetail = lazy(() => z.enum(['auto', 'low', 'high', 'original']));
export type ImageDetail = z.infer<typeof ImageDetail>;

export const ContentItem = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('input_text'), text }),
		z.object({
			type: z.literal('input_image'),
			image_url: text,
			detail: z.nullish(ImageDetail),
		}),
		z.object({ type: z.literal('input_audio'), audio_url: text }),
		z.object({ type: z.literal('output_text'), text }),
	]),
);
export type ContentItem = z.infer<typeof ContentItem>;

export const ReasoningItemContent = lazy(() =>
	z.discriminatedUnion('type', [z.object({ type: z.literal('reasoning_text'), text }), z.object({ type: z.literal('text'), text })]),
);
export type ReasoningItemContent = z.infer<typeof ReasoningItemContent>;

export const ReasoningItemReasoningSummary = lazy(() => z.discriminatedUnion('type', [z.object({ type: z.literal('summary_text'), text })]));
export type ReasoningItemReasoningSummary = z.infer<typeof ReasoningItemReasoningSummary>;

export const LocalShellStatus = lazy(() => z.enum(['completed', 'in_progress', 'incomplete']));
export type LocalShellStatus = z.infer<typeof LocalShellStatus>;

export const LocalShellAction = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('exec'),
			command: texts,
			timeout_ms: z.nullish(uint64),
			working_directory: maybe,
			env: z.nullish(z.record(text, text)),
			user: maybe,
		}),
	]),
);
export type LocalShellAction = z.infer<typeof LocalShellAction>;

export const FunctionCallOutputContentItem = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('input_text'), text }),
		z.object({
			type: z.literal('input_image'),
			image_url: text,
			detail: z.nullish(ImageDetail),
		}),
		z.object({ type: z.literal('input_audio'), audio_url: text }),
	]),
);
export type FunctionCallOutputContentItem = z.infer<typeof FunctionCallOutputContentItem>;

export const FunctionCallOutputBody = lazy(() => z.union([text, z.array(FunctionCallOutputContentItem)]));
export type FunctionCallOutputBody = z.infer<typeof FunctionCallOutputBody>;

export const ResponsesApiWebSearchAction = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('search'),
			query: maybe,
			queries: z.nullish(texts),
		}),
		z.object({ type: z.literal('open_page'), url: maybe }),
		z.object({ type: z.literal('find_in_page'), url: maybe, pattern: maybe }),
		z.object({ type: z.literal('other') }),
	]),
);
export type ResponsesApiWebSearchAction = z.infer<typeof ResponsesApiWebSearchAction>;

export const ResponseItem = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('message'),
			id: maybe,
			role: text,
			content: z.array(ContentItem),
			phase: z.nullish(z.enum(['commentary', 'final_answer'])),
		}),
		z.object({
			type: z.literal('reasoning'),
			summary: z.array(ReasoningItemReasoningSummary),
			content: z.nullish(z.array(ReasoningItemContent)),
			encrypted_content: maybe,
		}),
		z.object({
			type: z.literal('local_shell_call'),
			id: maybe,
			call_id: maybe,
			status: LocalShellStatus,
			action: LocalShellAction,
		}),
		z.object({
			type: z.literal('function_call'),
			id: maybe,
			name: text,
			namespace: maybe,
			arguments: text,
			call_id: text,
		}),
		z.object({
			type: z.literal('tool_search_call'),
			id: maybe,
			call_id: maybe,
			status: maybe,
			execution: text,
			arguments: z.unknown(),
		}),
		z.object({
			type: z.literal('function_call_output'),
			call_id: text,
			output: FunctionCallOutputBody,
		}),
		z.object({
			type: z.literal('custom_tool_call'),
			id: maybe,
			status: maybe,
			call_id: text,
			name: text,
			input: text,
		}),
		z.object({
			type: z.literal('custom_tool_call_output'),
			call_id: text,
			name: maybe,
			output: FunctionCallOutputBody,
		}),
		z.object({
			type: z.literal('tool_search_output'),
			call_id: maybe,
			status: text,
			execution: text,
			tools: z.array(z.unknown()),
		}),
		z.object({
			type: z.literal('web_search_call'),
			id: maybe,
			status: maybe,
			action: z.nullish(ResponsesApiWebSearchAction),
		}),
		z.object({
			type: z.literal('image_generation_call'),
			id: text,
			status: text,
			revised_prompt: maybe,
			result: text,
		}),
		z.object({ type: z.literal('compaction'), encrypted_content: text }),
		z.object({ type: z.literal('context_compaction'), encrypted_content: maybe }),
		z.object({ type: z.literal('other') }),
	]),
);
export type ResponseItem = z.infer<typeof ResponseItem>;
