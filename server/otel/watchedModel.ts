import type { ResponseItem } from '../items/responseItem.ts';
import type { TokenUsage } from '../items/modelInfo.ts';
import { type ModelClient, ModelError, type ModelEvent, type ModelRequest, type RequestIdentity } from '../model/model.ts';
import type { RemoteParent } from './signals.ts';

/** One request to a model, from its beginning to its end. */
export interface RequestWatch {
	/** The span that the request belongs to. */
	readonly span: RemoteParent | null;
	/** The provider has answered with this status; null when there was no answer. `error`: null when it began to stream. */
	answered(status: number | null, error: string | null): void;
	event(event: ModelEvent): void;
	/** `error`: null when the answer is whole, or nobody wanted more of it. */
	ended(error: string | null): void;
}

/** Of a request that nobody hears of. */
export const UNWATCHED: RequestWatch = { span: null, answered: () => {}, event: () => {}, ended: () => {} };

/** Looks at each request of a client; it changes nothing but the trace that goes along. */
export class WatchedModel implements ModelClient {
	readonly compact?: NonNullable<ModelClient['compact']>;
	readonly #client: ModelClient;
	readonly #begin: (request: ModelRequest) => RequestWatch;

	constructor(client: ModelClient, begin: (request: ModelRequest) => RequestWatch) {
		this.#client = client;
		this.#begin = begin;
		if (client.compact) this.compact = (request, signal) => this.#compact(request, signal);
	}

	get streamMaxRetries(): number {
		return this.#client.streamMaxRetries;
	}

	get remoteCompaction(): 'endpoint' | 'stream' | null {
		return this.#client.remoteCompaction ?? null;
	}

	async warm(identity: RequestIdentity): Promise<void> {
		await this.#client.warm?.(identity);
	}

	fallBack(): string | null {
		return this.#client.fallBack?.() ?? null;
	}

	dispose(): void {
		this.#client.dispose();
	}

	async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		const watch = this.#begin(request);
		let hasAnswer = false;
		let failure: string | null = null;
		try {
			for await (const event of this.#client.stream({ ...request, trace: watch.span }, signal)) {
				if (!hasAnswer) watch.answered(200, null);
				hasAnswer = true;
				watch.event(event);
				yield event;
			}
		} catch (error) {
			failure = kindOf(error);
			if (!hasAnswer) watch.answered(statusOf(error), failure);
			throw error;
		} finally {
			watch.ended(failure);
		}
	}

	async #compact(request: ModelRequest, signal: AbortSignal): Promise<readonly ResponseItem[] | null> {
		const watch = this.#begin(request);
		try {
			const items = (await this.#client.compact?.({ ...request, trace: watch.span }, signal)) ?? null;
			watch.answered(200, null);
			watch.ended(null);
			return items;
		} catch (error) {
			watch.answered(statusOf(error), kindOf(error));
			watch.ended(kindOf(error));
			throw error;
		}
	}
}

function statusOf(error: unknown): number | null {
	return error instanceof ModelError ? error.httpStatusCode : null;
}

/** What went wrong, without the provider's words, which may quote the conversation. */
function kindOf(error: unknown): string {
	return error instanceof ModelError ? error.kind : 'aborted';
}

/** The names of a Responses stream, whatever API the answer came over. */
export const EVENT_KINDS: Readonly<Record<ModelEvent['type'], string | null>> = {
	created: 'response.created',
	itemAdded: 'response.output_item.added',
	itemDone: 'response.output_item.done',
	textDelta: 'response.output_text.delta',
	summaryPartAdded: 'response.reasoning_summary_part.added',
	summaryDelta: 'response.reasoning_summary_text.delta',
	reasoningDelta: 'response.reasoning_text.delta',
	toolInputDelta: 'response.function_call_arguments.delta',
	completed: 'response.completed',
	rateLimits: null,
	modelRerouted: null,
	warning: null,
};

export function usageAttributes(usage: TokenUsage) {
	return {
		input_token_count: usage.inputTokens,
		cached_token_count: usage.cachedInputTokens,
		output_token_count: usage.outputTokens,
		reasoning_token_count: usage.reasoningOutputTokens,
		tool_token_count: usage.totalTokens,
	};
}
