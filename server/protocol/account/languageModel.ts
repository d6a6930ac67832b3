import * as z from 'zod/mini';
import { JsonObject } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { flag, text, uint32, uint64 } from '../wire/scalar.ts';

// Our own addition to the protocol: a client with the capability `languageModels` serves models that only it can reach, such as those of
// VS Code (`vscode.lm`). The server asks by requests; what the model says comes in `languageModel/part`, piece by piece.

const textPart = z.object({ type: z.literal('text'), text });
const imagePart = z.object({ type: z.literal('image'), mimeType: text, dataBase64: text });
const toolCallPart = z.object({ type: z.literal('toolCall'), callId: text, name: text, input: JsonObject });

/** `toolResult` belongs to the call of that id in the message before. */
export const LanguageModelContent = lazy(() =>
	z.discriminatedUnion('type', [
		textPart,
		imagePart,
		toolCallPart,
		z.object({ type: z.literal('toolResult'), callId: text, content: z.array(z.discriminatedUnion('type', [textPart, imagePart])) }),
	]),
);
export type LanguageModelContent = z.infer<typeof LanguageModelContent>;

/** There is no role of a system: its words stand at the beginning of the first message. */
export const LanguageModelMessage = lazy(() => z.object({ role: z.enum(['user', 'assistant']), content: z.array(LanguageModelContent) }));
export type LanguageModelMessage = z.infer<typeof LanguageModelMessage>;

export const LanguageModelTool = lazy(() => z.object({ name: text, description: text, inputSchema: JsonObject }));
export type LanguageModelTool = z.infer<typeof LanguageModelTool>;

export const LanguageModelInfo = lazy(() =>
	z.object({
		id: text,
		name: text,
		/** Who provides it, such as `copilot`. */
		vendor: text,
		family: text,
		version: text,
		maxInputTokens: uint64,
		supportsTools: flag,
		supportsImages: flag,
	}),
);
export type LanguageModelInfo = z.infer<typeof LanguageModelInfo>;

/** The models that the client can reach now. */
export const LanguageModelListParams = lazy(() => z.object({}));
export const LanguageModelListResponse = lazy(() => z.object({ models: z.array(LanguageModelInfo) }));

/** Answered when the model has said all, or cannot. `languageModel/cancelled` says that nobody waits for it any more. */
export const LanguageModelRequestParams = lazy(() =>
	z.object({
		/** Goes along with each part. */
		requestId: text,
		threadId: text,
		turnId: text,
		/** `id` of the model. */
		model: text,
		messages: z.array(LanguageModelMessage),
		tools: z.array(LanguageModelTool),
	}),
);
export type LanguageModelRequestParams = z.infer<typeof LanguageModelRequestParams>;

/**
 * Why there is no answer. `consent`: the person has not allowed Tiller to use this model. `quota`: it may not be asked more now.
 * `notFound`: it is gone. `blocked`: it refuses this request.
 */
export const LanguageModelFailure = lazy(() => z.enum(['consent', 'quota', 'notFound', 'blocked', 'tooLong', 'other']));
export type LanguageModelFailure = z.infer<typeof LanguageModelFailure>;

export const LanguageModelRequestResponse = lazy(() =>
	z.discriminatedUnion('status', [
		z.object({
			status: z.literal('completed'),
			/** How many `languageModel/part` requests were sent: the last may still be on its way. */
			parts: uint32,
			/** Counted by the client; null where it cannot count. */
			usage: z.nullable(z.object({ inputTokens: uint64, outputTokens: uint64 })),
		}),
		z.object({ status: z.literal('failed'), reason: LanguageModelFailure, message: text }),
	]),
);
export type LanguageModelRequestResponse = z.infer<typeof LanguageModelRequestResponse>;

export const LanguageModelPartParams = lazy(() =>
	z.object({
		requestId: text,
		parts: z.array(z.discriminatedUnion('type', [textPart, z.object({ type: z.literal('thinking'), text }), toolCallPart])),
	}),
);
export type LanguageModelPartParams = z.infer<typeof LanguageModelPartParams>;

export const LanguageModelPartResponse = lazy(() => z.object({}));

/** Other models can be reached than before. */
export const LanguageModelChangedParams = lazy(() => z.object({}));
export const LanguageModelChangedResponse = lazy(() => z.object({}));

/** Sent to the client that was asked. What it still sends is dropped. */
export const LanguageModelCancelledNotification = lazy(() => z.object({ requestId: text }));
export type LanguageModelCancelledNotification = z.infer<typeof LanguageModelCancelledNotification>;
