/**
 * Items of the Responses API as they are sent to and received from a model, and as rollouts keep them.
 * Members that we do not read are kept as they came, so that a replay sends back what was received.
 * Source: https://platform.openai.com/docs/api-reference/responses
 */
export type ContentPart =
	| { readonly type: 'input_text'; readonly text: string }
	| { readonly type: 'output_text'; readonly text: string }
	| { readonly type: 'input_image'; readonly image_url: string; readonly detail?: string }
	/** A data URL, or an address. */
	| { readonly type: 'input_audio'; readonly audio_url: string };

/**
 * What a provider other than the Responses API wants back with an item: signatures, sealed thoughts, the member that they stood in. Other
 * programs pass over it. It is for the very provider that gave it.
 */
export interface ProviderState {
	/** Id of the provider. */
	readonly provider: string;
	readonly [member: string]: unknown;
}

interface Stateful {
	readonly provider_state?: ProviderState;
}

export interface MessageItem extends Stateful {
	readonly type: 'message';
	readonly id?: string;
	readonly role: 'user' | 'assistant' | 'developer' | 'system';
	readonly content: readonly ContentPart[];
	readonly phase?: 'commentary' | 'final_answer';
}

export interface ReasoningItem extends Stateful {
	readonly type: 'reasoning';
	readonly id?: string;
	readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[];
	readonly content?: readonly { readonly type: string; readonly text: string }[];
	readonly encrypted_content?: string | null;
}

export interface FunctionCallItem extends Stateful {
	readonly type: 'function_call';
	readonly id?: string;
	readonly call_id: string;
	readonly name: string;
	readonly namespace?: string;
	/** JSON text as the model wrote it; may be invalid. */
	readonly arguments: string;
}

export interface CustomToolCallItem extends Stateful {
	readonly type: 'custom_tool_call';
	readonly id?: string;
	readonly call_id: string;
	readonly name: string;
	readonly input: string;
}

/** What a tool gives back to the model: text, or parts when images or recordings belong to it. */
export type ToolOutputBody = string | readonly ContentPart[];

export interface FunctionCallOutputItem {
	readonly type: 'function_call_output';
	readonly call_id: string;
	readonly output: ToolOutputBody;
}

export interface CustomToolCallOutputItem {
	readonly type: 'custom_tool_call_output';
	readonly call_id: string;
	readonly output: ToolOutputBody;
}

export interface WebSearchCallItem {
	readonly type: 'web_search_call';
	readonly id?: string;
	readonly status?: string;
	readonly action?: { readonly type: string; readonly query?: string };
}

/** The model looks for tools that it was not offered at once. `client`: we search; else the provider did. */
export interface ToolSearchCallItem {
	readonly type: 'tool_search_call';
	readonly id?: string;
	readonly call_id: string;
	readonly status?: string;
	readonly execution: 'client';
	readonly arguments: unknown;
}

/** The tools that were found, as they would be offered. */
export interface ToolSearchOutputItem {
	readonly type: 'tool_search_output';
	readonly call_id: string;
	readonly status: 'completed';
	readonly execution: 'client';
	readonly tools: readonly unknown[];
}

/** Item types that this server does not interpret. They are kept and sent back unchanged. */
export interface OpaqueItem {
	readonly type: 'opaque';
	readonly raw: Readonly<Record<string, unknown>>;
}

export type ResponseItem =
	| MessageItem
	| ReasoningItem
	| FunctionCallItem
	| CustomToolCallItem
	| FunctionCallOutputItem
	| CustomToolCallOutputItem
	| WebSearchCallItem
	| ToolSearchCallItem
	| ToolSearchOutputItem
	| OpaqueItem;
