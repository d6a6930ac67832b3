import type { Approver } from '../items/approver.ts';
import type { ClientTools } from '../items/clientTools.ts';
import { type Answer, isForPeople, type Question, type QuestionKind, type QuestionKinds, type QuestionListener } from '../items/question.ts';
import type { ThreadStatus } from './threadPorts.ts';

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

	/** How one turn asks, or, with an empty id, what is no turn. An interrupt answers everything with `cancel`; a `cancel` of the person interrupts the turn. */
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
			command: (question, withdrawn, asking) => {
				asking?.();
				return ask('command', question, withdrawn);
			},
			fileChange: (question) => ask('fileChange', question),
			permissions: (question) => ask('permissions', question),
			userInput: (question) => ask('userInput', question),
			elicitation: (question, withdrawn) => ask('elicitation', question, withdrawn),
			callTool: (call) => ask('toolCall', call),
		};
	}
}

/** The status of a thread whose turn runs while these questions are open. */
export function waitingStatus(open: readonly Question[]): Extract<ThreadStatus, { readonly type: 'active' }> {
	const waiting = open.filter(isForPeople);
	return {
		type: 'active',
		waitingOnApproval: waiting.some((question) => question.kind !== 'userInput'),
		waitingOnUserInput: waiting.some((question) => question.kind === 'userInput'),
	};
}
