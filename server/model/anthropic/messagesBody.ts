import { createHash } from 'node:crypto';
import { type Block, dialogueOf, mediaData, type Part, type Step, unheard } from '../dialogue/dialogue.ts';
import type { OfferedTools } from '../dialogue/offeredTools.ts';
import { isRecord, type JsonRecord } from '../http/jsonRecord.ts';
import type { ModelRequest } from '../model.ts';

/** How a model is told how much to think. Newer ones decide themselves, older ones have a budget, the oldest do not think. */
export type Thinking = 'budget' | 'adaptive' | 'none';

export interface MessagesOptions {
	readonly provider: string;
	readonly tools: OfferedTools;
	readonly thinking: Thinking;
	/** The most that a model may be asked to think, where it decides itself. */
	readonly topEffort: string;
	readonly maxTokens: number;
	/** Whether beginnings that stay the same may be marked to be kept by the provider. */
	readonly caches: boolean;
}

/** How many tokens a model may think, by the effort that is asked for. */
const BUDGETS: Readonly<Record<string, number>> = { low: 2048, medium: 8192, high: 16_384, xhigh: 24_576 };
const CACHED = { cache_control: { type: 'ephemeral' } } as const;

/** The body of `POST /messages` (https://docs.anthropic.com/en/api/messages) that asks the same as a Responses request. */
export function messagesBody(request: ModelRequest, { provider, tools, thinking, topEffort, maxTokens, caches }: MessagesOptions): JsonRecord {
	const { system, steps } = dialogueOf(request.input, { instructions: request.instructions, provider });
	const schema = request.outputSchema;
	const asked =
		schema === null || schema === undefined
			? ''
			: `\n\nThe last answer has to be JSON and nothing else, and to fit this schema:\n${JSON.stringify(schema)}`;
	return {
		model: request.model,
		max_tokens: maxTokens,
		system: [{ type: 'text', text: `${system}${asked}`, ...(caches ? CACHED : {}) }],
		messages: marked(messages(steps), caches),
		stream: true,
		...toolsOf(tools, steps),
		...thinkingOf(request, { thinking, topEffort, maxTokens, begunWithout: begunWithoutThought(steps) }),
	};
}

/** A conversation with calls in it has to come with their tools, also where none may be called any more. */
function toolsOf({ functions }: OfferedTools, steps: readonly Step[]): JsonRecord {
	if (functions.length > 0)
		return { tools: functions.map(({ name, description, parameters }) => ({ name, description, input_schema: { type: 'object', ...parameters } })) };
	const called = new Set(
		steps.flatMap((step) => (step.role === 'assistant' ? step.blocks.flatMap((block) => (block.type === 'call' ? [block.name] : [])) : [])),
	);
	if (called.size === 0) return {};
	return {
		tools: [...called].map((name) => ({ name, description: 'Not available now.', input_schema: { type: 'object' } })),
		tool_choice: { type: 'none' },
	};
}

function thinkingOf(
	{ reasoning }: ModelRequest,
	{
		thinking,
		topEffort,
		maxTokens,
		begunWithout,
	}: Pick<MessagesOptions, 'thinking' | 'topEffort' | 'maxTokens'> & { readonly begunWithout: boolean },
): JsonRecord {
	const effort = reasoning?.effort;
	if (thinking === 'none' || effort === undefined || effort === 'none' || effort === 'minimal') return {};
	if (thinking === 'adaptive')
		return { thinking: { type: 'adaptive' }, output_config: { effort: effort in BUDGETS && effort !== 'xhigh' ? effort : topEffort } };
	if (begunWithout) return {};
	return { thinking: { type: 'enabled', budget_tokens: Math.min(BUDGETS[effort] ?? 8192, Math.floor(maxTokens / 2)) } };
}

/** Whether the work under way began without a signed thought, with another model say: then the API takes none in the rest of it. */
function begunWithoutThought(steps: readonly Step[]): boolean {
	if (steps.at(-1)?.role !== 'results') return false;
	const from = steps.findLastIndex(({ role }) => role === 'user') + 1;
	return steps
		.slice(from)
		.some((step) => step.role === 'assistant' && !(step.blocks[0]?.type === 'thought' && isRecord(step.blocks[0].state?.block)));
}

function messages(steps: readonly Step[]): { role: string; content: JsonRecord[] }[] {
	const said: { role: string; content: JsonRecord[] }[] = [];
	const add = (role: string, content: readonly JsonRecord[]) => {
		const last = said.at(-1);
		// Results and what a person says after them are one message, the results first.
		if (last?.role === role) last.content.push(...content);
		else said.push({ role, content: [...content] });
	};
	for (const step of steps) {
		switch (step.role) {
			case 'user':
				add('user', contentOf(step.parts));
				break;
			case 'assistant':
				add('assistant', step.blocks.flatMap(blockOf));
				break;
			case 'results':
				add(
					'user',
					step.results.map(({ callId, parts }) => ({ type: 'tool_result', tool_use_id: callIdOf(callId), content: contentOf(parts) })),
				);
				break;
			default:
				step satisfies never;
		}
	}
	// No message may be empty; one that has become so keeps the turns in order.
	return said.map(({ role, content }) => ({ role, content: content.length > 0 ? content : [{ type: 'text', text: '(nothing)' }] }));
}

function blockOf(block: Block): readonly JsonRecord[] {
	switch (block.type) {
		case 'thought':
			return isRecord(block.state?.block) ? [block.state.block] : [];
		case 'text':
			return block.text.trim() === '' ? [] : [{ type: 'text', text: block.text }];
		case 'call':
			return [{ type: 'tool_use', id: callIdOf(block.id), name: block.name, input: block.arguments }];
		default:
			return block satisfies never;
	}
}

function contentOf(parts: readonly Part[]): readonly JsonRecord[] {
	return parts.flatMap((part): readonly JsonRecord[] => {
		if (part.type === 'text') return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }];
		if (part.type === 'audio') return [{ type: 'text', text: unheard(part.url) }];
		const data = mediaData(part.url);
		if (data === null) return [{ type: 'image', source: { type: 'url', url: part.url } }];
		return [{ type: 'image', source: { type: 'base64', media_type: data.mediaType, data: data.base64 } }];
	});
}

function callIdOf(id: string): string {
	return /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : `call_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
}

/** The last two messages of the person: what the one ends is there again in the next request. */
function marked(said: { role: string; content: JsonRecord[] }[], caches: boolean): readonly JsonRecord[] {
	if (!caches) return said;
	const users = said.filter(({ role }) => role === 'user').slice(-2);
	return said.map((message) => {
		const last = message.content.at(-1);
		return users.includes(message) && last ? { ...message, content: [...message.content.slice(0, -1), { ...last, ...CACHED }] } : message;
	});
}
