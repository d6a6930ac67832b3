import type {
	Approver,
	CommandDecision,
	CommandQuestion,
	FileChangeDecision,
	FileChangeQuestion,
	UserInputAnswer,
	UserInputQuestion,
} from '../approval/approver.ts';

interface Base {
	readonly turnId: string;
	/** Unix milliseconds. */
	readonly askedAt: number;
}

/** Something that waits for a person. It lives until it is answered or its turn ends, whoever is connected meanwhile. */
export type Question =
	| (Base & { readonly kind: 'command'; readonly question: CommandQuestion })
	| (Base & { readonly kind: 'fileChange'; readonly question: FileChangeQuestion })
	| (Base & { readonly kind: 'userInput'; readonly question: UserInputQuestion });

export type Decision = CommandDecision | FileChangeDecision | UserInputAnswer;

export interface QuestionListener {
	asked(question: Question): void;
	/** Answered or withdrawn: nobody has to answer any more. */
	closed(question: Question, decision: Decision): void;
}

/** The open questions of one thread. The first answer wins. */
export class Questions {
	readonly #open = new Map<Question, (decision: Decision) => void>();
	readonly #listener: QuestionListener;

	constructor(listener: QuestionListener) {
		this.#listener = listener;
	}

	get open(): readonly Question[] {
		return [...this.#open.keys()];
	}

	/** False when the question was answered or withdrawn before. */
	answer(question: Question, decision: Decision): boolean {
		const settle = this.#open.get(question);
		if (!settle) return false;
		this.#open.delete(question);
		this.#listener.closed(question, decision);
		settle(decision);
		return true;
	}

	/** The approver of one turn. An interrupt answers everything with `cancel`; a `cancel` of the person interrupts the turn. */
	approver(turn: { readonly turnId: string; readonly signal: AbortSignal; readonly interrupt: () => void }): Approver {
		const ask = <D extends Decision>(question: Question): Promise<D | { readonly type: 'cancel' }> => {
			if (turn.signal.aborted) return Promise.resolve({ type: 'cancel' });
			const { promise, resolve } = Promise.withResolvers<D | { readonly type: 'cancel' }>();
			const withdraw = () => this.answer(question, { type: 'cancel' });
			turn.signal.addEventListener('abort', withdraw, { once: true });
			this.#open.set(question, (decision) => {
				turn.signal.removeEventListener('abort', withdraw);
				if (decision.type === 'cancel') turn.interrupt();
				resolve(decision as D);
			});
			this.#listener.asked(question);
			return promise;
		};
		return {
			command: (question) => ask<CommandDecision>({ kind: 'command', turnId: turn.turnId, askedAt: Date.now(), question }),
			fileChange: (question) => ask<FileChangeDecision>({ kind: 'fileChange', turnId: turn.turnId, askedAt: Date.now(), question }),
			userInput: (question) => ask<UserInputAnswer>({ kind: 'userInput', turnId: turn.turnId, askedAt: Date.now(), question }),
		};
	}
}
