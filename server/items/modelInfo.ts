export interface FunctionToolSpec {
	readonly type: 'function';
	readonly name: string;
	readonly description: string;
	readonly strict: boolean;
	/** JSON Schema of the arguments. */
	readonly parameters: Readonly<Record<string, unknown>>;
	/** Only in what a tool search found. */
	readonly defer_loading?: true;
}

/** A tool as it is offered to the model. `freeform` tools take text that follows a grammar instead of JSON. */
export type ToolSpec =
	| FunctionToolSpec
	/** Tools that are called by their name in this namespace. */
	| { readonly type: 'namespace'; readonly name: string; readonly description: string; readonly tools: readonly FunctionToolSpec[] }
	| {
			readonly type: 'custom';
			readonly name: string;
			readonly description: string;
			readonly format: { readonly type: 'grammar'; readonly syntax: 'lark' | 'regex'; readonly definition: string };
	  }
	/** Tools that the provider runs itself, such as web search, in the provider's own form. */
	| { readonly type: 'hosted'; readonly name: string; readonly raw: Readonly<Record<string, unknown>> };

/** `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`, `ultra`, or what a model of a later day takes. */
export type ReasoningEffort = string;
export type ReasoningSummary = 'auto' | 'concise' | 'detailed' | 'none';
export type Verbosity = 'low' | 'medium' | 'high';

export interface TokenUsage {
	readonly inputTokens: number;
	readonly cachedInputTokens: number;
	/** Part of the input that the provider put into its cache. Missing where it does not say. */
	readonly cacheWriteInputTokens?: number;
	readonly outputTokens: number;
	readonly reasoningOutputTokens: number;
	readonly totalTokens: number;
}

export interface RateLimitWindow {
	/** 0 to 100. */
	readonly usedPercent: number;
	readonly windowMinutes: number | null;
	/** Unix time in seconds. */
	readonly resetsAt: number | null;
}

export interface RateLimitSnapshot {
	readonly limitId: string | null;
	readonly limitName: string | null;
	readonly primary: RateLimitWindow | null;
	readonly secondary: RateLimitWindow | null;
	readonly credits: { readonly hasCredits: boolean; readonly unlimited: boolean; readonly balance: string | null } | null;
	/** As the provider names it; null when it does not say. */
	readonly planType: string | null;
	readonly reachedType: string | null;
}

/** Why a request failed, in the protocol's `codexErrorInfo` terms; `httpStatusCode` where one was received. */
export type ModelErrorKind =
	| 'contextWindowExceeded'
	| 'usageLimitExceeded'
	| 'serverOverloaded'
	| 'cyberPolicy'
	| 'httpConnectionFailed'
	| 'responseStreamConnectionFailed'
	| 'responseStreamDisconnected'
	| 'responseTooManyFailedAttempts'
	| 'internalServerError'
	| 'unauthorized'
	| 'badRequest'
	| 'other';

/** What is known of a model before it is asked: catalogue data and the defaults of a request. */
export interface ModelInfo {
	readonly slug: string;
	readonly displayName: string;
	readonly description: string;
	readonly contextWindow: number | null;
	/** Nothing is known of the model: its window is what most have. */
	readonly isWindowAssumed?: boolean;
	/** The largest that `model_context_window` may choose; null when nobody knows. */
	readonly maxContextWindow: number | null;
	/** Share of the window that a thread may fill, in percent. */
	readonly effectiveContextWindowPercent: number;
	readonly supportedEfforts: readonly { readonly effort: ReasoningEffort; readonly description: string }[];
	readonly defaultEffort: ReasoningEffort | null;
	/** What `ultra` means for the model; absent where that is its highest effort. */
	readonly ultraEffort?: ReasoningEffort;
	readonly defaultVerbosity: Verbosity | null;
	readonly supportsParallelToolCalls: boolean;
	/** False for a model that cannot call tools; absent where nobody says. */
	readonly supportsTools?: boolean;
	readonly inputModalities: readonly ('text' | 'image' | 'audio')[];
	readonly applyPatchTool: 'freeform' | 'function';
	/** Limit of a tool output that is sent to the model, in tokens. */
	readonly toolOutputTokens: number;
	/** Uses a websocket wherever the provider has one, whatever is configured. */
	readonly preferWebsockets: boolean;
	readonly hidden: boolean;
	readonly isDefault: boolean;
	/** False for a name that the catalogue does not have; the rest are then careful defaults. */
	readonly known: boolean;
}
