/** Builders for what a model streams: events of the Responses API, as small as they can be. */

export interface ModelEvent {
	readonly type: string;
	readonly [field: string]: unknown;
}

export interface Usage {
	readonly input?: number;
	readonly cached?: number;
	readonly cacheWrite?: number;
	readonly output?: number;
	readonly reasoning?: number;
}

export function created(id = 'resp_1'): ModelEvent {
	return { type: 'response.created', response: { id, status: 'in_progress' } };
}

export function completed(usage: Usage = {}, id = 'resp_1'): ModelEvent {
	const { input = 100, cached = 0, cacheWrite = 0, output = 10, reasoning = 0 } = usage;
	return {
		type: 'response.completed',
		response: {
			id,
			status: 'completed',
			usage: {
				input_tokens: input,
				input_tokens_details: { cached_tokens: cached, ...(cacheWrite > 0 ? { cache_write_tokens: cacheWrite } : {}) },
				output_tokens: output,
				output_tokens_details: { reasoning_tokens: reasoning },
				total_tokens: input + output,
			},
		},
	};
}

export function failed(code: string, message: string): ModelEvent {
	return { type: 'response.failed', response: { id: 'resp_1', status: 'failed', error: { code, message } } };
}

export function itemAdded(item: object): ModelEvent {
	return { type: 'response.output_item.added', output_index: 0, item };
}

export function itemDone(item: object): ModelEvent {
	return { type: 'response.output_item.done', output_index: 0, item };
}

export function textDelta(delta: string, itemId = 'msg_1'): ModelEvent {
	return { type: 'response.output_text.delta', item_id: itemId, output_index: 0, content_index: 0, delta };
}

export function messageItem(text: string, id = 'msg_1') {
	return { type: 'message', role: 'assistant', id, content: [{ type: 'output_text', text, annotations: [] }] };
}

/** A whole message: begun, streamed in the given pieces, done. */
export function message(pieces: string | readonly string[], id = 'msg_1'): ModelEvent[] {
	const list = typeof pieces === 'string' ? [pieces] : pieces;
	return [
		itemAdded({ type: 'message', role: 'assistant', id, content: [] }),
		...list.map((piece) => textDelta(piece, id)),
		itemDone(messageItem(list.join(''), id)),
	];
}

/** A whole reasoning item with one part of the summary for each text. */
export function reasoning(summaries: readonly string[], id = 'rs_1'): ModelEvent[] {
	return [
		itemAdded({ type: 'reasoning', id, summary: [] }),
		...summaries.flatMap((text, index) => [
			{ type: 'response.reasoning_summary_part.added', item_id: id, output_index: 0, summary_index: index, part: { type: 'summary_text', text: '' } },
			{ type: 'response.reasoning_summary_text.delta', item_id: id, output_index: 0, summary_index: index, delta: text },
		]),
		itemDone({ type: 'reasoning', id, summary: summaries.map((text) => ({ type: 'summary_text', text })), encrypted_content: null }),
	];
}

/** A call of a function tool; the arguments become JSON unless they are text already. */
export function functionCall(name: string, args: object | string, callId = 'call_1'): ModelEvent[] {
	return [
		itemDone({ type: 'function_call', id: `fc_${callId}`, call_id: callId, name, arguments: typeof args === 'string' ? args : JSON.stringify(args) }),
	];
}

/** A call of a tool that takes text, its input streamed in the given pieces. */
export function customCall(name: string, pieces: string | readonly string[], callId = 'call_1'): ModelEvent[] {
	const list = typeof pieces === 'string' ? [pieces] : pieces;
	const id = `ctc_${callId}`;
	const item = { type: 'custom_tool_call', id, call_id: callId, name };
	return [
		itemAdded({ ...item, input: '' }),
		...list.map((delta) => ({ type: 'response.custom_tool_call_input.delta', item_id: id, call_id: callId, output_index: 0, delta })),
		itemDone({ ...item, input: list.join('') }),
	];
}

export function execCommand(cmd: string, options: { readonly callId?: string; readonly [argument: string]: unknown } = {}): ModelEvent[] {
	const { callId = 'call_1', ...rest } = options;
	return functionCall('exec_command', { cmd, ...rest }, callId);
}

export function applyPatch(patch: string, callId = 'call_1'): ModelEvent[] {
	return customCall('apply_patch', patch, callId);
}
