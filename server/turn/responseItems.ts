import { v7 as uuid } from 'uuid';
import type { ModeKind } from '../items/modes.ts';
import type { ModelEvent } from '../model/model.ts';
import type { MessageItem, ReasoningItem, ResponseItem, WebSearchCallItem } from '../items/responseItem.ts';
import type { TurnEvent } from '../items/events.ts';
import { generatedImage, imageCallId } from '../items/imageGeneration.ts';
import { planId, type TurnItem } from '../items/item.ts';
import { ProposedPlanParser, type PlanSegment, splitPlan } from './proposedPlan.ts';

type Delta = Extract<ModelEvent, { type: 'textDelta' | 'summaryPartAdded' | 'summaryDelta' | 'reasoningDelta' }>;
type StreamedItem = Extract<TurnItem, { type: 'agentMessage' | 'plan' | 'reasoning' | 'webSearch' | 'imageGeneration' }>;

export interface ItemPorts {
	readonly turnId: string;
	/** In Plan mode the plan in a message is an item of its own. */
	readonly mode: ModeKind;
	/** Those of earlier responses of this turn: a provider that counts its items anew in each must not replace what was said before. */
	readonly takenIds: Set<string>;
	emit(event: TurnEvent): void;
	now(): number;
}

/**
 * The items of one streamed response, from their first delta to their end. An item that the stream left open is completed with
 * what had arrived, so that every started item completes and what a person saw stays in the thread.
 */
export class ResponseItems {
	readonly #ports: ItemPorts;
	readonly #open = new Map<string, StreamedItem>();
	readonly #done = new Set<string>();
	/** One per message of a turn in Plan mode. */
	readonly #plans = new Map<string, { readonly parser: ProposedPlanParser; readonly begun: StreamedItem }>();
	/** The ids that people see, by the provider's. */
	readonly #ids = new Map<string, string>();
	/** Items that began without an id, by their type. */
	readonly #unnamed = new Map<string, string>();
	/** Text of the last message that was completed. */
	lastMessage: string | null = null;

	constructor(ports: ItemPorts) {
		this.#ports = ports;
	}

	added(item: ResponseItem): void {
		const id = this.#nameOf(item) === null ? uuid() : this.#idOf(item);
		if (this.#nameOf(item) === null) this.#unnamed.set(item.type, id);
		const whole = toTurnItem(item, id);
		const started = whole && begun(whole);
		if (started?.type === 'agentMessage' && this.#ports.mode === 'plan')
			this.#plans.set(started.id, { parser: new ProposedPlanParser(), begun: started });
		else if (started) this.#start(started);
	}

	delta(streamed: Delta): void {
		const event = { ...streamed, itemId: this.#ids.get(streamed.itemId) ?? streamed.itemId };
		const open = this.#open.get(event.itemId);
		const { turnId } = this.#ports;
		switch (event.type) {
			case 'textDelta': {
				const planned = this.#plans.get(event.itemId);
				if (planned) return this.#show(planned.begun, planned.parser.push(event.delta));
				if (open?.type !== 'agentMessage') return;
				this.#open.set(event.itemId, { ...open, text: open.text + event.delta });
				this.#ports.emit({ ...event, turnId });
				return;
			}
			case 'summaryPartAdded':
				if (open?.type !== 'reasoning') return;
				this.#open.set(event.itemId, { ...open, summary: withPart(open.summary, event.summaryIndex, '') });
				this.#ports.emit({ ...event, turnId });
				return;
			case 'summaryDelta':
				if (open?.type !== 'reasoning') return;
				this.#open.set(event.itemId, { ...open, summary: withPart(open.summary, event.summaryIndex, event.delta) });
				this.#ports.emit({ ...event, turnId });
				return;
			case 'reasoningDelta':
				if (open?.type !== 'reasoning') return;
				this.#open.set(event.itemId, { ...open, content: withPart(open.content, event.contentIndex, event.delta) });
				this.#ports.emit({ ...event, turnId });
				return;
			default:
				event satisfies never;
		}
	}

	/**
	 * Every finished item goes into the history; those that people see complete. A second `done` of one item is ignored. `savedPath`: where
	 * the picture that the item is lies now.
	 */
	done(item: ResponseItem, savedPath: string | null = null): void {
		const id = this.#idOf(item);
		if (this.#done.has(id)) return;
		this.#done.add(id);
		const { turnId } = this.#ports;
		this.#ports.emit({ type: 'history', turnId, item });
		const finished = toTurnItem(item, id);
		if (!finished) return;
		if (finished.type === 'imageGeneration') return this.#finish({ ...finished, savedPath });
		if (finished.type === 'agentMessage' && this.#ports.mode === 'plan') return this.#finishPlanned(finished);
		this.#finish(finished);
	}

	#finish(finished: StreamedItem): void {
		const { id } = finished;
		const open = this.#open.get(id);
		if (!open) this.#start(begun(finished));
		this.#open.delete(id);
		// Raw reasoning arrives as deltas only when the provider shows it; the finished item may leave it out.
		const content = finished.type === 'reasoning' && open?.type === 'reasoning' && finished.content.length === 0 ? open.content : null;
		const whole = finished.type === 'reasoning' && content ? { ...finished, content } : finished;
		if (whole.type === 'agentMessage') this.lastMessage = whole.text;
		this.#ports.emit({ type: 'itemCompleted', turnId: this.#ports.turnId, at: this.#ports.now(), item: whole });
	}

	/** Called when the stream is over, however it ended. */
	closeOpen(): void {
		for (const item of this.#open.values()) this.#ports.emit({ type: 'itemCompleted', turnId: this.#ports.turnId, at: this.#ports.now(), item });
		this.#open.clear();
	}

	/** A message of Plan mode: its plan completes first, and a message that is nothing but a plan is not shown twice. */
	#finishPlanned(message: Extract<StreamedItem, { type: 'agentMessage' }>): void {
		const planned = this.#plans.get(message.id);
		if (planned) this.#show(planned.begun, planned.parser.finish());
		const { text, plan } = splitPlan(message.text);
		if (plan !== null) this.#finish({ type: 'plan', id: planId(message.id), text: plan });
		if (plan === null || text.trim() !== '' || this.#open.has(message.id)) this.#finish({ ...message, text });
		else this.lastMessage = plan;
	}

	/** Shows what streamed in of a message in Plan mode. White space alone begins no message. */
	#show(begun: StreamedItem, segments: readonly PlanSegment[]): void {
		const { turnId } = this.#ports;
		const { id } = begun;
		for (const { kind, text } of segments) {
			const itemId = kind === 'plan' ? planId(id) : id;
			if (kind === 'text' && text.trim() === '' && !this.#open.has(id)) continue;
			this.#start(kind === 'plan' ? { type: 'plan', id: itemId, text: '' } : begun);
			const open = this.#open.get(itemId);
			if (text === '' || (open?.type !== 'plan' && open?.type !== 'agentMessage')) continue;
			this.#open.set(itemId, { ...open, text: open.text + text });
			this.#ports.emit({ type: kind === 'plan' ? 'planDelta' : 'textDelta', turnId, itemId, delta: text });
		}
	}

	#start(item: StreamedItem): void {
		if (this.#open.has(item.id) || (this.#done.has(item.id) && item.type !== 'agentMessage')) return;
		this.#open.set(item.id, item);
		this.#ports.emit({ type: 'itemStarted', turnId: this.#ports.turnId, at: this.#ports.now(), item });
	}

	#idOf(item: ResponseItem): string {
		const name = this.#nameOf(item);
		if (name === null) {
			const begun = this.#unnamed.get(item.type);
			this.#unnamed.delete(item.type);
			return begun ?? uuid();
		}
		const known = this.#ids.get(name);
		if (known !== undefined) return known;
		const id = this.#ports.takenIds.has(name) ? uuid() : name;
		this.#ports.takenIds.add(id);
		this.#ids.set(name, id);
		return id;
	}

	#nameOf(item: ResponseItem): string | null {
		const image = imageCallId(item);
		if (image !== null) return image === '' ? null : image;
		if ('call_id' in item) return item.call_id;
		return 'id' in item && item.id ? item.id : null;
	}
}

function withPart(parts: readonly string[], index: number, delta: string): readonly string[] {
	const next = [...parts];
	while (next.length <= index) next.push('');
	next[index] = (next[index] ?? '') + delta;
	return next;
}

/** What people see of a model's item; null for items that only the history needs. */
function toTurnItem(item: ResponseItem, id: string): StreamedItem | null {
	switch (item.type) {
		case 'message':
			return item.role === 'assistant' ? agentMessage(item, id) : null;
		case 'reasoning':
			return reasoning(item, id);
		case 'web_search_call':
			return webSearch(item, id);
		case 'function_call':
		case 'function_call_output':
		case 'custom_tool_call':
		case 'custom_tool_call_output':
		case 'tool_search_call':
		case 'tool_search_output':
			return null;
		case 'opaque':
			return generatedImage(item, id);
		default:
			return item satisfies never;
	}
}

/** What is known of an item while it begins: a picture comes at its end. */
function begun(item: StreamedItem): StreamedItem {
	return item.type === 'imageGeneration' ? { ...item, status: 'in_progress', revisedPrompt: null, result: '' } : item;
}

function agentMessage(item: MessageItem, id: string): StreamedItem {
	const text = item.content.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
	return { type: 'agentMessage', id, text, phase: item.phase ?? null };
}

function reasoning(item: ReasoningItem, id: string): StreamedItem {
	return { type: 'reasoning', id, summary: item.summary.map((part) => part.text), content: (item.content ?? []).map((part) => part.text) };
}

function webSearch(item: WebSearchCallItem, id: string): StreamedItem {
	const action = item.action ?? { type: 'other' };
	return { type: 'webSearch', id, query: searchedFor(action), action };
}

/** What was looked for, in a line: words, a page, or words on a page. */
function searchedFor({ query, queries, url, pattern }: Readonly<Record<string, unknown>>): string {
	const first: unknown = Array.isArray(queries) ? queries[0] : undefined;
	const [said, page, words] = [query ?? first, url, pattern].map((value) => (typeof value === 'string' ? value : ''));
	if (said) return said;
	return words && page ? `'${words}' in ${page}` : words || page || '';
}
