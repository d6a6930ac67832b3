import { redactSecrets } from '../config/redact.ts';
import type { ContentPart, ResponseItem, ToolOutputBody } from '../items/responseItem.ts';

/** Of so many characters is the end of a conversation that a reviewer sees; and so many of one part. */
const TOTAL = 24_000;
const PART = 2_000;
/** The user's own words decide what is wanted: they get more room, and older ones are kept longest. */
const USER_TOTAL = 12_000;

/** The end of a conversation as text, without what looks like a secret. Instructions of ours are left out. */
export function reviewTranscript(history: readonly ResponseItem[]): string {
	const parts = history.flatMap((item) => described(item));
	const kept = new Set<number>();
	const take = (fits: (index: number) => boolean, room: number) => {
		let left = room;
		for (let index = parts.length - 1; index >= 0; index--) {
			const part = parts[index];
			if (!part || kept.has(index) || !fits(index)) continue;
			left -= part.text.length;
			if (left < 0) return;
			kept.add(index);
		}
	};
	take((index) => parts[index]?.who === 'user', USER_TOTAL);
	take(() => true, TOTAL);
	const lines = parts.flatMap((part, index) => (kept.has(index) ? [`[${part.who}] ${part.text}`] : []));
	return (kept.size < parts.length ? ['(earlier parts are left out)', ...lines] : lines).join('\n\n');
}

interface Part {
	readonly who: string;
	readonly text: string;
}

function described(item: ResponseItem): readonly Part[] {
	switch (item.type) {
		case 'message': {
			const text = textOf(item.content);
			const isOurs = item.role === 'user' && /^<(?:environment_context|user_instructions|turn_aborted|user_action|subagent_notification)/.test(text);
			const isApproval = item.role === 'developer' && text.startsWith('The user looked at an action');
			if (text === '' || (item.role !== 'user' && item.role !== 'assistant' && !isApproval)) return [];
			return [{ who: isOurs ? 'program' : item.role, text: cut(text) }];
		}
		case 'function_call':
			return [{ who: `agent calls ${item.name}`, text: cut(item.arguments) }];
		case 'custom_tool_call':
			return [{ who: `agent calls ${item.name}`, text: cut(item.input) }];
		case 'function_call_output':
		case 'custom_tool_call_output':
			return [{ who: 'output', text: cut(bodyText(item.output)) }];
		default:
			return [];
	}
}

function textOf(content: readonly ContentPart[]): string {
	return content.map((part) => (part.type === 'input_image' ? '[image]' : part.type === 'input_audio' ? '[audio]' : part.text)).join('\n');
}

function bodyText(body: ToolOutputBody): string {
	return typeof body === 'string' ? body : textOf(body);
}

function cut(text: string): string {
	const safe = redactSecrets(text);
	return safe.length <= PART ? safe : `${safe.slice(0, PART / 2)}\n…\n${safe.slice(-PART / 2)}`;
}
