import { type ThreadItem, WebSearchAction } from '../protocol/thread/item.ts';
import { JsonValue } from '../protocol/wire/jsonValue.ts';
import { isAbsolutePath } from '../protocol/wire/scalar.ts';
import type { UserInput } from '../protocol/thread/turnInput.ts';
import { joinShellWords } from '../exec/shellQuote.ts';
import { cutLongTexts } from './longTexts.ts';
import type { TurnInput } from '../items/input.ts';
import type { AgentToolCallItem, CommandItem, DynamicToolCallItem, FileChange, McpToolCallItem, TurnItem } from '../items/item.ts';

/** As clients take it: a record may hold anything, and one path that is none would cost them the whole answer. */
export const absolutePath = (path: string): string => (isAbsolutePath(path) ? path : `/${path}`);

/** When an item began and ended, in Unix milliseconds; null where nothing says it. */
export interface ItemTimes {
	readonly startedAt: number | null;
	readonly completedAt: number | null;
}

/** The wire form of an item: the same for an item that just happened and for one that was read back. Very long texts are cut. */
export function toThreadItem(item: TurnItem, { startedAt, completedAt }: ItemTimes): ThreadItem {
	return { ...cutLongTexts(toWholeThreadItem(item)), startedAtMs: startedAt, completedAtMs: completedAt };
}

/** The wire form with all of its texts. */
export function toWholeThreadItem(item: TurnItem): ThreadItem {
	switch (item.type) {
		case 'userMessage':
			return {
				type: 'userMessage',
				id: item.id,
				content: item.content.map(toUserInput),
				...(item.clientId === undefined ? {} : { clientMessageId: item.clientId, clientId: item.clientId }),
			};
		case 'hookPrompt':
			return { type: 'hookPrompt', id: item.id, fragments: item.fragments.map((fragment) => ({ ...fragment })) };
		case 'agentMessage':
			return {
				type: 'agentMessage',
				id: item.id,
				text: item.text,
				phase: item.phase,
				memoryCitation: null,
				moderation: null,
				delivery: null,
				questions: null,
			};
		case 'plan':
			return { type: 'plan', id: item.id, text: item.text };
		case 'reasoning':
			return { type: 'reasoning', id: item.id, summary: [...item.summary], content: [...item.content] };
		case 'command':
			return toCommandExecution(item);
		case 'fileChange':
			return {
				type: 'fileChange',
				id: item.id,
				changes: item.changes.map(toFileUpdateChange),
				status: item.status,
				...(item.stderr && (item.status === 'failed' || item.status === 'declined') ? { reason: item.stderr } : {}),
			};
		case 'dynamicToolCall':
			return toDynamicToolCall(item);
		case 'mcpToolCall':
			return toMcpToolCall(item);
		case 'agentToolCall':
			return toCollabAgentToolCall(item);
		case 'enteredReviewMode':
		case 'exitedReviewMode':
			return { type: item.type, id: item.id, review: item.review };
		case 'webSearch':
			return { type: 'webSearch', id: item.id, query: item.query, action: item.action && toWebSearchAction(item.action) };
		case 'imageView':
			return { type: 'imageView', id: item.id, path: absolutePath(item.path) };
		case 'imageGeneration': {
			const { savedPath, ...image } = item;
			return { ...image, ...(savedPath === null ? {} : { savedPath }) };
		}
		case 'contextCompaction':
			return { type: 'contextCompaction', id: item.id, ...(item.status === 'failed' ? { status: item.status } : {}) };
		case 'sleep':
			return item;
		case 'subAgentActivity': {
			const { effort, ...activity } = item;
			return { ...activity, reasoningEffort: effort };
		}
		case 'functionCallOutput':
			return { ...item, output: JsonValue.parse(item.output) };
		default:
			return item satisfies never;
	}
}

export function toFileUpdateChange(change: FileChange) {
	if (change.kind.type !== 'update') return { path: change.path, kind: change.kind, diff: change.diff };
	const { movePath } = change.kind;
	// Clients of this protocol find the new path at the end of the diff too.
	const diff = movePath === null ? change.diff : `${change.diff}\n\nMoved to: ${movePath}`;
	return { path: change.path, kind: { type: 'update' as const, move_path: movePath }, diff };
}

export function toCommandText(argv: readonly string[]): string {
	return joinShellWords(argv);
}

function toCommandExecution(item: CommandItem): ThreadItem {
	return {
		type: 'commandExecution',
		id: item.id,
		command: toCommandText(item.argv),
		cwd: absolutePath(item.cwd),
		processId: item.processId,
		source: item.source,
		status: item.status,
		commandActions: [...item.actions],
		aggregatedOutput: item.output,
		exitCode: item.exitCode,
		durationMs: item.durationMs,
		...(item.stopped ? { stopped: true } : {}),
	};
}

function toDynamicToolCall(item: DynamicToolCallItem): ThreadItem {
	return { ...item, arguments: JsonValue.parse(item.arguments), contentItems: item.contentItems && [...item.contentItems] };
}

function toMcpToolCall({ id, server, tool, readOnly, status, result, error, durationMs, ...item }: McpToolCallItem): ThreadItem {
	return {
		type: 'mcpToolCall',
		id,
		server,
		tool,
		status,
		arguments: toJson(item.arguments),
		result: result && { content: result.content.map(toJson), structuredContent: toJson(result.structuredContent), _meta: toJson(result.meta) },
		error: error === null ? null : { message: error },
		durationMs,
		...{ readOnlyHint: readOnly ?? null, environmentId: null, appContext: null, mcpAppUi: null },
	};
}

/** It came as JSON and was not changed. */
const toJson = (value: unknown): JsonValue => (value ?? null) as JsonValue;

function toCollabAgentToolCall(item: AgentToolCallItem): ThreadItem {
	return {
		type: 'collabAgentToolCall',
		id: item.id,
		tool: item.tool,
		status: item.status,
		senderThreadId: item.senderThreadId,
		receiverThreadIds: [...item.receiverThreadIds],
		prompt: item.prompt,
		model: item.model,
		reasoningEffort: item.effort,
		agentsStates: { ...item.states },
	};
}

export function toUserInput(input: TurnInput): UserInput {
	if (input.type !== 'text') return { ...input };
	return { type: 'text', text: input.text, text_elements: input.textElements.map((element) => ({ ...element })) };
}

export function fromUserInput(input: UserInput): TurnInput {
	return input.type === 'text' ? { type: 'text', text: input.text, textElements: input.text_elements } : input;
}

/** The model's own action names are snake_case; what the wire does not know is `other`. */
function toWebSearchAction(action: Readonly<Record<string, unknown>>): WebSearchAction {
	const name = typeof action.type === 'string' ? action.type : '';
	const type = { search: 'search', open_page: 'openPage', find_in_page: 'findInPage' }[name] ?? 'other';
	const parsed = WebSearchAction.safeParse({ query: null, queries: null, url: null, pattern: null, ...action, type });
	return parsed.success ? parsed.data : { type: 'other' };
}
