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
			const type = item.type === 'function_call' ? 'function_call_output' : 'custom_tool_call_output';
			result.push({ type, call_id: item.call_id, output: 'aborted' });
		}
		return result;
	}
}

function isCall(item: ResponseItem): item is Extract<ResponseItem, { type: 'function_call' | 'custom_tool_call' }> {
	return item.type === 'function_call' || item.type === 'custom_tool_call';
}

function isOutput(item: ResponseItem): item is Extract<ResponseItem, { type: 'function_call_output' | 'custom_tool_call_output' }> {
	return item.type === 'function_call_output' || item.type === 'custom_tool_call_output';
}
