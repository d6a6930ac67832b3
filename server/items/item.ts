import type { ReasoningEffort } from './modelInfo.ts';
import type { HookPromptFragment } from './hookRun.ts';
import type { TurnInput } from './input.ts';

/** What one part of a shell command does, for people: shown on the card instead of the raw text. */
export type CommandAction =
	| { readonly type: 'read'; readonly command: string; readonly name: string; readonly path: string }
	| { readonly type: 'listFiles'; readonly command: string; readonly path: string | null }
	| { readonly type: 'search'; readonly command: string; readonly query: string | null; readonly path: string | null }
	| { readonly type: 'unknown'; readonly command: string };

export type CommandSource = 'agent' | 'userShell' | 'unifiedExecStartup' | 'unifiedExecInteraction';

export type FileChangeKind = { readonly type: 'add' } | { readonly type: 'delete' } | { readonly type: 'update'; readonly movePath: string | null };

export interface FileChange {
	/** Absolute. */
	readonly path: string;
	readonly kind: FileChangeKind;
	/** Added or deleted: the whole content. Updated: a unified diff without file headers. */
	readonly diff: string;
}

export type CommandStatus = 'inProgress' | 'completed' | 'failed' | 'declined';
export type PatchStatus = 'inProgress' | 'completed' | 'failed' | 'declined';

export interface CommandItem {
	readonly type: 'command';
	readonly id: string;
	readonly argv: readonly string[];
	readonly cwd: string;
	readonly processId: string | null;
	readonly source: CommandSource;
	readonly actions: readonly CommandAction[];
	readonly status: CommandStatus;
	/** stdout and stderr in the order they came; null before the end and when nothing was captured. */
	readonly output: string | null;
	readonly exitCode: number | null;
	readonly durationMs: number | null;
	/** It was ended from outside: by a person, with its thread, or since too many ran on. */
	readonly stopped?: true;
}

export interface FileChangeItem {
	readonly type: 'fileChange';
	readonly id: string;
	readonly changes: readonly FileChange[];
	readonly status: PatchStatus;
	readonly stdout?: string;
	readonly stderr?: string;
}

export type PlanStepStatus = 'pending' | 'inProgress' | 'completed';
export interface PlanStep {
	readonly step: string;
	readonly status: PlanStepStatus;
}

export type ToolContentItem = { readonly type: 'inputText'; readonly text: string } | { readonly type: 'inputImage'; readonly imageUrl: string };

/** A call of a tool that the client implements. */
export interface DynamicToolCallItem {
	readonly type: 'dynamicToolCall';
	readonly id: string;
	readonly namespace: string | null;
	readonly tool: string;
	/** As the model gave them, parsed. */
	readonly arguments: unknown;
	readonly status: 'inProgress' | 'completed' | 'failed';
	readonly contentItems: readonly ToolContentItem[] | null;
	readonly success: boolean | null;
	readonly durationMs: number | null;
}

/** What an MCP server answered, its content member for member. */
export interface McpToolResult {
	readonly content: readonly unknown[];
	/** Null: none. */
	readonly structuredContent: unknown;
	readonly meta: unknown;
	readonly isError: boolean;
}

/** A call of a tool of an MCP server. Names as the server has them. */
export interface McpToolCallItem {
	readonly type: 'mcpToolCall';
	readonly id: string;
	readonly server: string;
	readonly tool: string;
	/** What the server said of the tool; absent when it said nothing. */
	readonly readOnly?: boolean;
	/** As the model gave them, parsed. */
	readonly arguments: unknown;
	readonly status: 'inProgress' | 'completed' | 'failed';
	readonly result: McpToolResult | null;
	/** Why there is no result. */
	readonly error: string | null;
	readonly durationMs: number | null;
}

export type AgentState =
	| { readonly status: 'pendingInit' | 'running' | 'interrupted' | 'shutdown' | 'notFound'; readonly message: null }
	/** Its last message, or what went wrong. */
	| { readonly status: 'completed' | 'errored'; readonly message: string | null };

/** One agent did something with another one. */
export interface AgentToolCallItem {
	readonly type: 'agentToolCall';
	readonly id: string;
	readonly tool:
		| 'spawnAgent'
		| 'sendInput'
		| 'resumeAgent'
		| 'wait'
		| 'closeAgent'
		| 'sendMessage'
		| 'followupTask'
		| 'interruptAgent'
		| 'listAgents';
	readonly status: 'inProgress' | 'completed' | 'failed';
	readonly senderThreadId: string;
	readonly receiverThreadIds: readonly string[];
	readonly prompt: string | null;
	readonly model: string | null;
	readonly effort: ReasoningEffort | null;
	/** By thread id. */
	readonly states: Readonly<Record<string, AgentState>>;
}

/** A picture that the provider made for the model. */
export interface ImageGenerationItem {
	readonly type: 'imageGeneration';
	readonly id: string;
	/** As the provider says it: `in_progress`, `completed`, `failed`, ... */
	readonly status: string;
	/** What the picture was made from, in the provider's words. */
	readonly revisedPrompt: string | null;
	/** Base64; empty when there is none. */
	readonly result: string;
	/** The file that it was saved to, absolute; null when it was not. */
	readonly savedPath: string | null;
}

/** Of newer programs: the model waited. */
export interface SleepItem {
	readonly type: 'sleep';
	readonly id: string;
	readonly durationMs: number;
}

/** Of newer programs: what became of an agent. */
export interface SubAgentActivityItem {
	readonly type: 'subAgentActivity';
	readonly id: string;
	readonly kind: 'started' | 'interacted' | 'interrupted' | 'completed';
	readonly agentThreadId: string;
	/** Its name in the tree of agents, `/root/helper`. */
	readonly agentPath: string;
	readonly model: string | null;
	readonly effort: ReasoningEffort | null;
}

/** Of newer programs: what a client's tool answered outside of a call. */
export interface FunctionCallOutputItem {
	readonly type: 'functionCallOutput';
	readonly id: string;
	readonly name: string;
	readonly namespace: string | null;
	/** Text, or parts as the model gets them. */
	readonly output: string | readonly Readonly<Record<string, unknown>>[];
}

/** The items of a turn as the server thinks of them. `projection/` turns them into wire items. */
export type TurnItem =
	| {
			readonly type: 'userMessage';
			readonly id: string;
			readonly content: readonly TurnInput[];
			/** The id that the client gave it; absent when it gave none. */
			readonly clientId?: string;
	  }
	/** Why the model goes on although it had nothing more to do: hooks wanted it. */
	| { readonly type: 'hookPrompt'; readonly id: string; readonly fragments: readonly HookPromptFragment[] }
	| { readonly type: 'agentMessage'; readonly id: string; readonly text: string; readonly phase: 'commentary' | 'final_answer' | null }
	/** A plan that the model proposes in Plan mode, cut out of one of its messages. */
	| { readonly type: 'plan'; readonly id: string; readonly text: string }
	| { readonly type: 'reasoning'; readonly id: string; readonly summary: readonly string[]; readonly content: readonly string[] }
	| CommandItem
	| FileChangeItem
	| DynamicToolCallItem
	| McpToolCallItem
	| AgentToolCallItem
	/** A review begins; `review` says of what. */
	| { readonly type: 'enteredReviewMode'; readonly id: string; readonly review: string }
	/** A review has ended; `review` is its result as text. */
	| { readonly type: 'exitedReviewMode'; readonly id: string; readonly review: string }
	| { readonly type: 'webSearch'; readonly id: string; readonly query: string; readonly action: Readonly<Record<string, unknown>> | null }
	| { readonly type: 'imageView'; readonly id: string; readonly path: string }
	| ImageGenerationItem
	| SleepItem
	| SubAgentActivityItem
	| FunctionCallOutputItem
	| { readonly type: 'contextCompaction'; readonly id: string; readonly status: 'inProgress' | 'completed' | 'failed' };

/** The id of the plan that was cut out of a message. */
export function planId(messageId: string): string {
	return `${messageId}-plan`;
}
