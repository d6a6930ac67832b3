import type { ResponseItem, ToolOutputBody } from '../responseItem.ts';

/** What the demo looks at: the last message of the person and what tools have answered since. */
export interface Conversation {
	readonly message: string;
	/** Outputs of tools in this turn, oldest first. */
	readonly outputs: readonly { readonly tool: string; readonly text: string }[];
}

/** Messages that the server writes in the user's name begin with a tag or a heading of its own. */
const NOT_SAID = /^\s*(?:<[a-z_]|# AGENTS\.md|Note: )/;

export function readConversation(input: readonly ResponseItem[]): Conversation {
	let message = '';
	let outputs: { tool: string; text: string }[] = [];
	const names = new Map<string, string>();
	for (const item of input) {
		switch (item.type) {
			case 'message': {
				const text = item.content.map((part) => ('text' in part ? part.text : '')).join('\n');
				if (item.role !== 'user' || NOT_SAID.test(text)) break;
				message = text.trim();
				outputs = [];
				break;
			}
			case 'function_call':
			case 'custom_tool_call':
				names.set(item.call_id, item.name);
				break;
			case 'function_call_output':
			case 'custom_tool_call_output':
				outputs.push({ tool: names.get(item.call_id) ?? '', text: textOf(item.output) });
				break;
			case 'reasoning':
			case 'web_search_call':
			case 'opaque':
				break;
			default:
				item satisfies never;
		}
	}
	return { message, outputs };
}

function textOf(output: ToolOutputBody): string {
	return typeof output === 'string' ? output : output.map((part) => ('text' in part ? part.text : '')).join('\n');
}
