import type { PlanStep } from '../items/item.ts';
import { list, object, oneOf, optional, parseArguments, required, string } from './callArguments.ts';
import type { Tool } from './tool.ts';

const statusNames = { pending: 'pending', in_progress: 'inProgress', completed: 'completed' } as const;

const readPlan = object({
	explanation: optional(string),
	plan: required(list(object({ step: required(string), status: required(oneOf('pending', 'in_progress', 'completed')) }))),
});

export const updatePlanTool: Tool = {
	name: 'update_plan',
	parallel: false,
	spec: () => ({
		type: 'function',
		name: 'update_plan',
		description:
			'Shows the user the plan for a task with several steps, and how far it has come. Send the whole plan every time. At most one step is in progress.',
		strict: false,
		parameters: {
			type: 'object',
			properties: {
				explanation: { type: 'string', description: 'Why the plan changed, in a sentence.' },
				plan: {
					type: 'array',
					description: 'The steps in their order.',
					items: {
						type: 'object',
						properties: {
							step: { type: 'string', description: 'What is done, in a few words.' },
							status: { type: 'string', enum: Object.keys(statusNames) },
						},
						required: ['step', 'status'],
						additionalProperties: false,
					},
				},
			},
			required: ['plan'],
			additionalProperties: false,
		},
	}),
	run(call, context) {
		const parsed = parseArguments(call.input, readPlan);
		if (!parsed.ok) return Promise.resolve({ output: parsed.message, success: false });
		const plan = parsed.value.plan.map(({ step, status }): PlanStep => ({ step, status: statusNames[status] }));
		context.emit({ type: 'planUpdated', turnId: context.turnId, explanation: parsed.value.explanation, plan });
		return Promise.resolve({ output: 'Plan updated', success: true });
	},
};
