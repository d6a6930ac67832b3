import type { AgentState, AgentToolCallItem } from '../items/item.ts';
import type { TurnInput } from '../items/input.ts';
import { AgentError, type Agents, isOver } from './agents.ts';
import { agentRoles } from './agentRoles.ts';
import { boolean, list, number, object, oneOf, optional, parseArguments, type Read, required, string } from '../tools/callArguments.ts';
import type { Tool, ToolCall, ToolContext, ToolOutcome } from '../tools/tool.ts';

const DEFAULT_WAIT_MS = 30_000;
const MIN_WAIT_MS = 10_000;
const MAX_WAIT_MS = 3_600_000;
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;

const readItem = object({
	type: optional(string),
	text: optional(string),
	image_url: optional(string),
	path: optional(string),
	name: optional(string),
});
const message = { message: optional(string), items: optional(list(readItem)) };
type Message = { readonly message: string | null; readonly items: readonly ReturnType<typeof readItem>[] | null };

const readSpawn = object({
	...message,
	agent_type: optional(string),
	model: optional(string),
	reasoning_effort: optional(oneOf(...EFFORTS)),
	fork_context: optional(boolean),
});
const readSend = object({ ...message, target: required(string), interrupt: optional(boolean) });
const readResume = object({ id: required(string) });
const readWait = object({ targets: required(list(string)), timeout_ms: optional(number) });
const readClose = object({ target: required(string) });

const text = (description: string) => ({ type: 'string', description });
const itemsSchema = {
	type: 'array',
	description: 'In place of `message`, when pictures or mentions belong to it.',
	items: {
		type: 'object',
		properties: {
			type: text('text, image, local_image, skill or mention.'),
			text: text('For text.'),
			image_url: text('For image.'),
			path: text('For local_image, skill and mention.'),
			name: text('For skill and mention.'),
		},
		additionalProperties: false,
	},
};
const agentId = text('The agent_id that spawn_agent returned.');

/** What one of these tools does; what it shows of it is done around it. */
interface Work {
	readonly output: unknown;
	readonly item: AgentToolCallItem;
	readonly success: boolean;
}

interface AgentTool<T> {
	readonly name: string;
	readonly description: string;
	readonly properties: Readonly<Record<string, unknown>>;
	readonly required: readonly string[];
	readonly read: Read<T>;
	/** Checks the arguments before anything is shown; throws `AgentError`. */
	begin(args: T, base: AgentToolCallItem): { readonly item: AgentToolCallItem; work(context: ToolContext): Promise<Work> };
}

/** The tools with which a model starts other agents and works with them. */
export function agentTools(agents: Agents): readonly Tool[] {
	const one = (item: AgentToolCallItem, id: string, state: AgentState): AgentToolCallItem => ({
		...item,
		receiverThreadIds: [id],
		states: { [id]: state },
	});
	return [
		tool({
			name: 'spawn_agent',
			description: `Starts another agent on a task of its own, in the same folder and under the same permissions, and returns at once with its agent_id. Use it for work that can be described in full and that does not stand in the way of yours; do not start one for what you can do yourself in a few steps. Give it everything it has to know: it sees nothing of this conversation unless fork_context is true. Close agents that you are done with.\nRoles (agent_type):\n${agentRoles.map(({ name, description }) => `- ${name}: ${description}`).join('\n')}`,
			properties: {
				message: text('The task, complete.'),
				items: itemsSchema,
				agent_type: text('A role from the list; "default" if left out.'),
				model: text('Another model than yours. Leave it out unless the user asked for one.'),
				reasoning_effort: text('Another effort than yours. Leave it out unless the user asked for one.'),
				fork_context: { type: 'boolean', description: 'Whether the agent begins with what was said in this conversation so far.' },
			},
			required: [],
			read: readSpawn,
			begin: (args, base) => {
				const input = inputOf(args);
				const item: AgentToolCallItem = { ...base, prompt: promptOf(input), model: args.model, effort: args.reasoning_effort };
				return {
					item,
					work: async (context) => {
						const spawned = await agents.spawn({
							parentId: context.threadId,
							input,
							role: args.agent_type,
							model: args.model,
							effort: args.reasoning_effort,
							forkContext: args.fork_context ?? false,
						});
						const { id, nickname, model, effort } = spawned;
						return {
							output: { agent_id: id, nickname },
							success: true,
							item: { ...one(item, id, agents.state(context.threadId, id)), model, effort },
						};
					},
				};
			},
		}),
		tool({
			name: 'send_input',
			description: 'Says something to an agent that you started: to the turn that it is in, or to begin another one.',
			properties: {
				target: agentId,
				message: text('What to say.'),
				items: itemsSchema,
				interrupt: { type: 'boolean', description: 'Whether it stops what it is doing for this; otherwise it takes it in between two steps.' },
			},
			required: ['target'],
			read: readSend,
			begin: (args, base) => {
				const input = inputOf(args);
				const item: AgentToolCallItem = { ...base, receiverThreadIds: [args.target], prompt: promptOf(input) };
				return {
					item,
					work: async (context) => {
						const turnId = await agents.send(context.threadId, args.target, { input, interrupt: args.interrupt ?? false });
						return { output: { submission_id: turnId }, success: true, item: one(item, args.target, agents.state(context.threadId, args.target)) };
					},
				};
			},
		}),
		tool({
			name: 'resume_agent',
			description: 'Opens an agent of yours again that was closed. It remembers what it did; it does nothing until send_input.',
			properties: { id: agentId },
			required: ['id'],
			read: readResume,
			begin: ({ id }, base) => {
				const item: AgentToolCallItem = { ...base, receiverThreadIds: [id] };
				return {
					item,
					work: async (context) => {
						const state = await agents.resume(context.threadId, id);
						return { output: { status: toldState(state) }, success: true, item: one(item, id, state) };
					},
				};
			},
		}),
		tool({
			name: 'wait_agent',
			description: `Waits until one of these agents has finished its turn, or the time is over, and returns the states of those that have. Wait only when you need the result to go on; ask for a long time instead of asking often.`,
			properties: {
				targets: { type: 'array', items: { type: 'string' }, description: 'Their agent_ids.' },
				timeout_ms: { type: 'number', description: `Milliseconds, ${MIN_WAIT_MS} to ${MAX_WAIT_MS}; ${DEFAULT_WAIT_MS} if left out.` },
			},
			required: ['targets'],
			read: readWait,
			begin: ({ targets, timeout_ms }, base) => {
				if (targets.length === 0) throw new AgentError('wait_agent needs the id of at least one agent');
				if (timeout_ms !== null && timeout_ms <= 0) throw new AgentError('timeout_ms must be greater than zero');
				const ms = Math.min(Math.max(timeout_ms ?? DEFAULT_WAIT_MS, MIN_WAIT_MS), MAX_WAIT_MS);
				const item: AgentToolCallItem = { ...base, tool: 'wait', receiverThreadIds: targets };
				return {
					item,
					work: async (context) => {
						await agents.wait(context.threadId, targets, { ms, signal: context.signal });
						const states = targets.map((id) => [id, agents.state(context.threadId, id)] as const);
						const over = states.filter(([, state]) => isOver(state));
						const output = { status: Object.fromEntries(over.map(([id, state]) => [id, toldState(state)])), timed_out: over.length === 0 };
						const success = states.every(([, { status }]) => status !== 'notFound' && status !== 'errored');
						return { output, success, item: { ...item, states: Object.fromEntries(states) } };
					},
				};
			},
		}),
		tool({
			name: 'close_agent',
			description: 'Stops an agent of yours, with all that it started, when its work is not needed any more. Returns what it was doing.',
			properties: { target: agentId },
			required: ['target'],
			read: readClose,
			begin: ({ target }, base) => {
				const item: AgentToolCallItem = { ...base, receiverThreadIds: [target] };
				return {
					item,
					work: async (context) => {
						const state = await agents.close(context.threadId, target);
						return { output: { previous_status: toldState(state) }, success: true, item: one(item, target, state) };
					},
				};
			},
		}),
	];

	function tool<T>(definition: AgentTool<T>): Tool {
		return {
			name: definition.name,
			parallel: definition.name === 'wait_agent',
			spec: () => ({
				type: 'function',
				name: definition.name,
				description: definition.description,
				strict: false,
				parameters: {
					type: 'object',
					properties: definition.properties,
					...(definition.required.length === 0 ? {} : { required: definition.required }),
					additionalProperties: false,
				},
			}),
			run: (call, context) => run(definition, call, context),
		};
	}

	async function run<T>(definition: AgentTool<T>, call: ToolCall, context: ToolContext): Promise<ToolOutcome> {
		const parsed = parseArguments(call.input, definition.read);
		if (!parsed.ok) return { output: parsed.message, success: false };
		let begun: ReturnType<AgentTool<T>['begin']>;
		try {
			begun = definition.begin(parsed.value, emptyItem(definition.name, call, context));
		} catch (error) {
			return refused(error);
		}
		const show = (type: 'itemStarted' | 'itemCompleted', item: AgentToolCallItem) =>
			context.emit({ type, turnId: context.turnId, at: Date.now(), item });
		show('itemStarted', begun.item);
		try {
			const { item, output, success } = await begun.work(context);
			show('itemCompleted', { ...item, status: success ? 'completed' : 'failed' });
			return { output: JSON.stringify(output), success };
		} catch (error) {
			const states = begun.item.receiverThreadIds.map((id) => [id, agents.state(context.threadId, id)] as const);
			show('itemCompleted', { ...begun.item, status: 'failed', states: Object.fromEntries(states) });
			return refused(error);
		}
	}
}

const TOOL_NAMES = { spawn_agent: 'spawnAgent', send_input: 'sendInput', resume_agent: 'resumeAgent', close_agent: 'closeAgent' } as const;

function emptyItem(name: string, call: ToolCall, context: ToolContext): AgentToolCallItem {
	const known = Object.entries(TOOL_NAMES).find(([tool]) => tool === name)?.[1] ?? 'wait';
	return {
		type: 'agentToolCall',
		id: call.callId,
		tool: known,
		status: 'inProgress',
		senderThreadId: context.threadId,
		receiverThreadIds: [],
		prompt: null,
		model: null,
		effort: null,
		states: {},
	};
}

function refused(error: unknown): ToolOutcome {
	if (error instanceof AgentError) return { output: error.message, success: false };
	throw error;
}

function inputOf(args: Message): readonly TurnInput[] {
	if (args.message !== null && args.items !== null) throw new AgentError('give either `message` or `items`, not both');
	const input = args.items === null ? [{ type: 'text' as const, text: args.message ?? '', textElements: [] }] : args.items.flatMap(inputItem);
	if (!input.some((part) => part.type !== 'text' || part.text.trim() !== '')) throw new AgentError('an agent cannot be given an empty message');
	return input;
}

function inputItem({ type, text: content, image_url: url, path, name }: ReturnType<typeof readItem>): readonly TurnInput[] {
	switch (type ?? 'text') {
		case 'image':
			return url === null ? [] : [{ type: 'image', url }];
		case 'local_image':
			return path === null ? [] : [{ type: 'localImage', path }];
		case 'skill':
		case 'mention':
			return path === null || name === null ? [] : [{ type: type === 'skill' ? 'skill' : 'mention', name, path }];
		default:
			return content === null ? [] : [{ type: 'text', text: content, textElements: [] }];
	}
}

/** What people see of a message. */
function promptOf(input: readonly TurnInput[]): string {
	return input.map((part) => (part.type === 'text' ? part.text : part.type === 'image' ? '[image]' : `[${part.type}: ${part.path}]`)).join('\n');
}

/** A state as models read it. */
function toldState(state: AgentState): unknown {
	switch (state.status) {
		case 'completed':
		case 'errored':
			return { [state.status]: state.message };
		case 'pendingInit':
			return 'pending_init';
		case 'notFound':
			return 'not_found';
		default:
			return state.status;
	}
}
