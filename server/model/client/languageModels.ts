import type { JsonRecord } from '../http/jsonRecord.ts';

/** A model that only a client can reach. */
export interface ClientModelInfo {
	readonly id: string;
	readonly name: string;
	readonly vendor: string;
	readonly maxInputTokens: number;
	readonly supportsTools: boolean;
	readonly supportsImages: boolean;
}

type TextOrImage =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'image'; readonly mimeType: string; readonly dataBase64: string };

export type ClientContent =
	| TextOrImage
	| { readonly type: 'toolCall'; readonly callId: string; readonly name: string; readonly input: JsonRecord }
	| { readonly type: 'toolResult'; readonly callId: string; readonly content: readonly TextOrImage[] };

export interface ClientModelRequest {
	readonly threadId: string;
	readonly turnId: string;
	readonly model: string;
	readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: readonly ClientContent[] }[];
	readonly tools: readonly { readonly name: string; readonly description: string; readonly inputSchema: JsonRecord }[];
}

export type ClientModelPart =
	| { readonly type: 'text' | 'thinking'; readonly text: string }
	| { readonly type: 'toolCall'; readonly callId: string; readonly name: string; readonly input: JsonRecord };

export type ClientModelOutcome =
	| { readonly status: 'completed'; readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | null }
	| { readonly status: 'failed'; readonly reason: 'consent' | 'quota' | 'notFound' | 'blocked' | 'tooLong' | 'other'; readonly message: string }
	/** The client went away, or none is there that serves models. */
	| { readonly status: 'gone'; readonly message: string };

/** The models of clients, for those who ask them. */
export interface LanguageModels {
	/** Empty when no client serves any. Never rejects. */
	list(): Promise<readonly ClientModelInfo[]>;
	/** What was last heard of a model; null when nothing was. */
	known(id: string): ClientModelInfo | null;
	/** `onParts` is called in order, and not any more once this has resolved. Rejects only with the signal's reason. */
	request(
		request: ClientModelRequest,
		options: { readonly onParts: (parts: readonly ClientModelPart[]) => void; readonly idleTimeoutMs: number },
		signal: AbortSignal,
	): Promise<ClientModelOutcome>;
}
