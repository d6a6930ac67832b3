import { continueGoal, goalBudgetUsed } from '../instructions/goal.ts';
import type { TokenUsage } from '../items/modelInfo.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import type { RolloutEntry, RolloutLine } from '../store/rollout/rolloutLine.ts';
import { type Goal, type GoalAccess, GoalError } from '../items/goal.ts';
import { eventMsg } from '../records/records.ts';
import { l10n } from '../words/l10n.ts';

/** Members that are left out stay as they are; a null budget takes the limit away. */
export interface GoalChange {
	readonly objective?: string | undefined;
	readonly status?: Goal['status'] | undefined;
	readonly tokenBudget?: number | null | undefined;
}

export interface ThreadGoalOptions {
	readonly threadId: string;
	readonly goal: Goal | null;
	record(entries: readonly RolloutEntry[]): void;
	/** `turnId`: the turn in which it changed; null when a client changed it. */
	changed(goal: Goal | null, turnId: string | null): void;
	now(): number;
}

const MAX_OBJECTIVE_CHARS = 4000;
/** After so many turns in a row without a call of a tool the goal waits for a person. */
export const MAX_IDLE_TURNS = 3;

/** The goal of a thread: what it is, what was used for it, and whether it wants another turn. Changes are recorded, then told. */
export class ThreadGoal implements GoalAccess {
	readonly #options: ThreadGoalOptions;
	#goal: Goal | null;
	/** Until when time is counted; null while no turn runs. */
	#countedTo: number | null = null;
	/** Whether the budget ran out and the model has not heard of it. */
	#untold = false;
	/** Turns in a row in which nothing was done, since a person said something last. */
	#idleTurns = 0;
	/** Whether the turn that runs was begun for the goal and has called no tool so far. */
	#idle = false;

	/** The request in which the model said that it is done still counts; what it used is known only at its end. */
	#completing = false;

	constructor(options: ThreadGoalOptions) {
		this.#options = options;
		this.#goal = options.goal;
	}

	get current(): Goal | null {
		return this.#goal;
	}

	/** Another objective is another goal. Throws `GoalError`. */
	set(change: GoalChange): Goal {
		if (change.tokenBudget !== undefined && change.tokenBudget !== null && change.tokenBudget <= 0)
			throw new GoalError(l10n`goal budgets must be positive when provided`);
		this.#count();
		this.#idleTurns = 0;
		const objective = change.objective === undefined ? undefined : checkObjective(change.objective);
		const before = this.#goal;
		const same = before && (objective === undefined || (objective === before.objective && before.status !== 'complete'));
		if (!same) {
			if (objective === undefined) throw new GoalError(l10n`cannot update goal for thread ${this.#options.threadId}: no goal exists`);
			return this.#change(this.#fresh(objective, change), null);
		}
		const tokenBudget = change.tokenBudget === undefined ? before.tokenBudget : change.tokenBudget;
		const status = change.status ?? (before.status === 'budgetLimited' ? 'active' : before.status);
		return this.#change(limited({ ...before, tokenBudget, status }), null);
	}

	create({ objective, tokenBudget }: { objective: string; tokenBudget: number | null }, turnId: string): Goal {
		if (this.#goal) throw new GoalError(l10n`this thread already has a goal; update_goal marks it as complete once it is`);
		if (tokenBudget !== null && tokenBudget <= 0) throw new GoalError(l10n`goal budgets must be positive when provided`);
		return this.#change(this.#fresh(checkObjective(objective), { tokenBudget }), turnId);
	}

	complete(turnId: string): Goal {
		if (!this.#goal) throw new GoalError(l10n`this thread has no goal`);
		this.#count();
		this.#completing = true;
		return this.#change({ ...this.#goal, status: 'complete' }, turnId);
	}

	/** False when there was none. */
	clear(): boolean {
		if (!this.#goal) return false;
		this.#goal = null;
		this.#untold = false;
		this.#options.record([eventMsg('tiller_goal', { goal: null })]);
		this.#options.changed(null, null);
		return true;
	}

	/** `byPerson`: somebody asked for this turn. */
	turnStarted({ byPerson }: { byPerson: boolean }): void {
		this.#countedTo = this.#options.now();
		this.#idle = !byPerson;
		if (byPerson) this.#idleTurns = 0;
	}

	/** The model does something. */
	toolCalled(): void {
		this.#idle = false;
	}

	/** One model request of a turn is over. What providers keep in a cache is not counted again. */
	used(usage: TokenUsage, turnId: string): void {
		const counts = this.#goal?.status === 'active' || this.#completing;
		this.#completing = false;
		if (!this.#goal || !counts) return;
		this.#count();
		const tokens = Math.max(0, usage.inputTokens - usage.cachedInputTokens) + usage.outputTokens;
		const after = limited({ ...this.#goal, tokensUsed: this.#goal.tokensUsed + tokens });
		this.#untold = after.status === 'budgetLimited';
		this.#change(after, turnId);
	}

	/** What the model has to be told before its next request of a turn that runs; null when nothing. */
	takeNotice(): ResponseItem | null {
		if (!this.#untold || !this.#goal) return null;
		this.#untold = false;
		return goalBudgetUsed(this.#goal);
	}

	/**
	 * Somebody who stops a turn does not want the next one to begin by itself; and a model that does nothing turn after turn needs a person:
	 * then it says `stalled`.
	 */
	turnEnded({ interrupted, turnId }: { interrupted: boolean; turnId: string }): 'stalled' | null {
		const before = this.#goal;
		this.#count();
		this.#countedTo = null;
		this.#untold = this.#completing = false;
		this.#idleTurns = this.#idle ? this.#idleTurns + 1 : 0;
		this.#idle = false;
		const stalled = !interrupted && this.#idleTurns >= MAX_IDLE_TURNS;
		if ((interrupted || stalled) && this.#goal?.status === 'active') {
			this.#change({ ...this.#goal, status: 'paused' }, turnId);
			return stalled ? 'stalled' : null;
		}
		if (this.#goal && this.#goal !== before) this.#options.record([goalEntry(this.#goal)]);
		return null;
	}

	/** What begins another turn for the goal; null when it wants none. */
	continuation(): ResponseItem | null {
		return this.#goal?.status === 'active' ? continueGoal(this.#goal) : null;
	}

	#fresh(objective: string, { status = 'active', tokenBudget = null }: GoalChange): Goal {
		const now = this.#options.now();
		return { objective, status, tokenBudget, tokensUsed: 0, timeUsedMs: 0, createdAt: now, updatedAt: now };
	}

	/** Adds the time since the last count to an active goal. */
	#count(): void {
		if (this.#countedTo === null) return;
		const now = this.#options.now();
		if (this.#goal?.status === 'active') this.#goal = { ...this.#goal, timeUsedMs: this.#goal.timeUsedMs + Math.max(0, now - this.#countedTo) };
		this.#countedTo = now;
	}

	#change(goal: Goal, turnId: string | null): Goal {
		this.#goal = { ...goal, updatedAt: this.#options.now() };
		this.#options.record([goalEntry(this.#goal)]);
		this.#options.changed(this.#goal, turnId);
		return this.#goal;
	}
}

function goalEntry(goal: Goal): RolloutEntry {
	return eventMsg('tiller_goal', { goal });
}

function limited(goal: Goal): Goal {
	const spent = goal.tokenBudget !== null && goal.tokensUsed >= goal.tokenBudget;
	return spent && goal.status === 'active' ? { ...goal, status: 'budgetLimited' } : goal;
}

function checkObjective(text: string): string {
	const objective = text.trim();
	if (objective === '') throw new GoalError(l10n`goal objective must not be empty`);
	const { length } = [...objective];
	if (length > MAX_OBJECTIVE_CHARS)
		throw new GoalError(l10n`goal objective must be at most ${MAX_OBJECTIVE_CHARS} characters, and this one has ${length}`);
	return objective;
}

/** The goal that a thread's records leave it with. */
export function recordedGoal(lines: readonly RolloutLine[]): Goal | null {
	const last = lines.findLast(({ type, payload }) => type === 'event_msg' && (payload.type === 'tiller_goal' || payload.type === 'tiller_forked'));
	const goal: unknown = last?.payload.goal;
	return isGoal(goal) ? goal : null;
}

function isGoal(value: unknown): value is Goal {
	if (typeof value !== 'object' || value === null) return false;
	const goal = value as Readonly<Record<keyof Goal, unknown>>;
	const numbers = [goal.tokensUsed, goal.timeUsedMs, goal.createdAt, goal.updatedAt];
	return (
		typeof goal.objective === 'string' &&
		['active', 'paused', 'budgetLimited', 'complete'].includes(String(goal.status)) &&
		(goal.tokenBudget === null || typeof goal.tokenBudget === 'number') &&
		numbers.every((each) => typeof each === 'number')
	);
}
