import type { RolloutEntry } from '../store/rollout/rolloutLine.ts';
import type { Answer, Question } from '../items/question.ts';
import { eventMsg } from './records.ts';

/** What was asked, what was answered, and by which client; null when the server withdrew the question. */
export function approvalEntry(
	question: Extract<Question, { readonly question: { readonly itemId: string } }>,
	{ answer, by }: { readonly answer: Answer; readonly by: string | null },
): RolloutEntry {
	return eventMsg('tiller_approval', {
		turn_id: question.turnId,
		item_id: question.question.itemId,
		kind: question.kind,
		decision: withoutSecrets(question, answer),
		asked_at_ms: question.askedAt,
		answered_by: by,
	});
}

/** What was typed unseen is not written where everybody can read it. */
function withoutSecrets(question: Question, answer: Answer): Answer {
	// What was filled in is for the server that asked, and for nobody else.
	if (answer.type === 'elicited') return { ...answer, content: null, meta: null };
	if (question.kind !== 'userInput' || answer.type !== 'answered') return answer;
	const secret = new Set(question.question.questions.filter((each) => each.isSecret).map((each) => each.id));
	const known = new Set(question.question.questions.map((each) => each.id));
	const answers = Object.entries(answer.answers).map(([id, texts]) => [id, secret.has(id) || !known.has(id) ? ['(not recorded)'] : texts] as const);
	return { type: 'answered', answers: Object.fromEntries(answers) };
}
