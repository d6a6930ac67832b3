import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { CustomToolCallItem, FunctionCallItem, ProviderState, ResponseItem } from '../../items/responseItem.ts';
import { recordOf, textOf } from '../http/jsonRecord.ts';
import { isOutput } from '../history/pairCalls.ts';
import type { ModelEvent } from '../model.ts';
import { streamFailure } from '../providerFailure.ts';
import type { OfferedTools } from './offeredTools.ts';
import { l10n } from '../../words/l10n.ts';

interface Call {
	readonly itemId: string;
	readonly callId: string;
	name: string;
	arguments: string;
	announced: boolean;
	state: ProviderState | null;
}

/** What a part of a call says. */
export interface CallPart {
	readonly id?: string | null;
	readonly name?: string | null;
	/** More of the arguments' JSON. */
	readonly more?: string;
	readonly state?: ProviderState | null;
}

/** Whether a model may answer a request with nothing: it has had the results of its calls, and has no more to say. */
export function mayBeSilent(input: readonly ResponseItem[]): boolean {
	const last = input.at(-1);
	return last !== undefined && isOutput(last);
}

/** Ids of all calls that a request holds. */
export function usedCallIds(input: readonly ResponseItem[]): ReadonlySet<string> {
	return new Set(input.flatMap((item) => ('call_id' in item && item.call_id ? [item.call_id] : [])));
}

/** Makes of what a model thinks, says and calls the events that a Responses stream would have had. */
export class AnswerBuilder {
	readonly #tools: OfferedTools;
	readonly #callIds: Set<string>;
	readonly #calls = new Map<string | number, Call>();
	#thought: { readonly id: string; text: string } | null = null;
	#message: { readonly id: string; text: string; state: ProviderState | null } | null = null;
	#heard = false;

	/** `usedCallIds`: of earlier calls. Some servers count from zero in each answer; a call needs an id of its own. */
	constructor({ tools, usedCallIds }: { readonly tools: OfferedTools; readonly usedCallIds: ReadonlySet<string> }) {
		this.#tools = tools;
		this.#callIds = new Set(usedCallIds);
	}

	/** Whether anything was thought, said or called. */
	get heard(): boolean {
		return this.#heard;
	}

	get callCount(): number {
		return this.#calls.size;
	}

	hasCall(key: string | number): boolean {
		return this.#calls.has(key);
	}

	think(delta: string): readonly ModelEvent[] {
		if (delta === '') return [];
		this.#heard = true;
		const events: ModelEvent[] = [];
		if (!this.#thought) {
			events.push(...this.endText());
			this.#thought = { id: `rs_${uuid()}`, text: '' };
			events.push({ type: 'itemAdded', item: { type: 'reasoning', id: this.#thought.id, summary: [] } });
		}
		this.#thought.text += delta;
		events.push({ type: 'reasoningDelta', itemId: this.#thought.id, contentIndex: 0, delta });
		return events;
	}

	say(delta: string): readonly ModelEvent[] {
		if (delta === '') return [];
		this.#heard = true;
		const events: ModelEvent[] = [];
		if (!this.#message) {
			events.push(...this.endThought(null));
			this.#message = { id: `msg_${uuid()}`, text: '', state: null };
			events.push({ type: 'itemAdded', item: { type: 'message', id: this.#message.id, role: 'assistant', content: [] } });
		}
		this.#message.text += delta;
		events.push({ type: 'textDelta', itemId: this.#message.id, delta });
		return events;
	}

	/** What the provider wants back with the text that is being said. */
	markText(state: ProviderState): void {
		if (this.#message) this.#message.state = state;
	}

	/** `key`: what tells the calls of one answer apart. */
	call(key: string | number, { id, name, more = '', state }: CallPart): readonly ModelEvent[] {
		this.#heard = true;
		let call = this.#calls.get(key);
		if (!call) {
			call = { itemId: `fc_${uuid()}`, callId: this.#freshCallId(id ?? null), name: '', arguments: '', announced: false, state: null };
			this.#calls.set(key, call);
		}
		if (name && call.name === '') call.name = name;
		if (state) call.state = state;
		call.arguments += more;
		if (call.name === '') return [];
		const events: ModelEvent[] = [];
		if (!call.announced) {
			call.announced = true;
			events.push(...this.endThought(null), { type: 'itemAdded', item: this.#callItem(call, '') });
		}
		if (more !== '' && !this.#isFreeform(call)) events.push({ type: 'toolInputDelta', itemId: call.itemId, callId: call.callId, delta: more });
		return events;
	}

	/** `state` is what the provider wants back with the thought; with one also a thought without words is kept. */
	endThought(state: ProviderState | null): readonly ModelEvent[] {
		const thought = this.#thought ?? (state === null ? null : { id: `rs_${uuid()}`, text: '' });
		this.#thought = null;
		if (!thought) return [];
		const content = thought.text === '' ? [] : [{ type: 'reasoning_text', text: thought.text }];
		const kept = state === null ? {} : { provider_state: state };
		return [{ type: 'itemDone', item: { type: 'reasoning', id: thought.id, summary: [], content, encrypted_content: null, ...kept } }];
	}

	endText(): readonly ModelEvent[] {
		const message = this.#message;
		this.#message = null;
		if (!message) return [];
		const { id, text, state } = message;
		const content = [{ type: 'output_text', text }] as const;
		return [{ type: 'itemDone', item: { type: 'message', id, role: 'assistant', content, ...(state === null ? {} : { provider_state: state }) } }];
	}

	/** Ends all that is open. Throws `ModelError` for a call that cannot be run. */
	endAll(): readonly ModelEvent[] {
		const events: ModelEvent[] = [...this.endThought(null), ...this.endText()];
		for (const call of this.#calls.values()) {
			if (call.name === '') throw streamFailure(l10n`a tool call came without a name.`);
			events.push({
				type: 'itemDone',
				item: this.#callItem(call, this.#isFreeform(call) ? freeText(call.arguments) : call.arguments.trim() || '{}'),
			});
		}
		this.#calls.clear();
		return events;
	}

	#isFreeform({ name }: Call): boolean {
		return this.#tools.byName.get(name)?.type === 'custom';
	}

	/** Random ones are short: some servers take no more than 40 characters. */
	#freshCallId(given: string | null): string {
		const id = given && !this.#callIds.has(given) ? given : `call_${randomBytes(12).toString('hex')}`;
		this.#callIds.add(id);
		return id;
	}

	#callItem(call: Call, input: string): FunctionCallItem | CustomToolCallItem {
		const item = { id: call.itemId, call_id: call.callId, ...(call.state === null ? {} : { provider_state: call.state }) };
		const tool = this.#tools.byName.get(call.name);
		if (tool?.type === 'custom') return { type: 'custom_tool_call', ...item, name: tool.name, input };
		const named =
			tool === undefined ? { name: call.name } : tool.namespace === undefined ? { name: tool.name } : { name: tool.name, namespace: tool.namespace };
		return { type: 'function_call', ...item, ...named, arguments: input };
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
