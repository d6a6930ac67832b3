import { AnswerBuilder } from '../dialogue/answerBuilder.ts';
import type { AnswerReader, AnswerReaderOptions } from '../dialogue/dialogueClient.ts';
import { eventData } from '../dialogue/eventData.ts';
import { countOf, isRecord, type JsonRecord, numberOf, recordOf, textOf } from '../http/jsonRecord.ts';
import type { ModelEvent } from '../model.ts';
import type { TokenUsage } from '../../items/modelInfo.ts';
import { eventFailure, incompleteFailure, nothingUnderstood, overloadFailure } from '../providerFailure.ts';
import type { SseEvent } from '../http/sse.ts';
import { ThinkTags } from './thinkTags.ts';
import { l10n } from '../../words/l10n.ts';

/** Where servers put what a model thinks. `content`: among the parts of the text. */
type ThoughtField = 'reasoning_content' | 'reasoning' | 'content';

/** Ends of an answer that are none: another attempt may well succeed. */
const BUSY = new Set(['insufficient_system_resource', 'engine_overloaded', 'overloaded', 'abort', 'aborted', 'network_error', 'error']);
const FUNCTION_CALL = 'function_call';

/** Reads the chunks of one streamed chat completion as the events that a Responses stream would have had. Throws `ModelError`. */
export class ChatEventReader implements AnswerReader {
	readonly #options: AnswerReaderOptions;
	readonly #answer: AnswerBuilder;
	readonly #tags = new ThinkTags();
	/** The place of each call, by its id, for servers that give all of them the same number. */
	readonly #placeOfId = new Map<string, string | number>();
	#lastPlace: string | number = 0;
	#thoughtField: ThoughtField | null = null;
	#details: JsonRecord[] = [];
	#responseId: string | null = null;
	#usage: TokenUsage | null = null;
	#finish: string | null = null;
	#ended = false;

	constructor(options: AnswerReaderOptions) {
		this.#options = options;
		this.#answer = new AnswerBuilder(options);
	}

	read(sse: SseEvent): readonly ModelEvent[] {
		const data = sse.data.trim();
		if (data === '') return [];
		if (data === '[DONE]') return this.#end();
		const chunk = eventData(data);
		return chunk === null ? [] : this.#chunk(chunk, sse.event);
	}

	/** At the end of the body: a server need not send `[DONE]`, but a reason for the end it has to give. */
	bodyEnded(): readonly ModelEvent[] {
		return this.#finish === null ? [] : this.#end();
	}

	#chunk(chunk: JsonRecord, event: string | null): readonly ModelEvent[] {
		const error = chunk.error ?? (event === 'error' || chunk.object === 'error' ? chunk : null);
		if (error !== null && error !== undefined && error !== false) throw eventFailure(error, this.#options.secrets);
		const events: ModelEvent[] = [];
		if (this.#responseId === null) {
			this.#responseId = textOf(chunk.id) ?? '';
			events.push({ type: 'created', model: null });
		}
		const usage = chunk.usage ?? recordOf(chunk.x_groq).usage;
		if (isRecord(usage)) this.#usage = chatUsage(usage);
		const choice = Array.isArray(chunk.choices) ? recordOf(chunk.choices[0]) : {};
		events.push(...this.#delta(recordOf(choice.delta ?? choice.message)));
		const finish = textOf(choice.finish_reason);
		if (finish !== null && finish !== '' && this.#finish === null) events.push(...this.#finished(finish, choice));
		return events;
	}

	#delta(delta: JsonRecord): readonly ModelEvent[] {
		const events: ModelEvent[] = [];
		for (const field of ['reasoning_content', 'reasoning'] as const) {
			const thought = textOf(delta[field]);
			if (!thought) continue;
			events.push(...this.#think(thought, field));
			break;
		}
		if (Array.isArray(delta.reasoning_details)) this.#details.push(...delta.reasoning_details.filter(isRecord));
		events.push(...this.#content(delta.content), ...this.#say(textOf(delta.refusal) ?? ''));
		if (Array.isArray(delta.tool_calls)) for (const part of delta.tool_calls) events.push(...this.#call(recordOf(part)));
		// Before there were several: https://platform.openai.com/docs/api-reference/chat/create (deprecated).
		if (isRecord(delta.function_call)) events.push(...this.#callAt(FUNCTION_CALL, { function: delta.function_call }));
		return events;
	}

	/** Text, or a list of parts, of which some may be thoughts. */
	#content(content: unknown): readonly ModelEvent[] {
		if (typeof content === 'string') return this.#say(content);
		if (!Array.isArray(content)) return [];
		return content.flatMap((part: unknown): readonly ModelEvent[] => {
			if (typeof part === 'string') return this.#say(part);
			const { type, text, thinking, refusal } = recordOf(part);
			if (type !== 'thinking') return this.#say(textOf(text) ?? textOf(refusal) ?? '');
			const thought =
				typeof thinking === 'string' ? thinking : Array.isArray(thinking) ? thinking.map((each) => textOf(recordOf(each).text) ?? '').join('') : '';
			return this.#think(thought, 'content');
		});
	}

	#think(thought: string, field: ThoughtField): readonly ModelEvent[] {
		this.#thoughtField = field;
		return this.#answer.think(thought);
	}

	#say(text: string): readonly ModelEvent[] {
		if (text === '') return [];
		return this.#tags.read(text).flatMap((piece) => this.#piece(piece));
	}

	#piece({ kind, text }: { readonly kind: 'thought' | 'text'; readonly text: string }): readonly ModelEvent[] {
		// What stood between tags in the text was never a member of its own, and does not go back.
		if (kind === 'thought') return this.#answer.think(text);
		return [...this.#endThought(), ...this.#answer.say(text)];
	}

	#endThought(): readonly ModelEvent[] {
		const [field, details] = [this.#thoughtField, this.#details];
		this.#thoughtField = null;
		this.#details = [];
		if (field === null && details.length === 0) return this.#answer.endThought(null);
		const state = {
			provider: this.#options.provider,
			...(field === null ? {} : { field }),
			...(details.length > 0 ? { details: joinDetails(details) } : {}),
		};
		return this.#answer.endThought(state);
	}

	#call(part: JsonRecord): readonly ModelEvent[] {
		return this.#callAt(this.#placeOf(part), part);
	}

	#callAt(place: string | number, part: JsonRecord): readonly ModelEvent[] {
		this.#lastPlace = place;
		const func = recordOf(part.function);
		// A few servers send the arguments as an object.
		const more = textOf(func.arguments) ?? (isRecord(func.arguments) ? JSON.stringify(func.arguments) : '');
		const extra = part.extra_content;
		const state = extra === undefined || extra === null ? null : { provider: this.#options.provider, extra_content: extra };
		return [...this.#endThought(), ...this.#answer.call(place, { id: textOf(part.id), name: textOf(func.name), more, state })];
	}

	/**
	 * Which call a part belongs to. The number says so, but some servers give all calls the number 0 and tell them apart by their ids, and
	 * some give no number: there a part with an id and a name begins a call, any other continues the last one.
	 */
	#placeOf(part: JsonRecord): string | number {
		const [index, id, name] = [numberOf(part.index), textOf(part.id), textOf(recordOf(part.function).name)];
		const known = id ? this.#placeOfId.get(id) : undefined;
		if (known !== undefined && (index === null || known === index || String(known).startsWith(`${index} `))) return known;
		if (index === null) {
			const place = id || name || this.#answer.callCount === 0 ? `new ${this.#answer.callCount}` : this.#lastPlace;
			if (id) this.#placeOfId.set(id, place);
			return place;
		}
		const taken = this.#answer.hasCall(index) && id && name && !known;
		const place = taken ? `${index} ${id}` : id || !String(this.#lastPlace).startsWith(`${index} `) ? index : this.#lastPlace;
		if (id) this.#placeOfId.set(id, place);
		return place;
	}

	#finished(finish: string, choice: JsonRecord): readonly ModelEvent[] {
		this.#finish = finish;
		if (finish === 'length' || finish === 'max_tokens' || finish === 'model_length') throw incompleteFailure('max_output_tokens');
		if (finish === 'content_filter' || finish === 'sensitive') throw incompleteFailure('content_filter');
		if (BUSY.has(finish)) {
			const { error } = choice;
			throw error === undefined || error === null ? overloadFailure(l10n`it ended with "${finish}"`) : eventFailure(error, this.#options.secrets);
		}
		return this.#endAll();
	}

	#endAll(): readonly ModelEvent[] {
		return [...this.#tags.end().flatMap((piece) => this.#piece(piece)), ...this.#endThought(), ...this.#answer.endAll()];
	}

	#end(): readonly ModelEvent[] {
		if (this.#ended) return [];
		this.#ended = true;
		const events = this.#endAll();
		if (!this.#answer.heard && !this.#options.mayBeSilent) throw nothingUnderstood();
		return [...events, { type: 'completed', responseId: this.#responseId ?? '', usage: this.#usage }];
	}
}

/** Pieces of one detail, which have one index and type, are one again. */
function joinDetails(pieces: readonly JsonRecord[]): readonly JsonRecord[] {
	const whole: Record<string, unknown>[] = [];
	for (const piece of pieces) {
		const last = whole.at(-1);
		if (!last || last.type !== piece.type || last.index !== piece.index || (piece.id && last.id && piece.id !== last.id)) {
			whole.push({ ...piece });
			continue;
		}
		for (const [key, value] of Object.entries(piece)) {
			const joins = ['text', 'summary', 'data'].includes(key) && typeof last[key] === 'string' && typeof value === 'string';
			if (joins) last[key] = `${String(last[key])}${value}`;
			else if (value !== null && value !== undefined) last[key] = value;
		}
	}
	return whole;
}

/** Some servers do not count what was thought among what came out: the sum tells. */
function chatUsage(usage: JsonRecord): TokenUsage {
	const inputTokens = countOf(usage.prompt_tokens) ?? 0;
	const said = countOf(usage.completion_tokens) ?? 0;
	const reasoningOutputTokens = countOf(recordOf(usage.completion_tokens_details).reasoning_tokens) ?? countOf(usage.reasoning_tokens) ?? 0;
	const total = countOf(usage.total_tokens);
	const apart = reasoningOutputTokens > said || total === inputTokens + said + reasoningOutputTokens;
	const outputTokens = apart && reasoningOutputTokens > 0 ? said + reasoningOutputTokens : said;
	return {
		inputTokens,
		cachedInputTokens:
			countOf(recordOf(usage.prompt_tokens_details).cached_tokens) ?? countOf(usage.prompt_cache_hit_tokens) ?? countOf(usage.cached_tokens) ?? 0,
		outputTokens,
		reasoningOutputTokens,
		totalTokens: Math.max(total ?? 0, inputTokens + outputTokens),
	};
}
