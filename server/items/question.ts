import type {
	CommandDecision,
	CommandQuestion,
	ElicitationAnswer,
	ElicitationQuestion,
	FileChangeDecision,
	FileChangeQuestion,
	PermissionsDecision,
	PermissionsQuestion,
	UserInputAnswer,
	UserInputQuestion,
} from './approver.ts';
import type { ClientToolCall, ClientToolResult } from './clientTools.ts';

/** What can be asked, and what is answered. `cancel` is the answer of whoever withdraws a question. */
export interface QuestionKinds {
	readonly command: { readonly question: CommandQuestion; readonly answer: CommandDecision };
	readonly fileChange: { readonly question: FileChangeQuestion; readonly answer: FileChangeDecision };
	readonly permissions: { readonly question: PermissionsQuestion; readonly answer: PermissionsDecision };
	readonly userInput: { readonly question: UserInputQuestion; readonly answer: UserInputAnswer };
	readonly elicitation: { readonly question: ElicitationQuestion; readonly answer: ElicitationAnswer };
	/** Not for a person but for the client's program: a call of a tool that it implements. */
	readonly toolCall: { readonly question: ClientToolCall; readonly answer: ClientToolResult };
}

export type QuestionKind = keyof QuestionKinds;

/** Something that waits for an answer. It lives until it is answered or its turn ends, whoever is connected meanwhile. */
export type Question = {
	readonly [K in QuestionKind]: {
		readonly kind: K;
		/** Empty: it belongs to no turn. */
		readonly turnId: string;
		/** Unix milliseconds. */
		readonly askedAt: number;
		readonly question: QuestionKinds[K]['question'];
	};
}[QuestionKind];

export type Answer = QuestionKinds[QuestionKind]['answer'];

/** Whether a person has to answer, and not a program. */
export function isForPeople(question: Question): boolean {
	return question.kind !== 'toolCall';
}

export interface QuestionListener {
	asked(question: Question): void;
	/** Answered or withdrawn: nobody has to answer any more. `by`: the client that answered; null when none did. */
	closed(question: Question, answer: Answer, by: string | null): void;
}
