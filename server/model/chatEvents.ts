import { v7 as uuid } from 'uuid';
import type { ReasoningField } from './chatBody.ts';
import { countOf, isRecord, type JsonRecord, numberOf, recordOf, textOf } from './jsonRecord.ts';
import type { ModelEvent } from './model.ts';
import type { TokenUsage } from '../items/modelInfo.ts';
import { eventFailure, incompleteFailure, streamFailure } from './providerFailure.ts';
import type { CustomToolCallItem, FunctionCallItem } from '../items/responseItem.ts';
import type { SseEvent } from './sse.ts';

export interface ChatReaderOptions {
	readonly secrets: readonly string[];
	/** Names of the tools that take free text: their calls come as `{"input": text}`. */
	readonly freeformTools: ReadonlySet<string>;
	/** Tools in a namespace, by the one name under which they are offered here. */
	readonly namespacedTools: ReadonlyMap<string, { readonly namespace: string; readonly name: string }>;
	/** Ids of earlier calls. Some servers count from zero in each answer; a call needs an id of its own. */
	readonly usedCallIds: ReadonlySet<string>;
}

interface Call {
	readonly itemId: string;
	readonly callId: string;
	name: string;
	arguments: string;
	announced: boolean;
}

const thinkStart = '<think>';
const thinkEnd = '</think>';

/** Reads the chunks of one streamed chat completion as the events that a Responses stream would have had. Throws `ModelError`. */
export class ChatEventReader {
	reasoningField: ReasoningField | null = null;
	private readonly options: ChatReaderOptions;
	private readonly calls = new Map<number, Call>();
	private readonly callIds: Set<string>;
	private reasoning: { readonly id: string; text: string } | null = null;
	private message: { readonly id: string; text: string } | null = null;
	/** Some models write what they think into the answer, between tags at its start. `held`: too short to know yet. */
	private tags: 'undecided' | 'inside' | 'none' = 'undecided';
	private held = '';
	private responseId: string | null = null;
	private usage: TokenUsage | null = null;
	private finish: string | null = null;
	private ended = false;

	constructor(options: ChatReaderOptions) {
		this.options = options;
		this.callIds = new Set(options.usedCallIds);
	}

	read(sse: SseEvent): readonly ModelEvent[] {
		const data = sse.data.trim();
		if (data === '') return [];
		if (data === '[DONE]') return this.end();
		let chunk: unknown;
		try {
			chunk = JSON.parse(data);
		} catch (cause) {
			throw streamFailure('an event was no valid JSON.', cause);
		}
		return isRecord(chunk) ? this.chunk(chunk) : [];
	}

	/** At the end of the body: a server need not send `[DONE]`, but a reason for the end it has to give. */
	bodyEnded(): readonly ModelEvent[] {
		return this.finish === null ? [] : this.end();
	}

	private chunk(chunk: JsonRecord): readonly ModelEvent[] {
		if (chunk.error !== undefined && chunk.error !== null) throw eventFailure(chunk.error, this.options.secrets);
		const events: ModelEvent[] = [];
		if (this.responseId === null) {
			this.responseId = textOf(chunk.id) ?? '';
			events.push({ type: 'created', model: null });
		}
		if (isRecord(chunk.usage)) this.usage = chatUsage(chunk.usage);
		const choice = Array.isArray(chunk.choices) ? recordOf(chunk.choices[0]) : {};
		const delta = recordOf(choice.delta ?? choice.message);
		for (const field of ['reasoning_content', 'reasoning'] as const) {
			const thought = textOf(delta[field]);
			if (!thought) continue;
			this.reasoningField = field;
			events.push(...this.think(thought));
			break;
		}
		const text = textOf(delta.content) ?? textOf(delta.refusal);
		if (text) events.push(...this.say(text));
		if (Array.isArray(delta.tool_calls)) {
			for (const part of delta.tool_calls) events.push(...this.callPart(recordOf(part)));
		}
		const finish = textOf(choice.finish_reason);
		if (finish !== null && this.finish === null) {
			this.finish = finish;
			if (finish === 'length') throw incompleteFailure('max_output_tokens');
			if (finish === 'content_filter') throw incompleteFailure('content_filter');
			events.push(...this.closeAll());
		}
		return events;
	}

	private think(delta: string): readonly ModelEvent[] {
		const events: ModelEvent[] = [];
		if (!this.reasoning) {
			this.reasoning = { id: `rs_${uuid()}`, text: '' };
			events.push({ type: 'itemAdded', item: { type: 'reasoning', id: this.reasoning.id, summary: [] } });
		}
		this.reasoning.text += delta;
		events.push({ type: 'reasoningDelta', itemId: this.reasoning.id, contentIndex: 0, delta });
		return events;
	}

	private say(text: string): readonly ModelEvent[] {
		if (this.tags === 'none') return this.write(text);
		this.held += text;
		if (this.tags === 'undecided') {
			const start = this.held.trimStart();
			if (start.length < thinkStart.length && thinkStart.startsWith(start)) return [];
			if (!start.startsWith(thinkStart)) {
				this.tags = 'none';
				return this.write(this.takeHeld());
			}
			this.tags = 'inside';
			this.held = start.slice(thinkStart.length);
		}
		const end = this.held.indexOf(thinkEnd);
		if (end >= 0) {
			const thought = this.held.slice(0, end);
			const rest = this.held.slice(end + thinkEnd.length).trimStart();
			this.held = '';
			this.tags = 'none';
			return [...(thought === '' ? [] : this.think(thought)), ...(rest === '' ? [] : this.write(rest))];
		}
		// The end tag may come in pieces.
		const sure = this.held.length - thinkEnd.length + 1;
		if (sure <= 0) return [];
		const thought = this.held.slice(0, sure);
		this.held = this.held.slice(sure);
		return this.think(thought);
	}

	private takeHeld(): string {
		const { held } = this;
		this.held = '';
		return held;
	}

	private write(text: string): readonly ModelEvent[] {
		const events: ModelEvent[] = [];
		if (!this.message) {
			events.push(...this.closeReasoning());
			this.message = { id: `msg_${uuid()}`, text: '' };
			events.push({ type: 'itemAdded', item: { type: 'message', id: this.message.id, role: 'assistant', content: [] } });
		}
		this.message.text += text;
		events.push({ type: 'textDelta', itemId: this.message.id, delta: text });
		return events;
	}

	private callPart(part: JsonRecord): readonly ModelEvent[] {
		const func = recordOf(part.function);
		const index = numberOf(part.index) ?? this.indexWithoutNumber(part);
		let call = this.calls.get(index);
		if (!call) {
			call = { itemId: `fc_${uuid()}`, callId: this.freshCallId(textOf(part.id)), name: '', arguments: '', announced: false };
			this.calls.set(index, call);
		}
		const name = textOf(func.name);
		if (name && call.name === '') call.name = name;
		// A few servers send the arguments as an object.
		const more = textOf(func.arguments) ?? (isRecord(func.arguments) ? JSON.stringify(func.arguments) : '');
		call.arguments += more;
		if (call.name === '') return [];
		const events: ModelEvent[] = [];
		const freeform = this.options.freeformTools.has(call.name);
		if (!call.announced) {
			call.announced = true;
			events.push(...this.closeReasoning(), { type: 'itemAdded', item: this.callItem(call, '') });
		}
		if (more !== '' && !freeform) events.push({ type: 'toolInputDelta', itemId: call.itemId, callId: call.callId, delta: more });
		return events;
	}

	/** Without a number, a part with an id and a name begins a call, any other continues the last one. */
	private indexWithoutNumber(part: JsonRecord): number {
		const begins = textOf(part.id) !== null || textOf(recordOf(part.function).name) !== null;
		return begins || this.calls.size === 0 ? this.calls.size : this.calls.size - 1;
	}

	private freshCallId(given: string | null): string {
		const id = given && !this.callIds.has(given) ? given : `call_${uuid()}`;
		this.callIds.add(id);
		return id;
	}

	private callItem(call: Call, input: string): FunctionCallItem | CustomToolCallItem {
		const item = { id: call.itemId, call_id: call.callId };
		if (this.options.freeformTools.has(call.name)) return { type: 'custom_tool_call', ...item, name: call.name, input };
		return { type: 'function_call', ...item, ...(this.options.namespacedTools.get(call.name) ?? { name: call.name }), arguments: input };
	}

	private closeReasoning(): readonly ModelEvent[] {
		const { reasoning } = this;
		if (!reasoning) return [];
		this.reasoning = null;
		return [
			{
				type: 'itemDone',
				item: {
					type: 'reasoning',
					id: reasoning.id,
					summary: [],
					content: [{ type: 'reasoning_text', text: reasoning.text }],
					encrypted_content: null,
				},
			},
		];
	}

	private closeAll(): readonly ModelEvent[] {
		const rest = this.takeHeld();
		const held = rest === '' ? [] : this.tags === 'inside' ? this.think(rest) : this.write(rest);
		const events: ModelEvent[] = [...held, ...this.closeReasoning()];
		if (this.message) {
			const { id, text } = this.message;
			events.push({ type: 'itemDone', item: { type: 'message', id, role: 'assistant', content: [{ type: 'output_text', text }] } });
			this.message = null;
		}
		for (const call of this.calls.values()) {
			if (call.name === '') throw streamFailure('a tool call came without a name.');
			const freeform = this.options.freeformTools.has(call.name);
			events.push({ type: 'itemDone', item: this.callItem(call, freeform ? freeText(call.arguments) : call.arguments || '{}') });
		}
		this.calls.clear();
		return events;
	}

	private end(): readonly ModelEvent[] {
		if (this.ended) return [];
		this.ended = true;
		return [...this.closeAll(), { type: 'completed', responseId: this.responseId ?? '', usage: this.usage }];
	}
}

/** The text of a free-text tool; when the arguments are not what was asked for, as they are. */
function freeText(args: string): string {
	try {
		const value: unknown = JSON.parse(args);
		if (typeof value === 'string') return value;
		const record = recordOf(value);
		return textOf(record.input) ?? textOf(record.patch) ?? args;
	} catch {
		return args;
	}
}

function chatUsage(usage: JsonRecord): TokenUsage {
	const inputTokens = countOf(usage.prompt_tokens) ?? 0;
	const outputTokens = countOf(usage.completion_tokens) ?? 0;
	return {
		inputTokens,
		cachedInputTokens: countOf(recordOf(usage.prompt_tokens_details).cached_tokens) ?? countOf(usage.prompt_cache_hit_tokens) ?? 0,
		outputTokens,
		reasoningOutputTokens: countOf(recordOf(usage.completion_tokens_details).reasoning_tokens) ?? 0,
		totalTokens: countOf(usage.total_tokens) ?? inputTokens + outputTokens,
	};
}
