import type { ModelErrorKind, RateLimitSnapshot, ReasoningEffort, ReasoningSummary, TokenUsage, ToolSpec, Verbosity } from '../items/modelInfo.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import { type Text, TextError } from '../words/l10n.ts';

/** Who asks, and how. */
export interface RequestIdentity {
	/** The thread's id: prompt cache key and the `session_id` and `thread_id` headers. */
	readonly threadId: string;
	/** `originator` header: the name that the client gave in `initialize`. */
	readonly originator: string;
	/** The model is to be spoken to over a websocket even where these are switched off. */
	readonly preferWebsockets: boolean;
}

/** One sampling request. Everything that a turn may change is here; the client itself keeps only transport state. */
export interface ModelRequest extends RequestIdentity {
	readonly model: string;
	readonly instructions: string;
	readonly input: readonly ResponseItem[];
	readonly tools: readonly ToolSpec[];
	readonly parallelToolCalls: boolean;
	readonly reasoning: { readonly effort?: ReasoningEffort; readonly summary?: ReasoningSummary } | null;
	readonly verbosity: Verbosity | null;
	readonly outputSchema: unknown;
	readonly serviceTier: string | null;
	/** Requests of one turn go to one place where a provider wants that (sticky routing). */
	readonly turnId: string;
	/** What the client wants the provider to be told with each request of the turn. */
	readonly clientMetadata: Readonly<Record<string, string>> | null;
	/** The span that the request belongs to, for the provider's own traces; left out, or null: nobody traces. */
	readonly trace?: { readonly traceparent: string; readonly tracestate: string | null } | null;
}

/** The headers of https://www.w3.org/TR/trace-context/; none when nobody traces. */
export function traceHeaders({ trace }: Pick<ModelRequest, 'trace'>): Readonly<Record<string, string>> {
	if (!trace) return {};
	return { traceparent: trace.traceparent, ...(trace.tracestate ? { tracestate: trace.tracestate } : {}) };
}

export type ModelEvent =
	/** `model`: the one that answers, where the provider says so in the response's own headers. */
	| { readonly type: 'created'; readonly model: string | null }
	| { readonly type: 'itemAdded'; readonly item: ResponseItem }
	| { readonly type: 'itemDone'; readonly item: ResponseItem }
	| { readonly type: 'textDelta'; readonly itemId: string; readonly delta: string }
	| { readonly type: 'summaryPartAdded'; readonly itemId: string; readonly summaryIndex: number }
	| { readonly type: 'summaryDelta'; readonly itemId: string; readonly summaryIndex: number; readonly delta: string }
	| { readonly type: 'reasoningDelta'; readonly itemId: string; readonly contentIndex: number; readonly delta: string }
	| { readonly type: 'toolInputDelta'; readonly itemId: string; readonly callId: string | null; readonly delta: string }
	| { readonly type: 'rateLimits'; readonly snapshot: RateLimitSnapshot }
	/** Another model answers than the one that was asked; once a turn for each other one. */
	| { readonly type: 'modelRerouted'; readonly asked: string; readonly model: string }
	/** Something that the user should know; the response goes on. */
	| { readonly type: 'warning'; readonly message: Text }
	/** Ends every complete stream, exactly once. */
	| { readonly type: 'completed'; readonly responseId: string; readonly usage: TokenUsage | null };

/** The one error that `ModelClient.stream` throws, except for the abort reason of its signal. */
export class ModelError extends TextError {
	readonly kind: ModelErrorKind;
	readonly httpStatusCode: number | null;
	/** Whether trying again can help; `retryAfterMs` is the server's own wish, in milliseconds. */
	readonly retryable: boolean;
	readonly retryAfterMs: number | null;
	/** What the refusal said of the account's limits. */
	readonly rateLimits: readonly RateLimitSnapshot[];

	constructor(
		text: Text,
		options: {
			kind: ModelErrorKind;
			httpStatusCode?: number | null;
			retryable?: boolean;
			retryAfterMs?: number | null;
			rateLimits?: readonly RateLimitSnapshot[];
			cause?: unknown;
		},
	) {
		super(text, { cause: options.cause });
		this.name = 'ModelError';
		this.kind = options.kind;
		this.httpStatusCode = options.httpStatusCode ?? null;
		this.retryable = options.retryable ?? false;
		this.retryAfterMs = options.retryAfterMs ?? null;
		this.rateLimits = options.rateLimits ?? [];
	}
}

/** Talks to one provider for one thread, over all its turns. Connect-level retries are its own; stream-level retries are the turn's. */
export interface ModelClient {
	/** Streams one response. Throws `ModelError`; ends quietly only after `completed`. */
	stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
	/** How often, and whether, a turn may restart a stream that broke. */
	readonly streamMaxRetries: number;
	/** How the provider itself makes a history shorter; null when it does not. */
	readonly remoteCompaction?: 'endpoint' | 'stream' | null;
	/** With 'endpoint': what takes the place of the request's input. Null when there is no endpoint after all. Throws as `stream` does. */
	compact?(request: ModelRequest, signal: AbortSignal): Promise<readonly ResponseItem[] | null>;
	/** Gets ready for the first request: best effort, sends none, never rejects. */
	warm?(identity: RequestIdentity): Promise<void>;
	/** After the last retry of broken streams: changes to another transport and says so in a sentence; null when there is none left. */
	fallBack?(): string | null;
	dispose(): void;
}
