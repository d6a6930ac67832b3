import type { ResponseItem } from '../items/responseItem.ts';

export type CallItem = Extract<ResponseItem, { type: 'function_call' | 'custom_tool_call' | 'tool_search_call' }>;
type OutputItem = Extract<ResponseItem, { type: 'function_call_output' | 'custom_tool_call_output' | 'tool_search_output' }>;

export function isCall(item: ResponseItem): item is CallItem {
	return item.type === 'function_call' || item.type === 'custom_tool_call' || item.type === 'tool_search_call';
}

export function isOutput(item: ResponseItem): item is OutputItem {
	return item.type === 'function_call_output' || item.type === 'custom_tool_call_output' || item.type === 'tool_search_output';
}

/**
 * The items as a provider takes them. It refuses a call without an output and an output without a call, which a crash, an interrupt
 * or a cut can leave behind: a missing output is filled in right after its call, an output without a call is left out.
 */
export function pairCalls(items: readonly ResponseItem[]): ResponseItem[] {
	/** How many there are for each id: ids may come again. */
	const outputs = new Map<string, number>();
	for (const item of items) if (isOutput(item)) outputs.set(item.call_id, (outputs.get(item.call_id) ?? 0) + 1);
	const calls = new Set(items.flatMap((item) => (isCall(item) ? [item.call_id] : [])));
	const result: ResponseItem[] = [];
	for (const item of items) {
		if (isOutput(item) && !calls.has(item.call_id)) continue;
		result.push(item);
		if (!isCall(item)) continue;
		const left = outputs.get(item.call_id) ?? 0;
		outputs.set(item.call_id, left - 1);
		if (left > 0) continue;
		result.push(abortedOutput(item));
	}
	return result;
}

function abortedOutput(call: CallItem): OutputItem {
	if (call.type === 'tool_search_call')
		return { type: 'tool_search_output', call_id: call.call_id, status: 'completed', execution: 'client', tools: [] };
	const type = call.type === 'function_call' ? 'function_call_output' : 'custom_tool_call_output';
	return { type, call_id: call.call_id, output: 'aborted' };
}
