import type { ResponseItem } from '../../items/responseItem.ts';
import { isRecord } from '../http/jsonRecord.ts';
import { pairCalls } from './pairCalls.ts';

/** Types that we do not read and that the Responses API takes as input. All others stay with us: one that it does not know ends the thread. */
const KNOWN = new Set([
	'local_shell_call',
	'file_search_call',
	'computer_call',
	'computer_call_output',
	'code_interpreter_call',
	'image_generation_call',
	'mcp_call',
	'mcp_list_tools',
	'mcp_approval_request',
	'mcp_approval_response',
	'compaction',
	'context_compaction',
	// Calls and outputs of the search of tools that the provider did itself.
	'tool_search_call',
	'tool_search_output',
]);
const KNOWN_PARTS = new Set(['input_text', 'input_image', 'input_file', 'input_audio', 'output_text', 'refusal']);

/** What of a thread's history goes to a provider. Rollouts hold more: notes of programs to themselves, and what newer ones invent. */
export function sendableItems(items: readonly ResponseItem[]): readonly ResponseItem[] {
	return pairCalls(items.flatMap(sendable));
}

function sendable(item: ResponseItem): readonly ResponseItem[] {
	// The instructions are the only words of the system.
	if (item.type === 'message') return item.role !== 'system' && item.content.length > 0 ? [item] : [];
	if (item.type !== 'opaque') return [item];
	if (item.raw.type === 'message') return sendableMessage(item.raw);
	return typeof item.raw.type === 'string' && KNOWN.has(item.raw.type) ? [item] : [];
}

/** A message with parts that we do not read goes without those that nobody knows. */
function sendableMessage(raw: Readonly<Record<string, unknown>>): readonly ResponseItem[] {
	if (!Array.isArray(raw.content) || !['user', 'assistant', 'developer'].includes(String(raw.role))) return [];
	const content = raw.content.filter((part: unknown) => isRecord(part) && KNOWN_PARTS.has(String(part.type)));
	return content.length === 0 ? [] : [{ type: 'opaque', raw: { type: 'message', role: raw.role, content } }];
}
