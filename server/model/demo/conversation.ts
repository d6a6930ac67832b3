import type { ModeKind } from '../../items/modes.ts';
import { modeInstructions, modeMessage } from '../../instructions/collaborationModes.ts';
import { compactionPrompt, isContextText } from '../../instructions/compaction.ts';
import type { ResponseItem, ToolOutputBody } from '../../items/responseItem.ts';

/** What the demo looks at: the last message of the person and what tools have answered since. */
export interface Conversation {
	readonly message: string;
	/** Outputs of tools in this turn, oldest first. */
	readonly outputs: readonly { readonly tool: string; readonly text: string }[];
	/** What the person said meanwhile, when it is no request of its own and was not answered yet. */
	readonly remark: string | null;
	readonly mode: ModeKind;
	/** Everything that the person has said, oldest first, when a summary is asked for; else null. */
	readonly toSummarise: readonly string[] | null;
}

/** Messages that the server writes in the user's name begin with a tag or a heading of its own. */
const NOT_SAID = /^\s*(?:<[a-z_]|# AGENTS\.md|Note: )/;

/** `isRequest`: whether a message that comes in the middle of work replaces it; else the work goes on. */
export function readConversation(input: readonly ResponseItem[], isRequest: (message: string) => boolean): Conversation {
	let message = '';
	let remark: string | null = null;
	let working = false;
	let mode: ModeKind = 'default';
	const said: string[] = [];
	let outputs: { tool: string; text: string }[] = [];
	const names = new Map<string, string>();
	for (const item of input) {
		switch (item.type) {
			case 'message': {
				const text = item.content.map((part) => ('text' in part ? part.text : '')).join('\n');
				if (item.role === 'assistant') {
					remark = null;
					working = false;
				}
				if (text.startsWith('<turn_aborted>')) working = false;
				if (item.role === 'developer') mode = modeIn(item.content.map((part) => ('text' in part ? part.text : ''))) ?? mode;
				if (item.role !== 'user' || NOT_SAID.test(text) || isContextText(text)) break;
				if (text === compactionPrompt) return { message, outputs, remark: null, mode, toSummarise: said };
				said.push(text.trim());
				if (working && !isRequest(text)) {
					remark = text.trim();
					break;
				}
				message = text.trim();
				remark = null;
				working = false;
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
				working = true;
				break;
			case 'reasoning':
			case 'web_search_call':
			case 'tool_search_call':
			case 'tool_search_output':
			case 'opaque':
				break;
			default:
				item satisfies never;
		}
	}
	return { message, outputs, remark, mode, toSummarise: null };
}

/** The mode that a developer message tells; null when it tells none of ours. */
function modeIn(texts: readonly string[]): ModeKind | null {
	if (texts.includes(modeMessage(modeInstructions.plan))) return 'plan';
	return texts.includes(modeMessage(modeInstructions.default)) ? 'default' : null;
}

function textOf(output: ToolOutputBody): string {
	return typeof output === 'string' ? output : output.map((part) => ('text' in part ? part.text : '')).join('\n');
}
