import * as z from 'zod/mini';
import { experimental, newer } from '../wire/define.ts';
import { CommandAction } from '../approval/commandAction.ts';
import { JsonValue } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { ReasoningEffort } from '../account/model.ts';
import { ResponseItem } from './responseItem.ts';
import { AbsolutePathBuf, flag, int32OrNull, int64, int64OrNull, text, textOrNull, texts, textsOrNull, uint32, uint64 } from '../wire/scalar.ts';
import { UserInput } from './turnInput.ts';

export const MessagePhase = lazy(() => z.enum(['commentary', 'final_answer']));
export type MessagePhase = z.infer<typeof MessagePhase>;

export const MemoryCitationEntry = lazy(() =>
	z.object({
		path: text,
		lineStart: uint32,
		lineEnd: uint32,
		note: text,
	}),
);
export type MemoryCitationEntry = z.infer<typeof MemoryCitationEntry>;

export const MemoryCitation = lazy(() =>
	z.object({
		entries: z.array(MemoryCitationEntry),
		threadIds: texts,
	}),
);
export type MemoryCitation = z.infer<typeof MemoryCitation>;

export const HookPromptFragment = lazy(() => z.object({ text, hookRunId: text }));
export type HookPromptFragment = z.infer<typeof HookPromptFragment>;

export const CommandExecutionSource = lazy(() => z.enum(['agent', 'userShell', 'unifiedExecStartup', 'unifiedExecInteraction']));
export type CommandExecutionSource = z.infer<typeof CommandExecutionSource>;

export const CommandExecutionStatus = lazy(() => z.enum(['inProgress', 'completed', 'failed', 'declined']));
export type CommandExecutionStatus = z.infer<typeof CommandExecutionStatus>;

export const PatchChangeKind = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('add') }),
		z.object({ type: z.literal('delete') }),
		z.object({ type: z.literal('update'), move_path: textOrNull }),
	]),
);
export type PatchChangeKind = z.infer<typeof PatchChangeKind>;

/** `diff`: the whole content of an added or deleted file, else a unified diff without file headers. */
export const FileUpdateChange = lazy(() =>
	z.object({
		path: text,
		kind: PatchChangeKind,
		diff: text,
	}),
);
export type FileUpdateChange = z.infer<typeof FileUpdateChange>;

export const PatchApplyStatus = lazy(() => z.enum(['inProgress', 'completed', 'failed', 'declined']));
export type PatchApplyStatus = z.infer<typeof PatchApplyStatus>;

export const McpToolCallStatus = lazy(() => z.enum(['inProgress', 'completed', 'failed']));
export type McpToolCallStatus = z.infer<typeof McpToolCallStatus>;

const jsonOrNull = lazy(() => z.nullable(JsonValue));

export const McpToolCallResult = lazy(() =>
	z.object({
		content: z.array(JsonValue),
		structuredContent: jsonOrNull,
		_meta: jsonOrNull,
	}),
);
export type McpToolCallResult = z.infer<typeof McpToolCallResult>;

export const McpToolCallError = lazy(() => z.object({ message: text }));
export type McpToolCallError = z.infer<typeof McpToolCallError>;

export const DynamicToolCallStatus = lazy(() => z.enum(['inProgress', 'completed', 'failed']));
export type DynamicToolCallStatus = z.infer<typeof DynamicToolCallStatus>;

export const DynamicToolCallOutputContentItem = lazy(() =>
	z.discriminatedUnion('type', [z.object({ type: z.literal('inputText'), text }), z.object({ type: z.literal('inputImage'), imageUrl: text })]),
);
export type DynamicToolCallOutputContentItem = z.infer<typeof DynamicToolCallOutputContentItem>;

export const CollabAgentTool = lazy(() =>
	z.enum(['spawnAgent', 'sendInput', 'resumeAgent', 'wait', 'closeAgent', 'sendMessage', 'followupTask', 'interruptAgent', 'listAgents']),
);
export type CollabAgentTool = z.infer<typeof CollabAgentTool>;

export const CollabAgentToolCallStatus = lazy(() => z.enum(['inProgress', 'completed', 'failed']));
export type CollabAgentToolCallStatus = z.infer<typeof CollabAgentToolCallStatus>;

export const CollabAgentStatus = lazy(() => z.enum(['pendingInit', 'running', 'interrupted', 'completed', 'errored', 'shutdown', 'notFound']));
export type CollabAgentStatus = z.infer<typeof CollabAgentStatus>;

export const CollabAgentState = lazy(() =>
	z.object({
		status: CollabAgentStatus,
		message: textOrNull,
	}),
);
export type CollabAgentState = z.infer<typeof CollabAgentState>;

export const WebSearchAction = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('search'),
			query: textOrNull,
			queries: textsOrNull,
		}),
		z.object({ type: z.literal('openPage'), url: textOrNull }),
		z.object({
			type: z.literal('findInPage'),
			url: textOrNull,
			pattern: textOrNull,
		}),
		z.object({ type: z.literal('other') }),
	]),
);
export type WebSearchAction = z.infer<typeof WebSearchAction>;

/** One thing a turn shows. Times are milliseconds. */
export const ThreadItem = lazy(() => {
	/** When it began and ended, in Unix time: null, or left out, where no record says it. */
	const times = { startedAtMs: newer(z.optional(int64OrNull)), completedAtMs: newer(z.optional(int64OrNull)) };
	return z.discriminatedUnion('type', [
		z.object({
			type: z.literal('userMessage'),
			id: text,
			...times,
			content: z.array(UserInput),
			/** Our own addition: the id that the client gave the message; absent when it gave none. */
			clientMessageId: experimental(z.optional(text), 'userMessage.clientMessageId'),
			/** The same, as newer clients call it. */
			clientId: newer(z.optional(text)),
		}),
		z.object({
			type: z.literal('hookPrompt'),
			id: text,
			...times,
			fragments: z.array(HookPromptFragment),
		}),
		z.object({
			type: z.literal('agentMessage'),
			id: text,
			...times,
			text,
			phase: z.nullable(MessagePhase),
			memoryCitation: z.nullable(MemoryCitation),
			/** Always null: they are about services of one provider. */
			moderation: newer(z.optional(z.null())),
			delivery: newer(z.optional(z.null())),
			questions: newer(z.optional(z.null())),
		}),
		z.object({ type: z.literal('plan'), id: text, ...times, text }),
		z.object({
			type: z.literal('reasoning'),
			id: text,
			...times,
			summary: texts,
			content: texts,
		}),
		z.object({
			type: z.literal('commandExecution'),
			id: text,
			...times,
			command: text,
			cwd: AbsolutePathBuf,
			processId: textOrNull,
			source: CommandExecutionSource,
			status: CommandExecutionStatus,
			commandActions: z.array(CommandAction),
			/** stdout and stderr in the order they came. */
			aggregatedOutput: textOrNull,
			exitCode: int32OrNull,
			durationMs: int64OrNull,
			/** Our addition: true when it was ended from outside: by a person, with its thread, or since too many ran on. */
			stopped: experimental(z.optional(z.boolean()), 'commandExecution.stopped'),
		}),
		z.object({
			type: z.literal('fileChange'),
			id: text,
			...times,
			changes: z.array(FileUpdateChange),
			status: PatchApplyStatus,
			/** Our addition: why it failed or was declined, where that is known. */
			reason: experimental(z.optional(text), 'fileChange.reason'),
		}),
		z.object({
			type: z.literal('mcpToolCall'),
			id: text,
			...times,
			server: text,
			tool: text,
			status: McpToolCallStatus,
			arguments: JsonValue,
			mcpAppResourceUri: z.optional(text),
			result: z.nullable(McpToolCallResult),
			error: z.nullable(McpToolCallError),
			durationMs: int64OrNull,
			/** What the server says of the tool; null when it says nothing. */
			readOnlyHint: newer(z.optional(z.nullable(flag))),
			/** Always null: there is one environment, and tools have no pages of their own here. */
			environmentId: newer(z.optional(z.null())),
			appContext: newer(z.optional(z.null())),
			mcpAppUi: newer(z.optional(z.null())),
		}),
		z.object({
			type: z.literal('dynamicToolCall'),
			id: text,
			...times,
			namespace: textOrNull,
			tool: text,
			arguments: JsonValue,
			status: DynamicToolCallStatus,
			contentItems: z.nullable(z.array(DynamicToolCallOutputContentItem)),
			success: z.nullable(flag),
			durationMs: int64OrNull,
		}),
		z.object({
			type: z.literal('collabAgentToolCall'),
			id: text,
			...times,
			tool: CollabAgentTool,
			status: CollabAgentToolCallStatus,
			senderThreadId: text,
			receiverThreadIds: texts,
			prompt: textOrNull,
			model: textOrNull,
			reasoningEffort: z.nullable(ReasoningEffort),
			agentsStates: z.record(text, CollabAgentState),
		}),
		z.object({
			type: z.literal('webSearch'),
			id: text,
			...times,
			query: text,
			action: z.nullable(WebSearchAction),
		}),
		z.object({ type: z.literal('imageView'), id: text, ...times, path: AbsolutePathBuf }),
		// Three that programs since 0.131 make, and we show.
		z.object({ type: z.literal('sleep'), id: text, ...times, durationMs: uint64 }),
		z.object({
			type: z.literal('subAgentActivity'),
			id: text,
			...times,
			kind: z.enum(['started', 'interacted', 'interrupted', 'completed']),
			agentThreadId: text,
			agentPath: text,
			model: textOrNull,
			reasoningEffort: z.nullable(ReasoningEffort),
		}),
		z.object({ type: z.literal('functionCallOutput'), id: text, ...times, name: text, namespace: textOrNull, output: JsonValue }),
		z.object({
			type: z.literal('imageGeneration'),
			id: text,
			...times,
			status: text,
			revisedPrompt: textOrNull,
			result: text,
			savedPath: z.optional(AbsolutePathBuf),
		}),
		z.object({ type: z.literal('enteredReviewMode'), id: text, ...times, review: text }),
		z.object({ type: z.literal('exitedReviewMode'), id: text, ...times, review: text }),
		// `status` is our own addition: it is there when nothing was summarised.
		z.object({ type: z.literal('contextCompaction'), id: text, ...times, status: z.optional(z.enum(['failed'])) }),
	]);
});
export type ThreadItem = z.infer<typeof ThreadItem>;

export const ItemStartedNotification = lazy(() =>
	z.object({
		item: ThreadItem,
		threadId: text,
		turnId: text,
		startedAtMs: int64,
	}),
);
export type ItemStartedNotification = z.infer<typeof ItemStartedNotification>;

export const ItemCompletedNotification = lazy(() =>
	z.object({
		item: ThreadItem,
		threadId: text,
		turnId: text,
		completedAtMs: int64,
	}),
);
export type ItemCompletedNotification = z.infer<typeof ItemCompletedNotification>;

/** The item as the model sees it; only for threads started with `experimentalRawEvents`. */
export const RawResponseItemCompletedNotification = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		item: ResponseItem,
	}),
);
export type RawResponseItemCompletedNotification = z.infer<typeof RawResponseItemCompletedNotification>;

const ofItem = { threadId: text, turnId: text, itemId: text };

export const AgentMessageDeltaNotification = lazy(() =>
	z.object({
		...ofItem,
		delta: text,
	}),
);
export type AgentMessageDeltaNotification = z.infer<typeof AgentMessageDeltaNotification>;

export const PlanDeltaNotification = lazy(() => z.object({ ...ofItem, delta: text }));
export type PlanDeltaNotification = z.infer<typeof PlanDeltaNotification>;

export const ReasoningSummaryTextDeltaNotification = lazy(() =>
	z.object({
		...ofItem,
		delta: text,
		summaryIndex: int64,
	}),
);
export type ReasoningSummaryTextDeltaNotification = z.infer<typeof ReasoningSummaryTextDeltaNotification>;

export const ReasoningSummaryPartAddedNotification = lazy(() =>
	z.object({
		...ofItem,
		summaryIndex: int64,
	}),
);
export type ReasoningSummaryPartAddedNotification = z.infer<typeof ReasoningSummaryPartAddedNotification>;

export const ReasoningTextDeltaNotification = lazy(() =>
	z.object({
		...ofItem,
		delta: text,
		contentIndex: int64,
	}),
);
export type ReasoningTextDeltaNotification = z.infer<typeof ReasoningTextDeltaNotification>;

export const CommandExecutionOutputDeltaNotification = lazy(() =>
	z.object({
		...ofItem,
		delta: text,
	}),
);
export type CommandExecutionOutputDeltaNotification = z.infer<typeof CommandExecutionOutputDeltaNotification>;

/** The model typed into a running terminal. */
export const TerminalInteractionNotification = lazy(() =>
	z.object({
		...ofItem,
		processId: text,
		stdin: text,
	}),
);
export type TerminalInteractionNotification = z.infer<typeof TerminalInteractionNotification>;

export const FileChangeOutputDeltaNotification = lazy(() =>
	z.object({
		...ofItem,
		delta: text,
	}),
);
export type FileChangeOutputDeltaNotification = z.infer<typeof FileChangeOutputDeltaNotification>;

/** The patch as far as the model has written it. */
export const FileChangePatchUpdatedNotification = lazy(() =>
	z.object({
		...ofItem,
		changes: z.array(FileUpdateChange),
	}),
);
export type FileChangePatchUpdatedNotification = z.infer<typeof FileChangePatchUpdatedNotification>;

export const McpToolCallProgressNotification = lazy(() =>
	z.object({
		...ofItem,
		message: text,
	}),
);
export type McpToolCallProgressNotification = z.infer<typeof McpToolCallProgressNotification>;
