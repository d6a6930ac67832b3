import type { ServerNotification } from '../protocol/serverMessages.ts';
import type { ThreadGoal as WireGoal } from '../protocol/thread/threadGoal.ts';
import type { Goal } from '../items/goal.ts';

export function toWireGoal(threadId: string, goal: Goal): WireGoal {
	const seconds = (ms: number) => Math.floor(ms / 1000);
	const { objective, status, tokenBudget, tokensUsed } = goal;
	return {
		threadId,
		objective,
		status,
		tokenBudget,
		tokensUsed,
		timeUsedSeconds: seconds(goal.timeUsedMs),
		createdAt: seconds(goal.createdAt),
		updatedAt: seconds(goal.updatedAt),
	};
}

export function toGoalNotification(threadId: string, goal: Goal | null, turnId: string | null): ServerNotification {
	if (goal === null) return { method: 'thread/goal/cleared', params: { threadId } };
	return { method: 'thread/goal/updated', params: { threadId, turnId, goal: toWireGoal(threadId, goal) } };
}
