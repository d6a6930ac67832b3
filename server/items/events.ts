import type { ModeKind } from './modes.ts';
import type { ModelErrorKind, RateLimitSnapshot, TokenUsage } from './modelInfo.ts';
import type { ResponseItem } from './responseItem.ts';
import type { ApprovalReview } from './approvalReview.ts';
import type { HookRun } from './hookRun.ts';
import type { FileChange, PlanStep, TurnItem } from './item.ts';
import type { Text } from '../words/l10n.ts';

export interface TurnFailure {
	readonly message: Text;
	readonly kind: ModelErrorKind | 'sandboxError';
	readonly httpStatusCode: number | null;
	readonly details: Text | null;
}

export type TurnEnd =
	| { readonly status: 'completed' }
	| { readonly status: 'interrupted' }
	| { readonly status: 'failed'; readonly error: TurnFailure };

/**
 * What happens in a turn, in the order it happens. The thread records each event that has to survive and then
 * projects it to the wire; replaying the records gives the same items. Times are Unix milliseconds.
 */
export type TurnEvent =
	| {
			readonly type: 'turnStarted';
			readonly turnId: string;
			readonly at: number;
			readonly contextWindow: number | null;
			readonly mode: ModeKind;
	  }
	| {
			readonly type: 'turnEnded';
			readonly turnId: string;
			readonly at: number;
			readonly durationMs: number;
			readonly end: TurnEnd;
			readonly lastMessage: string | null;
	  }
	| { readonly type: 'itemStarted'; readonly turnId: string; readonly at: number; readonly item: TurnItem }
	/** `startedAt`: null, or left out, where nothing says it. */
	| { readonly type: 'itemCompleted'; readonly turnId: string; readonly at: number; readonly startedAt?: number | null; readonly item: TurnItem }
	| { readonly type: 'textDelta'; readonly turnId: string; readonly itemId: string; readonly delta: string }
	| { readonly type: 'planDelta'; readonly turnId: string; readonly itemId: string; readonly delta: string }
	| { readonly type: 'summaryPartAdded'; readonly turnId: string; readonly itemId: string; readonly summaryIndex: number }
	| { readonly type: 'summaryDelta'; readonly turnId: string; readonly itemId: string; readonly summaryIndex: number; readonly delta: string }
	| { readonly type: 'reasoningDelta'; readonly turnId: string; readonly itemId: string; readonly contentIndex: number; readonly delta: string }
	/** Output of a running command as text; a decoder keeps bytes of one character together. */
	| { readonly type: 'commandOutput'; readonly turnId: string; readonly itemId: string; readonly delta: string }
	| { readonly type: 'terminalInteraction'; readonly turnId: string; readonly itemId: string; readonly processId: string; readonly stdin: string }
	| { readonly type: 'patchPreview'; readonly turnId: string; readonly itemId: string; readonly changes: readonly FileChange[] }
	/** A call of an MCP server's tool says how far it is. */
	| { readonly type: 'toolProgress'; readonly turnId: string; readonly itemId: string; readonly message: string }
	/** The unified diff of all that patches changed since the turn began. */
	| { readonly type: 'turnDiff'; readonly turnId: string; readonly diff: string }
	| { readonly type: 'planUpdated'; readonly turnId: string; readonly explanation: string | null; readonly plan: readonly PlanStep[] }
	| {
			readonly type: 'tokenUsage';
			readonly turnId: string;
			readonly total: TokenUsage;
			readonly last: TokenUsage;
			readonly contextWindow: number | null;
	  }
	| { readonly type: 'rateLimits'; readonly snapshot: RateLimitSnapshot }
	/** Another model answers than the one that was asked. */
	| { readonly type: 'modelRerouted'; readonly turnId: string; readonly fromModel: string; readonly toModel: string }
	/** `willRetry`: the turn goes on; else `turnEnded` follows. */
	| {
			readonly type: 'error';
			readonly turnId: string;
			readonly error: TurnFailure;
			readonly willRetry: boolean;
			/** How long until the next attempt, in milliseconds. */
			readonly retryInMs?: number;
	  }
	/** An automatic reviewer begins, or has decided. */
	| { readonly type: 'approvalReview'; readonly turnId: string; readonly at: number; readonly review: ApprovalReview }
	/** A hook begins to run, or has ended. The end is recorded. */
	| { readonly type: 'hookStarted' | 'hookCompleted'; readonly turnId: string; readonly run: HookRun }
	| { readonly type: 'warning'; readonly message: Text }
	/** The last turns were taken out of the thread. */
	| { readonly type: 'turnsRolledBack'; readonly count: number }
	/** From here on the model sees these items instead of all before. Not shown (the item is); recorded. */
	| { readonly type: 'compacted'; readonly turnId: string; readonly message: string; readonly history: readonly ResponseItem[] }
	/** An item of the model-visible history, in its order. Not shown; recorded. */
	| { readonly type: 'history'; readonly turnId: string; readonly item: ResponseItem };
