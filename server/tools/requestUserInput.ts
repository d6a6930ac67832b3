import type { UserQuestion } from '../items/approver.ts';
import { mayAskQuestions, modeNames, questionModesText } from '../items/modes.ts';
import { list, object, optional, parseArguments, required, string } from './callArguments.ts';
import type { Tool } from './tool.ts';

const readQuestions = object({
	questions: required(
		list(
			object({
				id: required(string),
				header: required(string),
				question: required(string),
				options: optional(list(object({ label: required(string), description: required(string) }))),
			}),
		),
	),
});

const text = (description: string) => ({ type: 'string', description });

export const requestUserInputTool: Tool = {
	name: 'request_user_input',
	parallel: false,
	spec: () => ({
		type: 'function',
		name: 'request_user_input',
		description: `Puts one to three short questions to the user and waits for the answers. This tool is only available in ${questionModesText}.`,
		strict: false,
		parameters: {
			type: 'object',
			properties: {
				questions: {
					type: 'array',
					description: 'The questions, shown together. One is best, three are the most.',
					items: {
						type: 'object',
						properties: {
							id: text('Names the answer in the result, in snake_case.'),
							header: text('What it is about, in at most 12 characters.'),
							question: text('The question, in one sentence.'),
							options: {
								type: 'array',
								description:
									'Two or three answers that exclude each other, the recommended one first with "(Recommended)" after its label. The user can always answer in own words too: make no option for that.',
								items: {
									type: 'object',
									properties: { label: text('The answer, in one to five words.'), description: text('What it leads to, in one sentence.') },
									required: ['label', 'description'],
									additionalProperties: false,
								},
							},
						},
						required: ['id', 'header', 'question', 'options'],
						additionalProperties: false,
					},
				},
			},
			required: ['questions'],
			additionalProperties: false,
		},
	}),
	async run(call, context) {
		const { mode } = context.settings;
		if (!mayAskQuestions(mode)) return { output: `request_user_input is unavailable in ${modeNames[mode]} mode`, success: false };
		const parsed = parseArguments(call.input, readQuestions);
		if (!parsed.ok) return { output: parsed.message, success: false };
		if (parsed.value.questions.length === 0) return { output: 'request_user_input needs at least one question', success: false };
		const without = parsed.value.questions.find(({ options }) => options === null || options.length === 0);
		if (without) return { output: `request_user_input needs options for every question; \`${without.id}\` has none`, success: false };
		const questions = parsed.value.questions.map((question): UserQuestion => ({ ...question, isOther: true, isSecret: false }));
		const answer = await context.approver.userInput({ itemId: call.callId, questions });
		if (answer.type === 'cancel') return { output: 'aborted', success: false };
		const answers = Object.fromEntries(Object.entries(answer.answers).map(([id, texts]) => [id, { answers: texts }]));
		return { output: JSON.stringify({ answers }), success: true };
	},
};
