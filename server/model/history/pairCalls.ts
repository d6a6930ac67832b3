import type { OpaqueItem, ResponseItem } from '../../items/responseItem.ts';

export type CallItem = Extract<ResponseItem, { type: 'function_call' | 'custom_tool_call' | 'tool_search_call' }>;
type OutputItem = Extract<ResponseItem, { type: 'function_call_output' | 'custom_tool_call_output' | 'tool_search_output' }>;

export function isCall(item: ResponseItem): item is CallItem {
	return item.type === 'function_call' || item.type === 'custom_tool_call' || item.type === 'tool_search_call';
}

export function isOutput(item: ResponseItem): item is OutputItem {
	return item.type === 'function_call_output' || item.type === 'custom_tool_call_output' || item.type === 'tool_search_output';
}

/** A call that only other programs' threads have: its output is that of a function. */
export function isLocalShellCall(item: ResponseItem): boolean {
	return item.type === 'opaque' && item.raw.type === 'local_shell_call';
}

/** A call whose output has not come yet, and its place. */
interface Open {
	readonly call: CallItem | OpaqueItem;
	readonly at: number;
}

/**
 * The items as a provider takes them: behind each call exactly one output of its kind. A crash, an interrupt, a cut or another program
 * can leave others behind: a missing output is filled in right after its call, one without a call or beside another is left out.
 */
export function pairCalls(items: readonly ResponseItem[]): ResponseItem[] {
	const result: (ResponseItem | null)[] = [];
	/** By call id; ids may come again. */
	const open = new Map<string, Open>();
	const fill = ({ call, at }: Open, id: string) => {
		result[at] = abortedOutput(call, id);
	};
	for (const item of items) {
		if (isOutput(item)) {
			const answered = open.get(item.call_id);
			if (answered === undefined) continue;
			open.delete(item.call_id);
			result.push(outputFor(answered.call, item));
			continue;
		}
		result.push(item);
		const id = callIdOf(item);
		if (id === null) continue;
		const before = open.get(id);
		if (before) fill(before, id);
		open.set(id, { call: item as CallItem | OpaqueItem, at: result.length });
		// The place of an output that may be missing.
		result.push(null);
	}
	for (const [id, unanswered] of open) fill(unanswered, id);
	return result.filter((item) => item !== null);
}

/** The id that the output of a call names; null for what is no call. */
export function callIdOf(item: ResponseItem): string | null {
	if (isCall(item)) return item.call_id;
	if (item.type !== 'opaque' || !isLocalShellCall(item)) return null;
	const id = item.raw.call_id ?? item.raw.id;
	return typeof id === 'string' ? id : null;
}

/** The same output as the kind that goes with its call. */
function outputFor(call: CallItem | OpaqueItem, output: OutputItem): OutputItem {
	const type = outputType(call);
	if (type === output.type) return output;
	if (type === 'tool_search_output' || output.type === 'tool_search_output') return abortedOutput(call, output.call_id);
	return { type, call_id: output.call_id, output: output.output };
}

function outputType(call: CallItem | OpaqueItem): OutputItem['type'] {
	if (call.type === 'tool_search_call') return 'tool_search_output';
	return call.type === 'custom_tool_call' ? 'custom_tool_call_output' : 'function_call_output';
}

function abortedOutput(call: CallItem | OpaqueItem, id: string): OutputItem {
	const type = outputType(call);
	if (type === 'tool_search_output') return { type, call_id: id, status: 'completed', execution: 'client', tools: [] };
	return { type, call_id: id, output: 'aborted' };
}
