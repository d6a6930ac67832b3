import type { ResponseItem } from '../model/responseItem.ts';

/** What the model sees of a thread, in order. */
export class ModelHistory {
	#items: ResponseItem[];

	constructor(items: readonly ResponseItem[]) {
		this.#items = [...items];
	}

	add(item: ResponseItem): void {
		this.#items.push(item);
	}

	replace(items: readonly ResponseItem[]): void {
		this.#items = [...items];
	}

	get isEmpty(): boolean {
		return this.#items.length === 0;
	}

	/**
	 * The items of the next request. Providers refuse a call without an output and an output without a call, which a crash or an
	 * interrupt can leave behind: a missing output is filled in right after its call, an output without a call is left out.
	 */
	forRequest(): readonly ResponseItem[] {
		const outputs = new Set(this.#items.flatMap((item) => (isOutput(item) ? [item.call_id] : [])));
		const calls = new Set(this.#items.flatMap((item) => (isCall(item) ? [item.call_id] : [])));
		const result: ResponseItem[] = [];
		for (const item of this.#items) {
			if (isOutput(item) && !calls.has(item.call_id)) continue;
			result.push(item);
			if (!isCall(item) || outputs.has(item.call_id)) continue;
			result.push(abortedOutput(item));
		}
		return result;
	}
}

type CallItem = Extract<ResponseItem, { type: 'function_call' | 'custom_tool_call' | 'tool_search_call' }>;
type OutputItem = Extract<ResponseItem, { type: 'function_call_output' | 'custom_tool_call_output' | 'tool_search_output' }>;

function isCall(item: ResponseItem): item is CallItem {
	return item.type === 'function_call' || item.type === 'custom_tool_call' || item.type === 'tool_search_call';
}

function isOutput(item: ResponseItem): item is OutputItem {
	return item.type === 'function_call_output' || item.type === 'custom_tool_call_output' || item.type === 'tool_search_output';
}

function abortedOutput(call: CallItem): OutputItem {
	if (call.type === 'tool_search_call')
		return { type: 'tool_search_output', call_id: call.call_id, status: 'completed', execution: 'client', tools: [] };
	const type = call.type === 'function_call' ? 'function_call_output' : 'custom_tool_call_output';
	return { type, call_id: call.call_id, output: 'aborted' };
}
