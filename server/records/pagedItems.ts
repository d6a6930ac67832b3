import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TurnInput } from '../items/input.ts';
import type { AgentState, AgentToolCallItem, DynamicToolCallItem, McpToolCallItem, TurnItem } from '../items/item.ts';
import { isRecord, type RolloutEntry } from '../store/rollout/rolloutLine.ts';
import { foreignItem, foreignItemRecord } from './foreignItems.ts';
import { hookFragments, inputsFromRecord, itemEntries, itemFromRecord, textElements, textElementRecords } from './itemRecords.ts';
import { mcpCallItem, mcpCallRecord } from './mcpCallRecords.ts';
import { agentStates, contentItems, effortOf, toolStatus } from './toolItemRecords.ts';
import { millisecondsOf } from './wholeNumber.ts';

/**
 * The items of newer programs' files (`history_mode: "paginated"`): each is one `item_completed` with the whole of it, and says what the
 * several events of the older form say together.
 */
type Payload = Readonly<Record<string, unknown>>;
type Recorded = { readonly phase: 'itemStarted' | 'itemCompleted'; readonly item: TurnItem };

const text = (value: unknown) => (typeof value === 'string' ? value : null);
const texts = (value: unknown) => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);

/** The events of the older form that say the same as an item, by the item's type. */
const OLDER = {
	CommandExecution: 'exec_command_end',
	FileChange: 'patch_apply_end',
	WebSearch: 'web_search_end',
	ImageView: 'view_image_tool_call',
	ImageGeneration: 'image_generation_end',
	EnteredReviewMode: 'entered_review_mode',
	ExitedReviewMode: 'exited_review_mode',
	ContextCompaction: 'context_compacted',
} as const;

/** The kinds of items that extensions of that program record. */
const EXTENSIONS: Readonly<Record<string, string>> = {
	'image_gen.generation': 'image_generation_end',
	'web.search': 'web_search_end',
};

/** The record of an item in the newer form, without times. */
export function pagedItemEntries(item: TurnItem, { threadId, turnId }: { threadId: string; turnId: string }): readonly RolloutEntry[] {
	const record = itemRecord(item, turnId);
	// What other programs have no form for is written as we write it elsewhere: they pass over it.
	if (record === null) return itemEntries(turnId, item);
	return [{ type: 'event_msg', payload: { type: 'item_completed', thread_id: threadId, turn_id: turnId, item: record } }];
}

function itemRecord(item: TurnItem, turnId: string): Payload | null {
	switch (item.type) {
		case 'userMessage':
			return {
				type: 'UserMessage',
				id: item.id,
				...(item.clientId === undefined ? {} : { client_id: item.clientId }),
				content: item.content.map(inputRecord),
			};
		case 'agentMessage':
			return {
				type: 'AgentMessage',
				id: item.id,
				content: [{ type: 'Text', text: item.text }],
				...(item.phase === null ? {} : { phase: item.phase }),
			};
		case 'hookPrompt':
			return { type: 'HookPrompt', id: item.id, fragments: item.fragments.map(({ text, hookRunId }) => ({ text, hook_run_id: hookRunId })) };
		case 'plan':
			return { type: 'Plan', id: item.id, text: item.text };
		case 'reasoning':
			return { type: 'Reasoning', id: item.id, summary_text: item.summary, raw_content: item.content };
		case 'command':
			return { ...fromOlder('CommandExecution', item, turnId), cwd: fileUrl(item.cwd) };
		case 'fileChange':
			return fromOlder('FileChange', item, turnId);
		case 'webSearch':
			return fromOlder('WebSearch', item, turnId);
		case 'imageGeneration':
			return fromOlder('ImageGeneration', item, turnId);
		case 'imageView':
			return { type: 'ImageView', id: item.id, path: fileUrl(item.path) };
		case 'enteredReviewMode':
			return fromOlder('EnteredReviewMode', item, turnId);
		case 'exitedReviewMode':
			return fromOlder('ExitedReviewMode', item, turnId);
		case 'contextCompaction':
			return item.status === 'failed' ? null : { type: 'ContextCompaction', id: item.id };
		case 'dynamicToolCall':
			return dynamicToolRecord(item);
		case 'agentToolCall':
			return agentToolRecord(item);
		case 'mcpToolCall':
			return mcpRecord(item, turnId);
		case 'sleep':
		case 'subAgentActivity':
		case 'functionCallOutput':
			return foreignItemRecord(item);
		default:
			return item satisfies never;
	}
}

function fromOlder(type: keyof typeof OLDER, item: TurnItem, turnId: string): Payload {
	const { type: _, call_id: _call, item_id: _item, turn_id: _turn, ...rest } = itemEntries(turnId, item)[0]?.payload ?? {};
	const { formatted_output: _formatted, ...record } = rest;
	return { type, id: item.id, ...record };
}

/** Reads the item of an `item_completed`. Null for one that is damaged, or that this program does not know. */
export function pagedItem(record: unknown, nextId: () => string): Recorded | null {
	if (!isRecord(record)) return null;
	const id = text(record.id) ?? nextId();
	const item = ownItem(record, id);
	if (item) return { phase: 'itemCompleted', item };
	const older = record.type === 'Extension' ? EXTENSIONS[text(record.kind) ?? ''] : Object.entries(OLDER).find(([type]) => type === record.type)?.[1];
	if (older === undefined) return null;
	const places = { ...pathOf(record, 'cwd'), ...pathOf(record, 'path') };
	return itemFromRecord({ ...record, ...places, type: older, call_id: id, item_id: id, success: record.status === 'completed' }, nextId);
}

function ownItem(record: Payload, id: string): TurnItem | null {
	switch (record.type) {
		case 'UserMessage': {
			const clientId = text(record.client_id);
			return { type: 'userMessage', id, content: inputs(record.content), ...(clientId === null ? {} : { clientId }) };
		}
		case 'AgentMessage': {
			const phase = record.phase === 'commentary' || record.phase === 'final_answer' ? record.phase : null;
			return { type: 'agentMessage', id, text: partsText(record.content), phase };
		}
		case 'HookPrompt':
			return { type: 'hookPrompt', id, fragments: hookFragments(record.fragments) };
		case 'Plan':
			return { type: 'plan', id, text: text(record.text) ?? '' };
		case 'Reasoning':
			return { type: 'reasoning', id, summary: texts(record.summary_text), content: texts(record.raw_content) };
		case 'DynamicToolCall':
			return dynamicToolItem(record, id);
		case 'McpToolCall':
			return mcpItem(record, id);
		case 'CollabAgentToolCall':
			return agentToolItem(record, id);
		default:
			return foreignItem(record, id);
	}
}

const partsText = (value: unknown): string =>
	(Array.isArray(value) ? value : []).flatMap((part) => (isRecord(part) ? [text(part.text) ?? ''] : [])).join('');

function inputRecord(input: TurnInput): Payload {
	switch (input.type) {
		case 'text':
			return { type: 'text', text: input.text, text_elements: textElementRecords(input.textElements) };
		case 'image':
			return { type: 'image', image_url: input.url };
		case 'localImage':
			return { type: 'local_image', path: input.path };
		case 'skill':
		case 'mention':
			return input;
		default:
			return input satisfies never;
	}
}

function inputs(value: unknown): readonly TurnInput[] {
	if (!Array.isArray(value)) return [];
	return value.filter(isRecord).flatMap((part) => {
		if (part.type === 'text') return [{ type: 'text' as const, text: text(part.text) ?? '', textElements: textElements(part.text_elements) }];
		if (part.type === 'image') return inputsFromRecord([{ type: 'image', url: part.image_url ?? part.url }]);
		return inputsFromRecord([part.type === 'local_image' ? { ...part, type: 'localImage' } : part]);
	});
}

function dynamicToolRecord(item: DynamicToolCallItem): Payload {
	return {
		type: 'DynamicToolCall',
		id: item.id,
		...(item.namespace === null ? {} : { namespace: item.namespace }),
		tool: item.tool,
		arguments: item.arguments,
		status: item.status === 'inProgress' ? 'failed' : item.status,
		content_items: item.contentItems,
		success: item.success,
		...(item.durationMs === null ? {} : { duration: durationRecord(item.durationMs) }),
	};
}

const durationRecord = (ms: number) => ({ secs: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 });

function dynamicToolItem(record: Payload, id: string): DynamicToolCallItem {
	const duration = isRecord(record.duration) ? record.duration : null;
	const [secs, nanos] = [duration?.secs, duration?.nanos];
	return {
		type: 'dynamicToolCall',
		id,
		namespace: text(record.namespace),
		tool: text(record.tool) ?? '',
		arguments: record.arguments ?? null,
		status: toolStatus(record.status),
		contentItems: Array.isArray(record.content_items) ? contentItems(record.content_items) : null,
		success: typeof record.success === 'boolean' ? record.success : null,
		durationMs: millisecondsOf(secs, nanos),
	};
}

function mcpRecord(item: McpToolCallItem, turnId: string): Payload {
	const { invocation, duration, result, tiller } = mcpCallRecord(item, turnId);
	const ended = 'Ok' in result ? { result: result.Ok } : { error: { message: result.Err } };
	return {
		type: 'McpToolCall',
		id: item.id,
		...invocation,
		...(item.readOnly === undefined ? {} : { readOnlyHint: item.readOnly }),
		status: item.status === 'inProgress' ? 'failed' : item.status,
		...ended,
		duration,
		tiller,
	};
}

function mcpItem(record: Payload, id: string): McpToolCallItem {
	const { server, tool, arguments: args, duration, tiller } = record;
	const error = isRecord(record.error) ? record.error.message : record.error;
	const result = isRecord(record.result) ? { Ok: record.result } : { Err: error };
	const item = mcpCallItem(
		{ type: 'mcp_tool_call_end', call_id: id, invocation: { server, tool, arguments: args }, result, duration, tiller },
		() => id,
	);
	return typeof record.readOnlyHint === 'boolean' ? { ...item, readOnly: record.readOnlyHint } : item;
}

const AGENT_TOOLS = {
	spawnAgent: 'spawn_agent',
	sendInput: 'send_input',
	resumeAgent: 'resume_agent',
	wait: 'wait',
	closeAgent: 'close_agent',
	sendMessage: 'send_message',
	followupTask: 'followup_task',
	interruptAgent: 'interrupt_agent',
	listAgents: 'list_agents',
} as const;

function agentToolRecord(item: AgentToolCallItem): Payload {
	return {
		type: 'CollabAgentToolCall',
		id: item.id,
		tool: AGENT_TOOLS[item.tool],
		status: item.status === 'inProgress' ? 'failed' : item.status,
		sender_thread_id: item.senderThreadId,
		receiver_thread_ids: item.receiverThreadIds,
		receiver_agents: [],
		agents_states: Object.fromEntries(Object.entries(item.states).map(([id, state]) => [id, stateRecord(state)])),
		...(item.prompt === null ? {} : { prompt: item.prompt }),
		...(item.model === null ? {} : { model: item.model }),
		...(item.effort === null ? {} : { reasoning_effort: item.effort }),
	};
}

const STATES = { pendingInit: 'pending_init', running: 'running', interrupted: 'interrupted', shutdown: 'shutdown', notFound: 'not_found' } as const;

function stateRecord(state: AgentState): unknown {
	return state.status === 'completed' || state.status === 'errored' ? { [state.status]: state.message } : STATES[state.status];
}

function agentToolItem(record: Payload, id: string): AgentToolCallItem | null {
	const tool = Object.entries(AGENT_TOOLS).find(([, name]) => name === record.tool)?.[0] as AgentToolCallItem['tool'] | undefined;
	if (tool === undefined) return null;
	const states = isRecord(record.agents_states) ? Object.entries(record.agents_states) : [];
	return {
		type: 'agentToolCall',
		id,
		tool,
		status: toolStatus(record.status),
		senderThreadId: text(record.sender_thread_id) ?? '',
		receiverThreadIds: texts(record.receiver_thread_ids),
		prompt: text(record.prompt),
		model: text(record.model),
		effort: effortOf(record.reasoning_effort),
		states: agentStates(Object.fromEntries(states.map(([thread, state]) => [thread, stateOf(state)]))),
	};
}

function stateOf(value: unknown): Payload {
	if (isRecord(value)) {
		const [status, message] = Object.entries(value)[0] ?? [];
		return { status, message };
	}
	return { status: Object.entries(STATES).find(([, name]) => name === value)?.[0] ?? 'notFound' };
}

/** Paths are URLs there. One that is not absolute stays as it is. Nothing is made of a path but its URL: it comes back as it was. */
function fileUrl(file: string): string {
	if (file.startsWith('/')) return `file://${file.replaceAll(/[^/]+/g, encodeURIComponent)}`;
	return path.isAbsolute(file) ? pathToFileURL(file).href : file;
}

function pathOf(record: Payload, name: 'cwd' | 'path'): Payload {
	const value = text(record[name]);
	if (value === null || !value.startsWith('file:///')) return {};
	try {
		return { [name]: path.sep === '/' ? decodeURIComponent(value.slice('file://'.length)) : fileURLToPath(value) };
	} catch {
		// A URL of another system.
		return {};
	}
}
