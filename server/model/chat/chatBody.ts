import { createHash } from 'node:crypto';
import type { ModelRequest } from '../model.ts';
import { isRecord, type JsonRecord } from '../http/jsonRecord.ts';
import { type Block, dialogueOf, type MediaPart, mediaData, type Part, type Step, textOfParts, unheard } from '../dialogue/dialogue.ts';
import type { OfferedTools } from '../dialogue/offeredTools.ts';
import type { ChatTraits } from './chatTraits.ts';

/** What a server turned out not to take. */
export type Refused = 'usage' | 'effort' | 'parallel' | 'schema' | 'thoughts';

export interface ChatBodyOptions {
	readonly provider: string;
	readonly traits: ChatTraits;
	readonly refused: ReadonlySet<Refused>;
	readonly tools: OfferedTools;
}

/** The body of `POST /chat/completions` (https://platform.openai.com/docs/api-reference/chat) that asks the same as a Responses request. */
export function chatBody(request: ModelRequest, { provider, traits, refused, tools }: ChatBodyOptions): JsonRecord {
	const effort = refused.has('effort') ? undefined : request.reasoning?.effort;
	const { system, steps } = dialogueOf(request.input, { instructions: request.instructions, provider });
	const schema = refused.has('schema') ? null : request.outputSchema;
	const hasTools = tools.functions.length > 0;
	const parallel = request.parallelToolCalls && traits.parallelFlag && !refused.has('parallel');
	return {
		model: request.model,
		messages: [{ role: 'system', content: system }, ...chatMessages(steps, { traits, keepsThoughts: !refused.has('thoughts') })],
		stream: true,
		...(refused.has('usage') ? {} : { stream_options: { include_usage: true } }),
		...(hasTools
			? {
					tools: tools.functions.map((tool) => ({ type: 'function', function: tool })),
					tool_choice: 'auto',
					...(parallel ? { parallel_tool_calls: true } : {}),
				}
			: {}),
		...(effort === undefined ? {} : traits.effort === 'reasoning' ? { reasoning: { effort } } : { reasoning_effort: effort }),
		...(schema === null || schema === undefined
			? {}
			: { response_format: { type: 'json_schema', json_schema: { name: 'codex_output_schema', strict: true, schema } } }),
	};
}

interface MessageOptions {
	readonly traits: ChatTraits;
	readonly keepsThoughts: boolean;
}

function chatMessages(steps: readonly Step[], options: MessageOptions): readonly JsonRecord[] {
	const { traits } = options;
	const idOf = (id: string) => callId(id, traits.callIds);
	const messages: JsonRecord[] = [];
	const user = (parts: readonly Part[]) => {
		// Some chat templates know no person who speaks right after a tool.
		if (!traits.userAfterTool && messages.at(-1)?.role === 'tool') messages.push({ role: 'assistant', content: 'I have the results.' });
		messages.push({ role: 'user', content: chatContent(parts) });
	};
	/** Pictures and recordings of the results before: a tool's message holds text only, so they stand before the next words of a person. */
	let shownAfter: readonly MediaPart[] = [];
	const show = (words: readonly Part[]) => {
		const shown: readonly Part[] =
			shownAfter.length === 0 ? words : [{ type: 'text', text: `The ${mediaNames(shownAfter)} of the tool results:` }, ...shownAfter, ...words];
		shownAfter = [];
		if (shown.length > 0) user(shown);
	};
	for (const step of steps) {
		switch (step.role) {
			case 'user':
				show(step.parts);
				break;
			case 'assistant':
				show([]);
				messages.push(saidMessage(step.blocks, options));
				break;
			case 'results': {
				shownAfter = step.results.flatMap(({ parts }) => parts.filter((part) => part.type !== 'text'));
				for (const { callId: id, parts } of step.results) {
					const text =
						textOfParts(parts) || (parts.length > 0 ? `The result is ${parts[0]?.type === 'audio' ? 'a recording' : 'a picture'}; it follows.` : '');
					messages.push({ role: 'tool', tool_call_id: idOf(id), content: text });
				}
				break;
			}
			default:
				step satisfies never;
		}
	}
	show([]);
	return messages;
}

function saidMessage(blocks: readonly Block[], { traits, keepsThoughts }: MessageOptions): JsonRecord {
	const calls = blocks.filter((block) => block.type === 'call');
	const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n\n');
	const thoughts = keepsThoughts
		? blocks.filter((block) => block.type === 'thought').filter(({ isRecent, state }) => state !== null && (isRecent || traits.thoughts === 'all'))
		: [];
	const parts = thoughts.flatMap(({ state, text: thought }) =>
		state?.field === 'content' ? [{ type: 'thinking', thinking: [{ type: 'text', text: thought }] }] : [],
	);
	const content = parts.length > 0 ? [...parts, ...(text === '' ? [] : [{ type: 'text', text }])] : text === '' && calls.length > 0 ? null : text;
	const members = new Map<string, string>();
	for (const { state, text: thought } of thoughts) {
		if (typeof state?.field === 'string' && state.field !== 'content') members.set(state.field, (members.get(state.field) ?? '') + thought);
	}
	const details = thoughts.flatMap(({ state }) => (Array.isArray(state?.details) ? state.details.filter(isRecord) : []));
	return {
		role: 'assistant',
		content,
		...Object.fromEntries(members),
		...(details.length > 0 ? { reasoning_details: details } : {}),
		...(calls.length > 0
			? {
					tool_calls: calls.map(({ id, name, arguments: args, state }) => ({
						id: callId(id, traits.callIds),
						type: 'function',
						function: { name, arguments: JSON.stringify(args) },
						...(state?.extra_content === undefined ? {} : { extra_content: state.extra_content }),
					})),
				}
			: {}),
	};
}

/** The same id for the same call, in the form that the server takes. */
function callId(id: string, form: ChatTraits['callIds']): string {
	if (form === 'any' || (form === 'plain' && /^[A-Za-z0-9_-]{1,40}$/.test(id)) || /^[A-Za-z0-9]{9}$/.test(id)) return id;
	return createHash('sha256').update(id).digest('hex').slice(0, 9);
}

function chatContent(parts: readonly Part[]): unknown {
	if (parts.every((part) => part.type === 'text')) return parts.map((part) => part.text).join('\n\n');
	return parts.map((part) => {
		switch (part.type) {
			case 'text':
				return { type: 'text', text: part.text };
			case 'image':
				return { type: 'image_url', image_url: { url: part.url } };
			case 'audio':
				return audioContent(part.url);
			default:
				return part satisfies never;
		}
	});
}

/** The API takes the bytes of two formats. */
function audioContent(url: string): JsonRecord {
	const sound = mediaData(url);
	const format = FORMATS[sound?.mediaType.toLowerCase() ?? ''];
	if (sound === null || format === undefined) return { type: 'text', text: unheard(url) };
	return { type: 'input_audio', input_audio: { data: sound.base64, format } };
}

const FORMATS: Readonly<Record<string, 'wav' | 'mp3' | undefined>> = {
	'audio/wav': 'wav',
	'audio/wave': 'wav',
	'audio/x-wav': 'wav',
	'audio/vnd.wave': 'wav',
	'audio/mpeg': 'mp3',
	'audio/mp3': 'mp3',
};

function mediaNames(parts: readonly MediaPart[]): string {
	const names = { image: 'pictures', audio: 'recordings' } as const;
	return [...new Set(parts.map(({ type }) => names[type]))].join(' and ');
}
