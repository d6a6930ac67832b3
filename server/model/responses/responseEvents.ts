import { redactSecrets } from '../../config/redact.ts';
import { countOf, isRecord, type JsonRecord, recordOf, textOf } from '../http/jsonRecord.ts';
import type { ModelEvent } from '../model.ts';
import type { TokenUsage } from '../../items/modelInfo.ts';
import { eventFailure, incompleteFailure, nothingUnderstood, streamFailure, withoutSecrets } from '../providerFailure.ts';
import { rateLimitsFromEvent } from '../rateLimits.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import { fromWire } from './responseItemWire.ts';
import type { SseEvent } from '../http/sse.ts';
import { l10n } from '../../words/l10n.ts';

export interface EventReaderOptions {
	readonly secrets: readonly string[];
	/** Told of what is passed over: unknown and doubled events. */
	debug(message: string): void;
}

/**
 * Reads the events of one response. Of an event that came twice the second is passed over, unknown ones are too. Throws `ModelError`
 * for a response that failed.
 */
export class ResponseEventReader {
	readonly #options: EventReaderOptions;
	readonly #doneIds = new Set<string>();
	readonly #callIds = new Map<string, string>();
	#openItem: string | null = null;
	#heard = false;

	constructor(options: EventReaderOptions) {
		this.#options = { ...options, debug: (message) => options.debug(redactSecrets(message, options.secrets)) };
	}

	read(sse: SseEvent): readonly ModelEvent[] {
		if (sse.data === '[DONE]' || sse.data.trim() === '') return [];
		try {
			const event = this.#parse(sse);
			if (event === null) return [];
			const type = textOf(event.type) ?? sse.event ?? '';
			const missed = type === 'response.completed' && !this.#heard ? this.#wholeOutput(recordOf(event.response)) : [];
			const understood = this.#interpret(type, event);
			return understood === null ? missed : [...missed, understood];
		} catch (error) {
			// Names and reasons in it are the provider's words too.
			throw withoutSecrets(error, this.#options.secrets);
		}
	}

	#parse(sse: SseEvent): JsonRecord | null {
		let value: unknown;
		try {
			value = JSON.parse(sse.data);
		} catch (cause) {
			// A broken delta loses nothing: the finished item holds the whole text.
			if (!sse.event?.endsWith('.delta')) throw streamFailure(l10n`an event (${sse.event ?? '?'}) was no valid JSON.`, cause);
			this.#options.debug(`passed over a ${sse.event} event that is no valid JSON`);
			return null;
		}
		if (isRecord(value)) return value;
		this.#options.debug(`passed over an event that is no object: ${sse.event ?? 'without a name'}`);
		return null;
	}

	#interpret(type: string, event: JsonRecord): ModelEvent | null {
		switch (type) {
			case 'response.created':
				return { type: 'created', model: textOf(recordOf(recordOf(event.response).headers)['openai-model']) };
			case 'response.output_item.added':
				return this.#itemAdded(event);
			case 'response.output_item.done':
				return this.#itemDone(event);
			case 'response.output_text.delta':
				return this.#delta(event, (itemId, delta) => ({ type: 'textDelta', itemId, delta }));
			case 'response.reasoning_summary_part.added':
				return this.#ofItem(event, (itemId) => ({ type: 'summaryPartAdded', itemId, summaryIndex: partIndex(event.summary_index) }));
			case 'response.reasoning_summary_text.delta':
				return this.#delta(event, (itemId, delta) => ({ type: 'summaryDelta', itemId, summaryIndex: partIndex(event.summary_index), delta }));
			case 'response.reasoning_text.delta':
				return this.#delta(event, (itemId, delta) => ({ type: 'reasoningDelta', itemId, contentIndex: partIndex(event.content_index), delta }));
			case 'response.function_call_arguments.delta':
			case 'response.custom_tool_call_input.delta':
				return this.#delta(event, (itemId, delta) => ({
					type: 'toolInputDelta',
					itemId,
					callId: textOf(event.call_id) ?? this.#callIds.get(itemId) ?? null,
					delta,
				}));
			case 'codex.rate_limits':
				return { type: 'rateLimits', snapshot: rateLimitsFromEvent(event) };
			case 'response.completed': {
				const response = recordOf(event.response);
				return { type: 'completed', responseId: textOf(response.id) ?? '', usage: tokenUsage(response.usage) };
			}
			case 'response.failed':
				throw eventFailure(recordOf(event.response).error, this.#options.secrets);
			case 'error':
				throw eventFailure(event.error ?? event, this.#options.secrets);
			case 'response.incomplete':
				throw incompleteFailure(textOf(recordOf(recordOf(event.response).incomplete_details).reason));
			default:
				return null;
		}
	}

	/** Some servers put what the model said only into the end of the response. */
	#wholeOutput({ output }: JsonRecord): readonly ModelEvent[] {
		if (!Array.isArray(output) || output.length === 0) return [];
		const events = output.flatMap((item: unknown) => this.#itemDone({ item }) ?? []);
		if (!this.#heard) throw nothingUnderstood();
		return events;
	}

	#itemAdded(event: JsonRecord): ModelEvent | null {
		const item = this.#item(event);
		if (!item) return null;
		if (item.type !== 'opaque' && 'id' in item && item.id !== undefined) {
			this.#openItem = item.id;
			if (item.type === 'function_call' || item.type === 'custom_tool_call') this.#callIds.set(item.id, item.call_id);
		}
		return { type: 'itemAdded', item };
	}

	#itemDone(event: JsonRecord): ModelEvent | null {
		const item = this.#item(event);
		if (!item) return null;
		if (item.type === 'opaque' && (item.raw.type === 'function_call' || item.raw.type === 'custom_tool_call')) {
			throw streamFailure(l10n`a tool call (${textOf(item.raw.name) ?? '?'}) came without what is needed to answer it.`);
		}
		const raw = recordOf(event.item);
		const id = textOf(raw.call_id) ?? textOf(raw.id);
		if (id !== null) {
			// Two calls may have one id by a server's mistake: then they differ in what they ask for.
			const key = JSON.stringify([raw.type, id, raw.name, raw.arguments, raw.input]);
			if (this.#doneIds.has(key)) {
				this.#options.debug(`passed over a second end of item ${id}`);
				return null;
			}
			this.#doneIds.add(key);
		}
		this.#heard ||= item.type !== 'opaque' || textOf(item.raw.type) !== null;
		return { type: 'itemDone', item };
	}

	#item(event: JsonRecord): ResponseItem | null {
		const item = fromWire(saidItem(event.item));
		if (!item) this.#options.debug('passed over an output item without a type');
		return item;
	}

	#delta(event: JsonRecord, make: (itemId: string, delta: string) => ModelEvent): ModelEvent | null {
		const delta = textOf(event.delta);
		return delta === null || delta === '' ? null : this.#ofItem(event, (itemId) => make(itemId, delta));
	}

	#ofItem(event: JsonRecord, make: (itemId: string) => ModelEvent): ModelEvent | null {
		const itemId = textOf(event.item_id) ?? this.#openItem;
		return itemId === null ? null : make(itemId);
	}
}

/** No answer has more parts of one kind: each below the index is there, if only empty. */
const MAX_PARTS = 1000;

/** What is no place of a part counts as the first. */
function partIndex(value: unknown): number {
	return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MAX_PARTS ? value : 0;
}

/**
 * What the model says, in parts that are text: a refusal is text like any other, annotations are not for us, and a part of a kind that
 * nobody knows must not take the words beside it away.
 */
function saidItem(item: unknown): unknown {
	if (!isRecord(item) || item.type !== 'message' || item.role !== 'assistant' || typeof item.content === 'string') return item;
	const parts: readonly unknown[] = Array.isArray(item.content) ? item.content : [];
	const content = parts.flatMap((part) => {
		const said = isRecord(part) ? (part.type === 'refusal' ? part.refusal : part.text) : null;
		return typeof said === 'string' ? [{ type: 'output_text', text: said }] : [];
	});
	return { ...item, content: content.length > 0 ? content : [{ type: 'output_text', text: '' }] };
}

function tokenUsage(value: unknown): TokenUsage | null {
	if (!isRecord(value)) return null;
	const inputTokens = countOf(value.input_tokens) ?? 0;
	const outputTokens = countOf(value.output_tokens) ?? 0;
	const details = recordOf(value.input_tokens_details);
	const written = countOf(details.cache_write_tokens) ?? 0;
	return {
		inputTokens,
		cachedInputTokens: countOf(details.cached_tokens) ?? 0,
		...(written > 0 ? { cacheWriteInputTokens: written } : {}),
		outputTokens,
		reasoningOutputTokens: countOf(recordOf(value.output_tokens_details).reasoning_tokens) ?? 0,
		totalTokens: countOf(value.total_tokens) ?? inputTokens + outputTokens,
	};
}
