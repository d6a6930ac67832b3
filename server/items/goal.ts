import { TextError } from '../words/l10n.ts';
/** What a thread works towards over many turns. Times are Unix milliseconds. */
export interface Goal {
	readonly objective: string;
	readonly status: 'active' | 'paused' | 'budgetLimited' | 'complete';
	/** Null: without a limit. */
	readonly tokenBudget: number | null;
	readonly tokensUsed: number;
	readonly timeUsedMs: number;
	readonly createdAt: number;
	readonly updatedAt: number;
}

/** A wish that cannot be fulfilled. The message is for whoever had it, a person or the model. */
export class GoalError extends TextError {}

/** The goal of one thread, as its tools see it. */
export interface GoalAccess {
	readonly current: Goal | null;
	/** Throws `GoalError`. */
	create(goal: { readonly objective: string; readonly tokenBudget: number | null }, turnId: string): Goal;
	/** Throws `GoalError`. */
	complete(turnId: string): Goal;
}
