import type {
	Approver,
	CommandDecision,
	CommandQuestion,
	FileChangeDecision,
	FileChangeQuestion,
	PermissionsDecision,
	PermissionsQuestion,
	UserInputAnswer,
	UserInputQuestion,
} from '../items/approver.ts';
import type { ClientToolCall, ClientToolResult, ClientTools } from '../items/clientTools.ts';

/** What can be asked, and what is answered. `cancel` is the answer of whoever withdraws a question. */
export interface QuestionKinds {
	readonly command: { readonly question: CommandQuestion; readonly answer: CommandDecision };
	readonly fileChange: { readonly question: FileChangeQuestion; readonly answer: FileChangeDecision };
	readonly permissions: { readonly question: PermissionsQuestion; readonly answer: PermissionsDecision };
	readonly userInput: { readonly question: UserInputQuestion; readonly answer: UserInputAnswer };
	/** Not for a person but for the client's program: a call of a tool that it implements. */
	readonly toolCall: { readonly question: ClientToolCall; readonly answer: ClientToolResult };
}

export type QuestionKind = keyof QuestionKinds;

/** Something that waits for an answer. It lives until it is answered or its turn ends, whoever is connected meanwhile. */
export type Question = {
	readonly [K in QuestionKind]: {
		readonly kind: K;
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

/** The open questions of one thread. The first answer wins. */
export class Questions {
	readonly #open = new Map<Question, (answer: Answer) => void>();
	readonly #listener: QuestionListener;

	constructor(listener: QuestionListener) {
		this.#listener = listener;
	}

	get open(): readonly Question[] {
		return [...this.#open.keys()];
	}

	/** False when the question was answered or withdrawn before. */
	answer(question: Question, answer: Answer, by: string | null = null): boolean {
		const settle = this.#open.get(question);
		if (!settle) return false;
		this.#open.delete(question);
		this.#listener.closed(question, answer, by);
		settle(answer);
		return true;
	}

	/** How one turn asks. An interrupt answers everything with `cancel`; a `cancel` of the person interrupts the turn. */
	asker(turn: { readonly turnId: string; readonly signal: AbortSignal; readonly interrupt: () => void }): Approver & ClientTools {
		const ask = <K extends QuestionKind>(
			kind: K,
			asked: QuestionKinds[K]['question'],
			withdrawn?: AbortSignal,
		): Promise<QuestionKinds[K]['answer'] | { type: 'cancel' }> => {
			if (turn.signal.aborted) return Promise.resolve({ type: 'cancel' });
			const question = { kind, turnId: turn.turnId, askedAt: Date.now(), question: asked } as Question;
			const { promise, resolve } = Promise.withResolvers<Answer>();
			const withdraw = () => this.answer(question, { type: 'cancel' });
			const drop = () => this.answer(question, { type: 'decline' });
			turn.signal.addEventListener('abort', withdraw, { once: true });
			withdrawn?.addEventListener('abort', drop, { once: true });
			this.#open.set(question, (answer) => {
				turn.signal.removeEventListener('abort', withdraw);
				withdrawn?.removeEventListener('abort', drop);
				if (answer.type === 'cancel') turn.interrupt();
				resolve(answer);
			});
			this.#listener.asked(question);
			if (withdrawn?.aborted) drop();
			return promise as Promise<QuestionKinds[K]['answer']>;
		};
		return {
			command: (question, withdrawn) => ask('command', question, withdrawn),
			fileChange: (question) => ask('fileChange', question),
			permissions: (question) => ask('permissions', question),
			userInput: (question) => ask('userInput', question),
			callTool: (call) => ask('toolCall', call),
		};
	}
}
