import { AnswerBuilder } from '../dialogue/answerBuilder.ts';
import type { AnswerReader, AnswerReaderOptions } from '../dialogue/dialogueClient.ts';
import { eventData } from '../dialogue/eventData.ts';
import { countOf, type JsonRecord, numberOf, recordOf, textOf } from '../http/jsonRecord.ts';
import { ModelError, type ModelEvent } from '../model.ts';
import type { TokenUsage } from '../../items/modelInfo.ts';
import { eventFailure, incompleteFailure, nothingUnderstood } from '../providerFailure.ts';
import type { SseEvent } from '../http/sse.ts';
import { l10n } from '../../words/l10n.ts';

/** Reads the events of one streamed message (https://docs.anthropic.com/en/docs/build-with-claude/streaming). Throws `ModelError`. */
export class MessagesEventReader implements AnswerReader {
	readonly #options: AnswerReaderOptions;
	readonly #answer: AnswerBuilder;
	/** The thought that is open, as the provider wants it back. */
	#thought: { thinking: string; signature: string } | null = null;
	/** Counts of the beginning; those of the end come over them. */
	#usage: JsonRecord = {};
	#responseId = '';
	#begun = false;
	#ended = false;
	#stopped = false;

	constructor(options: AnswerReaderOptions) {
		this.#options = options;
		this.#answer = new AnswerBuilder(options);
	}

	read(sse: SseEvent): readonly ModelEvent[] {
		if (sse.data.trim() === '' || sse.data === '[DONE]') return [];
		const event = eventData(sse.data);
		return event === null ? [] : this.#event(textOf(event.type) ?? sse.event ?? '', event);
	}

	/** Some gateways leave the very last event out. */
	bodyEnded(): readonly ModelEvent[] {
		return this.#stopped ? this.#end() : [];
	}

	#event(type: string, event: JsonRecord): readonly ModelEvent[] {
		const index = numberOf(event.index) ?? 0;
		switch (type) {
			case 'message_start': {
				const message = recordOf(event.message);
				this.#usage = recordOf(message.usage);
				this.#responseId = textOf(message.id) ?? '';
				return this.#begin();
			}
			case 'content_block_start':
				return [...this.#begin(), ...this.#blockStart(index, recordOf(event.content_block))];
			case 'content_block_delta':
				return this.#blockDelta(index, recordOf(event.delta));
			case 'content_block_stop':
				return [...this.#endThought(), ...this.#answer.endText()];
			case 'message_delta':
				this.#usage = { ...this.#usage, ...given(recordOf(event.usage)) };
				this.#stop(textOf(recordOf(event.delta).stop_reason));
				return [];
			case 'message_stop':
				return this.#end();
			case 'error':
				throw eventFailure(event.error ?? event, this.#options.secrets);
			default:
				return [];
		}
	}

	#begin(): readonly ModelEvent[] {
		if (this.#begun) return [];
		this.#begun = true;
		return [{ type: 'created', model: null }];
	}

	#blockStart(index: number, block: JsonRecord): readonly ModelEvent[] {
		switch (block.type) {
			case 'text':
				return this.#answer.say(textOf(block.text) ?? '');
			case 'thinking':
				this.#thought = { thinking: textOf(block.thinking) ?? '', signature: textOf(block.signature) ?? '' };
				return this.#answer.think(this.#thought.thinking);
			case 'redacted_thinking':
				return this.#answer.endThought({ provider: this.#options.provider, block: { type: 'redacted_thinking', data: textOf(block.data) ?? '' } });
			case 'tool_use': {
				// Whole at once where a gateway does not stream arguments.
				const input = recordOf(block.input);
				const more = Object.keys(input).length > 0 ? JSON.stringify(input) : '';
				return this.#answer.call(index, { id: textOf(block.id), name: textOf(block.name), more });
			}
			default:
				return [];
		}
	}

	#blockDelta(index: number, delta: JsonRecord): readonly ModelEvent[] {
		switch (delta.type) {
			case 'text_delta':
				return this.#answer.say(textOf(delta.text) ?? '');
			case 'thinking_delta': {
				const thinking = textOf(delta.thinking) ?? '';
				this.#thought ??= { thinking: '', signature: '' };
				this.#thought.thinking += thinking;
				return this.#answer.think(thinking);
			}
			case 'signature_delta':
				this.#thought ??= { thinking: '', signature: '' };
				this.#thought.signature += textOf(delta.signature) ?? '';
				return [];
			case 'input_json_delta':
				return this.#answer.hasCall(index) ? this.#answer.call(index, { more: textOf(delta.partial_json) ?? '' }) : [];
			default:
				return [];
		}
	}

	/** A thought without a signature is none that the provider takes back. */
	#endThought(): readonly ModelEvent[] {
		const thought = this.#thought;
		this.#thought = null;
		if (thought === null) return [];
		return this.#answer.endThought(thought.signature === '' ? null : { provider: this.#options.provider, block: { type: 'thinking', ...thought } });
	}

	#stop(reason: string | null): void {
		if (reason === null) return;
		this.#stopped = true;
		if (reason === 'max_tokens') throw incompleteFailure('max_output_tokens');
		if (reason === 'refusal') throw incompleteFailure('content_filter');
		if (reason === 'model_context_window_exceeded')
			throw new ModelError(l10n`The conversation is too long for the model's context window.`, { kind: 'contextWindowExceeded' });
	}

	#end(): readonly ModelEvent[] {
		if (this.#ended) return [];
		this.#ended = true;
		const events = [...this.#endThought(), ...this.#answer.endAll()];
		if (!this.#answer.heard && !this.#options.mayBeSilent) throw nothingUnderstood();
		return [...events, { type: 'completed', responseId: this.#responseId, usage: usageOf(this.#usage) }];
	}
}

function given(usage: JsonRecord): JsonRecord {
	return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null && value !== undefined));
}

/** What is read from and written to the cache is not among the input tokens here. */
function usageOf(usage: JsonRecord): TokenUsage | null {
	if (Object.keys(usage).length === 0) return null;
	const cachedInputTokens = countOf(usage.cache_read_input_tokens) ?? 0;
	const written = countOf(usage.cache_creation_input_tokens) ?? 0;
	const inputTokens = (countOf(usage.input_tokens) ?? 0) + cachedInputTokens + written;
	const outputTokens = countOf(usage.output_tokens) ?? 0;
	const cacheWrite = written > 0 ? { cacheWriteInputTokens: written } : {};
	return { inputTokens, cachedInputTokens, ...cacheWrite, outputTokens, reasoningOutputTokens: 0, totalTokens: inputTokens + outputTokens };
}
