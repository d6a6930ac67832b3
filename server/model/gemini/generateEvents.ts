import { AnswerBuilder } from '../dialogue/answerBuilder.ts';
import type { AnswerReader, AnswerReaderOptions } from '../dialogue/dialogueClient.ts';
import { eventData } from '../dialogue/eventData.ts';
import { countOf, isRecord, type JsonRecord, recordOf, textOf } from '../http/jsonRecord.ts';
import { ModelError, type ModelEvent } from '../model.ts';
import type { TokenUsage } from '../../items/modelInfo.ts';
import type { ProviderState } from '../../items/responseItem.ts';
import { eventFailure, incompleteFailure, nothingUnderstood } from '../providerFailure.ts';
import type { SseEvent } from '../http/sse.ts';
import { l10n } from '../../words/l10n.ts';

const BLOCKED = new Set(['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY']);
/** The model wrote a call that its own server could not read. */
const MALFORMED = new Set(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS']);

/** Reads the chunks of one answer of `:streamGenerateContent`. Throws `ModelError`. */
export class GenerateEventReader implements AnswerReader {
	readonly #options: AnswerReaderOptions;
	readonly #answer: AnswerBuilder;
	#usage: TokenUsage | null = null;
	#responseId: string | null = null;
	#finish: string | null = null;
	#ended = false;

	constructor(options: AnswerReaderOptions) {
		this.#options = options;
		this.#answer = new AnswerBuilder(options);
	}

	read(sse: SseEvent): readonly ModelEvent[] {
		const data = sse.data.trim();
		if (data === '' || data === '[DONE]') return [];
		const chunk = eventData(data);
		return chunk === null ? [] : this.#chunk(chunk);
	}

	/** There is no event for the end: the body ends. */
	bodyEnded(): readonly ModelEvent[] {
		if (this.#finish === null || this.#ended) return [];
		this.#ended = true;
		const events = this.#answer.endAll();
		if (!this.#answer.heard && !this.#options.mayBeSilent) throw nothingUnderstood();
		return [...events, { type: 'completed', responseId: this.#responseId ?? '', usage: this.#usage }];
	}

	#chunk(chunk: JsonRecord): readonly ModelEvent[] {
		if (chunk.error !== undefined && chunk.error !== null) throw eventFailure(chunk.error, this.#options.secrets);
		const events: ModelEvent[] = [];
		if (this.#responseId === null) {
			this.#responseId = textOf(chunk.responseId) ?? '';
			events.push({ type: 'created', model: null });
		}
		if (isRecord(chunk.usageMetadata)) this.#usage = usageOf(chunk.usageMetadata);
		const blocked = textOf(recordOf(chunk.promptFeedback).blockReason);
		if (blocked !== null) throw new ModelError(l10n`The provider's filter refused the request (${blocked}).`, { kind: 'other' });
		const candidate = Array.isArray(chunk.candidates) ? recordOf(chunk.candidates[0]) : {};
		const { parts } = recordOf(candidate.content);
		if (Array.isArray(parts)) for (const part of parts) events.push(...this.#part(recordOf(part)));
		const finish = textOf(candidate.finishReason);
		if (finish !== null && finish !== 'FINISH_REASON_UNSPECIFIED') this.#finished(finish, textOf(candidate.finishMessage));
		return events;
	}

	#part(part: JsonRecord): readonly ModelEvent[] {
		const signature = textOf(part.thoughtSignature);
		const state: ProviderState | null = signature === null ? null : { provider: this.#options.provider, thoughtSignature: signature };
		const call = isRecord(part.functionCall) ? part.functionCall : null;
		if (call !== null) {
			const { callCount } = this.#answer;
			return [
				...this.#answer.endText(),
				...this.#answer.call(callCount, { id: textOf(call.id), name: textOf(call.name), more: JSON.stringify(recordOf(call.args)), state }),
			];
		}
		const text = textOf(part.text) ?? '';
		if (part.thought === true) return this.#answer.think(text);
		const events = this.#answer.say(text);
		if (state !== null) this.#answer.markText(state);
		return events;
	}

	#finished(finish: string, why: string | null): void {
		this.#finish = finish;
		if (finish === 'MAX_TOKENS') throw incompleteFailure('max_output_tokens');
		if (BLOCKED.has(finish)) throw incompleteFailure('content_filter');
		if (MALFORMED.has(finish))
			throw new ModelError(l10n`The model wrote a call of a tool that cannot be read (${why ?? finish}).`, { kind: 'other', retryable: true });
	}
}

function usageOf(usage: JsonRecord): TokenUsage {
	const inputTokens = (countOf(usage.promptTokenCount) ?? 0) + (countOf(usage.toolUsePromptTokenCount) ?? 0);
	const reasoningOutputTokens = countOf(usage.thoughtsTokenCount) ?? 0;
	const outputTokens = (countOf(usage.candidatesTokenCount) ?? 0) + reasoningOutputTokens;
	const cachedInputTokens = countOf(usage.cachedContentTokenCount) ?? 0;
	return {
		inputTokens,
		cachedInputTokens,
		outputTokens,
		reasoningOutputTokens,
		totalTokens: countOf(usage.totalTokenCount) ?? inputTokens + outputTokens,
	};
}
