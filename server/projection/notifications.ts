import { PlanType, RateLimitReachedType, type RateLimitSnapshot as WireRateLimits } from '../protocol/account/account.ts';
import type { ServerNotification } from '../protocol/serverMessages.ts';
import type { RateLimitSnapshot, RateLimitWindow, TokenUsage } from '../items/modelInfo.ts';
import type { TurnEvent } from '../items/events.ts';
import { timesOf, type TurnView, toTurn, toTurnError } from './turnViews.ts';
import { toApprovalReview } from './approvalReviews.ts';
import { toHookRun } from './wireHook.ts';
import { warning } from './warnings.ts';
import { type ItemTimes, toFileUpdateChange, toThreadItem } from './wireItem.ts';

/**
 * What the subscribers of a thread are told of an event; null for what only the record needs. `turn` is the turn after the event.
 */
export function toNotification(threadId: string, event: TurnEvent, turn: TurnView | undefined): ServerNotification | null {
	switch (event.type) {
		case 'turnStarted':
			return turn ? { method: 'turn/started', params: { threadId, turn: toTurn(turn, 'notLoaded') } } : null;
		case 'turnEnded':
			return turn ? { method: 'turn/completed', params: { threadId, turn: toTurn(turn, 'notLoaded') } } : null;
		case 'itemStarted':
			return {
				method: 'item/started',
				params: { item: toThreadItem(event.item, timesIn(turn, event)), threadId, turnId: event.turnId, startedAtMs: event.at },
			};
		case 'itemCompleted':
			return {
				method: 'item/completed',
				params: { item: toThreadItem(event.item, timesIn(turn, event)), threadId, turnId: event.turnId, completedAtMs: event.at },
			};
		case 'textDelta':
			return { method: 'item/agentMessage/delta', params: { threadId, turnId: event.turnId, itemId: event.itemId, delta: event.delta } };
		case 'planDelta':
			return { method: 'item/plan/delta', params: { threadId, turnId: event.turnId, itemId: event.itemId, delta: event.delta } };
		case 'summaryPartAdded':
			return {
				method: 'item/reasoning/summaryPartAdded',
				params: { threadId, turnId: event.turnId, itemId: event.itemId, summaryIndex: event.summaryIndex },
			};
		case 'summaryDelta':
			return {
				method: 'item/reasoning/summaryTextDelta',
				params: { threadId, turnId: event.turnId, itemId: event.itemId, delta: event.delta, summaryIndex: event.summaryIndex },
			};
		case 'reasoningDelta':
			return {
				method: 'item/reasoning/textDelta',
				params: { threadId, turnId: event.turnId, itemId: event.itemId, delta: event.delta, contentIndex: event.contentIndex },
			};
		case 'commandOutput':
			return { method: 'item/commandExecution/outputDelta', params: { threadId, turnId: event.turnId, itemId: event.itemId, delta: event.delta } };
		case 'terminalInteraction':
			return {
				method: 'item/commandExecution/terminalInteraction',
				params: { threadId, turnId: event.turnId, itemId: event.itemId, processId: event.processId, stdin: event.stdin },
			};
		case 'patchPreview':
			return {
				method: 'item/fileChange/patchUpdated',
				params: { threadId, turnId: event.turnId, itemId: event.itemId, changes: event.changes.map(toFileUpdateChange) },
			};
		case 'toolProgress':
			return { method: 'item/mcpToolCall/progress', params: { threadId, turnId: event.turnId, itemId: event.itemId, message: event.message } };
		case 'turnDiff':
			return { method: 'turn/diff/updated', params: { threadId, turnId: event.turnId, diff: event.diff } };
		case 'planUpdated':
			return {
				method: 'turn/plan/updated',
				params: { threadId, turnId: event.turnId, explanation: event.explanation, plan: event.plan.map((step) => ({ ...step })) },
			};
		case 'tokenUsage':
			return {
				method: 'thread/tokenUsage/updated',
				params: {
					threadId,
					turnId: event.turnId,
					tokenUsage: { total: toBreakdown(event.total), last: toBreakdown(event.last), modelContextWindow: event.contextWindow },
				},
			};
		case 'rateLimits':
			return { method: 'account/rateLimits/updated', params: { rateLimits: toWireRateLimits(event.snapshot) } };
		case 'modelRerouted':
			return {
				method: 'model/rerouted',
				params: { threadId, turnId: event.turnId, fromModel: event.fromModel, toModel: event.toModel, reason: 'highRiskCyberActivity' },
			};
		case 'error':
			return {
				method: 'error',
				params: {
					error: toTurnError(event.error),
					willRetry: event.willRetry,
					...(event.retryInMs === undefined ? {} : { retryInMs: event.retryInMs }),
					threadId,
					turnId: event.turnId,
				},
			};
		case 'approvalReview':
			return toApprovalReview(threadId, event);
		case 'hookStarted':
			return { method: 'hook/started', params: { threadId, turnId: event.turnId, run: toHookRun(event.run) } };
		case 'hookCompleted':
			return { method: 'hook/completed', params: { threadId, turnId: event.turnId, run: toHookRun(event.run) } };
		case 'warning':
			return warning(threadId, event.message);
		case 'compacted':
		case 'history':
		case 'turnsRolledBack':
			return null;
		default:
			return event satisfies never;
	}
}

/** Those of the turn; of an item without one, as far as its event says them. */
function timesIn(turn: TurnView | undefined, event: Extract<TurnEvent, { type: 'itemStarted' | 'itemCompleted' }>): ItemTimes {
	if (turn) return timesOf(turn, event.item);
	return event.type === 'itemStarted' ? { startedAt: event.at, completedAt: null } : { startedAt: event.startedAt ?? null, completedAt: event.at };
}

function toBreakdown(usage: TokenUsage) {
	const { totalTokens, inputTokens, cachedInputTokens, cacheWriteInputTokens = 0, outputTokens, reasoningOutputTokens } = usage;
	return { totalTokens, inputTokens, cachedInputTokens, cacheWriteInputTokens, outputTokens, reasoningOutputTokens };
}

export function toWireRateLimits(snapshot: RateLimitSnapshot): WireRateLimits {
	const window = (given: RateLimitWindow | null) =>
		given && { usedPercent: Math.round(given.usedPercent), windowDurationMins: given.windowMinutes, resetsAt: given.resetsAt };
	return {
		limitId: snapshot.limitId,
		limitName: snapshot.limitName,
		primary: window(snapshot.primary),
		secondary: window(snapshot.secondary),
		credits: snapshot.credits,
		planType: snapshot.planType === null ? null : (PlanType.safeParse(snapshot.planType).data ?? 'unknown'),
		rateLimitReachedType: RateLimitReachedType.safeParse(snapshot.reachedType).data ?? null,
	};
}
