import type { ContentPart, ProviderState, ResponseItem, ToolOutputBody } from '../../items/responseItem.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' ? value : null);

/** An item as the wire and the rollout spell it. */
export function toWire(item: ResponseItem): Readonly<Record<string, unknown>> {
	return item.type === 'opaque' ? item.raw : { ...item };
}

/**
 * Reads an item that a provider or a rollout gave. Null when it is no object with a type; what is not understood, or lacks what
 * its type needs, is kept as an opaque item and goes back as it came.
 */
export function fromWire(value: unknown): ResponseItem | null {
	if (!isRecord(value) || typeof value.type !== 'string') return null;
	// An older name of the same.
	if (value.type === 'compaction_summary') return { type: 'opaque', raw: { ...value, type: 'compaction' } };
	return known(value) ?? { type: 'opaque', raw: value };
}

function known(raw: Readonly<Record<string, unknown>>): ResponseItem | null {
	const id = text(raw.id);
	const state = providerState(raw.provider_state);
	const named = { ...(id === null ? {} : { id }), ...(state === null ? {} : { provider_state: state }) };
	const callId = text(raw.call_id);
	switch (raw.type) {
		case 'message': {
			const { role, phase } = raw;
			if (role !== 'user' && role !== 'assistant' && role !== 'developer' && role !== 'system') return null;
			const content = contentParts(raw.content);
			if (!content) return null;
			return { type: 'message', ...named, role, content, ...(phase === 'commentary' || phase === 'final_answer' ? { phase } : {}) };
		}
		case 'reasoning':
			return {
				type: 'reasoning',
				...named,
				summary: textParts(raw.summary).map((part) => ({ type: 'summary_text', text: part.text })),
				...(Array.isArray(raw.content) ? { content: textParts(raw.content) } : {}),
				encrypted_content: text(raw.encrypted_content),
			};
		case 'function_call': {
			const [name, namespace] = [text(raw.name), text(raw.namespace)];
			// Some servers send the object itself.
			const args = isRecord(raw.arguments) ? JSON.stringify(raw.arguments) : text(raw.arguments);
			if (callId === null || name === null) return null;
			return { type: 'function_call', ...named, call_id: callId, name, arguments: args ?? '', ...(namespace === null ? {} : { namespace }) };
		}
		case 'custom_tool_call': {
			const name = text(raw.name);
			return callId === null || name === null ? null : { type: 'custom_tool_call', ...named, call_id: callId, name, input: text(raw.input) ?? '' };
		}
		case 'function_call_output':
		case 'custom_tool_call_output': {
			return callId === null ? null : { type: raw.type, call_id: callId, output: outputBody(raw.output) };
		}
		case 'web_search_call': {
			const named = id === null ? {} : { id };
			const action = isRecord(raw.action) && typeof raw.action.type === 'string' ? { ...raw.action, type: raw.action.type } : null;
			const status = text(raw.status);
			return { type: 'web_search_call', ...named, ...(status === null ? {} : { status }), ...(action ? { action } : {}) };
		}
		case 'tool_search_call': {
			const named = id === null ? {} : { id };
			if (callId === null || raw.execution !== 'client') return null;
			const status = text(raw.status);
			return {
				type: 'tool_search_call',
				...named,
				call_id: callId,
				...(status === null ? {} : { status }),
				execution: 'client',
				arguments: raw.arguments,
			};
		}
		case 'tool_search_output':
			if (callId === null || raw.execution !== 'client' || !Array.isArray(raw.tools)) return null;
			return { type: 'tool_search_output', call_id: callId, status: 'completed', execution: 'client', tools: raw.tools };
		default:
			return null;
	}
}

function providerState(value: unknown): ProviderState | null {
	return isRecord(value) && typeof value.provider === 'string' ? { ...value, provider: value.provider } : null;
}

function textParts(value: unknown): { type: string; text: string }[] {
	if (!Array.isArray(value)) return [];
	return value.flatMap((part: unknown) =>
		isRecord(part) && typeof part.type === 'string' && typeof part.text === 'string' ? [{ type: part.type, text: part.text }] : [],
	);
}

function contentParts(value: unknown): ContentPart[] | null {
	if (typeof value === 'string') return [{ type: 'input_text', text: value }];
	if (!Array.isArray(value)) return null;
	const parts: ContentPart[] = [];
	for (const part of value as unknown[]) {
		if (!isRecord(part)) return null;
		const detail = text(part.detail);
		if ((part.type === 'input_text' || part.type === 'output_text') && typeof part.text === 'string')
			parts.push({ type: part.type, text: part.text });
		else if (part.type === 'input_image' && typeof part.image_url === 'string')
			parts.push({ type: 'input_image', image_url: part.image_url, ...(detail === null ? {} : { detail }) });
		else if (part.type === 'input_audio' && typeof part.audio_url === 'string') parts.push({ type: 'input_audio', audio_url: part.audio_url });
		else return null;
	}
	return parts;
}

/** Older programs wrote `{content, success}`. What nobody understands is shown to the model as it is: an output is never missing. */
function outputBody(value: unknown): ToolOutputBody {
	if (typeof value === 'string') return value;
	if (isRecord(value) && 'content' in value) return outputBody(value.content_items ?? value.content);
	return contentParts(value) ?? (value === null || value === undefined ? '' : JSON.stringify(value));
}
