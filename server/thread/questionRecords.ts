import type { RolloutEntry } from '../store/rolloutLine.ts';
import { type Answer, isForPeople, type Question } from './questions.ts';
import { eventMsg } from './records.ts';
import type { ThreadStatus } from './threadPorts.ts';

/** Who was asked what, and what was answered. */
export function approvalEntry(question: Extract<Question, { readonly question: { readonly itemId: string } }>, answer: Answer): RolloutEntry {
	return eventMsg('tiller_approval', {
		turn_id: question.turnId,
		item_id: question.question.itemId,
		kind: question.kind,
		decision: answer,
		asked_at_ms: question.askedAt,
	});
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
