import { type Goal, type GoalAccess, GoalError } from '../items/goal.ts';
import { number, object, optional, parseArguments, required, string } from '../tools/callArguments.ts';
import type { Tool, ToolContext, ToolOutcome } from '../tools/tool.ts';

/** `goalOf`: the goal of a loaded thread. */
export function goalTools(goalOf: (threadId: string) => GoalAccess | null): readonly Tool[] {
	const tool = (
		name: string,
		about: { readonly description: string; readonly properties: Readonly<Record<string, unknown>>; readonly required: readonly string[] },
		act: (goal: GoalAccess, input: string, context: ToolContext) => ToolOutcome,
	): Tool => ({
		name,
		parallel: false,
		spec: (settings) =>
			settings.goals
				? {
						type: 'function',
						name,
						description: about.description,
						strict: false,
						parameters: { type: 'object', properties: about.properties, required: about.required, additionalProperties: false },
					}
				: null,
		run(call, context) {
			const goal = goalOf(context.threadId);
			if (!goal || !context.settings.goals) return Promise.resolve({ output: `unsupported call: ${name}`, success: false });
			try {
				return Promise.resolve(act(goal, call.input, context));
			} catch (error) {
				if (error instanceof GoalError) return Promise.resolve({ output: error.message, success: false });
				throw error;
			}
		},
	});

	return [
		tool(
			'get_goal',
			{ description: 'Shows the goal of this thread, if it has one, with its budget and what was used of it.', properties: {}, required: [] },
			(goal, _input, context) => told(goal.current, context, null),
		),
		tool(
			'create_goal',
			{
				description:
					'Gives this thread a goal that is worked towards over as many turns as it takes. Only when the user asks for one; a task alone is no goal. Fails when there is one already.',
				properties: {
					objective: { type: 'string', description: 'What is to be reached, so that one can tell when it is.' },
					token_budget: { type: 'number', description: 'How many tokens may be used. Only when the user names a limit.' },
				},
				required: ['objective'],
			},
			(goal, input, context) => {
				const parsed = parseArguments(input, object({ objective: required(string), token_budget: optional(number) }));
				if (!parsed.ok) return { output: parsed.message, success: false };
				const { objective, token_budget: tokenBudget } = parsed.value;
				return told(goal.create({ objective, tokenBudget }, context.turnId), context, null);
			},
		),
		tool(
			'update_goal',
			{
				description:
					'Marks the goal as complete, once it is reached and you have checked that nothing is left to do. Running out of budget, or stopping, is not completing. Only the user pauses a goal and goes on with it.',
				properties: { status: { type: 'string', enum: ['complete'] } },
				required: ['status'],
			},
			(goal, input, context) => {
				const parsed = parseArguments(input, object({ status: required(string) }));
				if (!parsed.ok) return { output: parsed.message, success: false };
				if (parsed.value.status !== 'complete') {
					return { output: 'update_goal can only mark the goal as complete; everything else is decided by the user', success: false };
				}
				const done = goal.complete(context.turnId);
				return told(done, context, report(done));
			},
		),
	];
}

function report(goal: Goal): string {
	const tokens = goal.tokenBudget === null ? `${goal.tokensUsed} tokens` : `${goal.tokensUsed} of ${goal.tokenBudget} tokens`;
	return `The goal is reached. Tell the user what it took: ${tokens}, ${Math.floor(goal.timeUsedMs / 1000)} seconds.`;
}

function told(goal: Goal | null, context: ToolContext, completionBudgetReport: string | null): ToolOutcome {
	const shown = goal && {
		threadId: context.threadId,
		objective: goal.objective,
		status: goal.status,
		tokenBudget: goal.tokenBudget,
		tokensUsed: goal.tokensUsed,
		timeUsedSeconds: Math.floor(goal.timeUsedMs / 1000),
		createdAt: Math.floor(goal.createdAt / 1000),
		updatedAt: Math.floor(goal.updatedAt / 1000),
	};
	const remainingTokens = goal === null || goal.tokenBudget === null ? null : Math.max(0, goal.tokenBudget - goal.tokensUsed);
	return { output: JSON.stringify({ goal: shown, remainingTokens, completionBudgetReport }, null, 2), success: true };
}
