import type { ToolContentItem } from './item.ts';

/** A call of a tool that the client of a thread implements. */
export interface ClientToolCall {
	/** The call's id, which is its item's too. */
	readonly itemId: string;
	readonly namespace: string | null;
	/** Without the namespace. */
	readonly tool: string;
	readonly arguments: unknown;
}

export type ClientToolResult =
	| { readonly type: 'result'; readonly contentItems: readonly ToolContentItem[]; readonly success: boolean }
	/** No client gave a result; `message` is for the model and for people. */
	| { readonly type: 'failed'; readonly message: string }
	/** The turn was stopped meanwhile. */
	| { readonly type: 'cancel' };

/** Brings calls to the clients of a thread. Never rejects. */
export interface ClientTools {
	callTool(call: ClientToolCall): Promise<ClientToolResult>;
}
