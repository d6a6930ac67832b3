import type { ToolRequestUserInputQuestion } from '../../server/protocol/approval/userInputRequest.ts';

/** What a person has chosen and typed for one question. */
export interface QuestionDraft {
	/** The label of an option; null while none is chosen. */
	readonly option: string | null;
	readonly words: string;
}

export const emptyDraft: QuestionDraft = { option: null, words: '' };

export function isAnswered({ option, words }: QuestionDraft): boolean {
	return option !== null || words.trim() !== '';
}

/** The answers as the protocol has them: own words beside the options are marked as a note. */
export function answersOf(
	questions: readonly ToolRequestUserInputQuestion[],
	drafts: Readonly<Record<string, QuestionDraft>>,
): Record<string, { answers: string[] }> {
	return Object.fromEntries(
		questions.flatMap((question) => {
			const { option, words } = drafts[question.id] ?? emptyDraft;
			const text = words.trim();
			const note = text === '' ? [] : [(question.options ?? []).length === 0 ? text : `user_note: ${text}`];
			const answers = [...(option === null ? [] : [option]), ...note];
			return answers.length === 0 ? [] : [[question.id, { answers }] as const];
		}),
	);
}
