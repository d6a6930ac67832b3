import type { RolloutEntry } from '../store/rollout/rolloutLine.ts';
import type { AgentState, AgentToolCallItem, DynamicToolCallItem, McpToolCallItem, ToolContentItem } from '../items/item.ts';
import type { ReasoningEffort } from '../items/modelInfo.ts';
import { count } from './wholeNumber.ts';

type ToolItem = DynamicToolCallItem | AgentToolCallItem | McpToolCallItem;
type Payload = Readonly<Record<string, unknown>>;

/** The record of items that other programs do not keep. */
export const TOOL_ITEM = 'tiller_tool_item';

const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' ? value : null);
const texts = (value: unknown) => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
const oneOf = <T extends string>(names: readonly T[], value: unknown): T | null => names.find((name) => name === value) ?? null;

const STATUSES = ['inProgress', 'completed', 'failed'] as const;
const AGENT_TOOLS = [
	'spawnAgent',
	'sendInput',
	'resumeAgent',
	'wait',
	'closeAgent',
	'sendMessage',
	'followupTask',
	'interruptAgent',
	'listAgents',
] as const;
const STATES = ['pendingInit', 'running', 'interrupted', 'shutdown', 'notFound'] as const;

export function toolItemEntry(item: ToolItem, when: { turnId: string; phase: 'started' | 'completed' }): RolloutEntry {
	return { type: 'event_msg', payload: { type: TOOL_ITEM, turn_id: when.turnId, phase: when.phase, item } };
}

/** Null when the record is damaged. */
export function toolItemFromRecord(payload: Payload): { readonly phase: 'itemStarted' | 'itemCompleted'; readonly item: ToolItem } | null {
	const item = isPayload(payload.item) ? readItem(payload.item) : null;
	return item && { phase: payload.phase === 'started' ? 'itemStarted' : 'itemCompleted', item };
}

function readItem(record: Payload): ToolItem | null {
	const id = text(record.id);
	const status = toolStatus(record.status);
	if (id === null) return null;
	if (record.type === 'dynamicToolCall') {
		return {
			type: 'dynamicToolCall',
			id,
			namespace: text(record.namespace),
			tool: text(record.tool) ?? '',
			arguments: record.arguments ?? null,
			status,
			contentItems: Array.isArray(record.contentItems) ? contentItems(record.contentItems) : null,
			success: typeof record.success === 'boolean' ? record.success : null,
			durationMs: count(record.durationMs),
		};
	}
	if (record.type === 'mcpToolCall') {
		// Only its beginning is written in this form; what came of it is in a record that other programs know.
		return {
			type: 'mcpToolCall',
			id,
			server: text(record.server) ?? '',
			tool: text(record.tool) ?? '',
			...(typeof record.readOnly === 'boolean' ? { readOnly: record.readOnly } : {}),
			arguments: record.arguments ?? null,
			status,
			result: null,
			error: text(record.error),
			durationMs: null,
		};
	}
	const tool = oneOf(AGENT_TOOLS, record.tool);
	if (record.type !== 'agentToolCall' || tool === null) return null;
	return {
		type: 'agentToolCall',
		id,
		tool,
		status,
		senderThreadId: text(record.senderThreadId) ?? '',
		receiverThreadIds: texts(record.receiverThreadIds),
		prompt: text(record.prompt),
		model: text(record.model),
		effort: effortOf(record.effort),
		states: agentStates(record.states),
	};
}

export const toolStatus = (value: unknown) => oneOf(STATUSES, value) ?? 'failed';
/** Also one that this version does not know. */
export const effortOf = (value: unknown): ReasoningEffort | null => (typeof value === 'string' && value !== '' ? value : null);

/** By thread id. */
export function agentStates(value: unknown): Readonly<Record<string, AgentState>> {
	const states = isPayload(value) ? Object.entries(value) : [];
	return Object.fromEntries(states.map(([thread, state]) => [thread, agentState(state)]));
}

export const contentItems = (values: readonly unknown[]): readonly ToolContentItem[] => values.flatMap(contentItem);

function contentItem(value: unknown): readonly ToolContentItem[] {
	if (!isPayload(value)) return [];
	if (value.type === 'inputText' && typeof value.text === 'string') return [{ type: 'inputText', text: value.text }];
	if (value.type === 'inputImage' && typeof value.imageUrl === 'string') return [{ type: 'inputImage', imageUrl: value.imageUrl }];
	return [];
}

function agentState(value: unknown): AgentState {
	const record = isPayload(value) ? value : {};
	if (record.status === 'completed' || record.status === 'errored') return { status: record.status, message: text(record.message) };
	return { status: oneOf(STATES, record.status) ?? 'notFound', message: null };
}
