import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { shellScriptOf } from '../../server/protocol/approval/shellScript.ts';
import type { PendingQuestion } from '../channel/questions.ts';
import { findItem, type TurnState, type ViewState } from '../state/viewState.ts';
import { mcpTitle } from '../mcp/mcpTitle.ts';
import { strings } from '../strings.ts';

/** The page's one live region: says when a turn begins, ends, or waits for an answer. */
export function Announcer({ state }: { readonly state: ViewState }): JSX.Element {
	const [words, setWords] = useState('');
	const before = useRef<{ readonly thread: string | null; readonly turn: string | null; readonly status: TurnState['status'] | null } | null>(null);
	const asked = useRef('');
	const thread = state.thread?.id ?? null;
	const turn = state.turns.at(-1) ?? null;
	const question = state.pending[0];

	useEffect(() => {
		const last = before.current;
		before.current = { thread, turn: turn?.id ?? null, status: turn?.status ?? null };
		// What a thread brings along when it is opened is no news.
		if (last === null || turn === null || (last.thread !== thread && last.thread !== null)) {
			return;
		}
		if (last.turn !== turn.id || last.status !== turn.status) {
			setWords(turnWords(turn));
		}
	}, [thread, turn?.id, turn?.status]);

	const added = turn === null ? 0 : (state.turnProblems?.[turn.id]?.addedCount ?? 0);
	const told = useRef<string | null>(turn?.id ?? null);
	useEffect(() => {
		// Of a turn that ended before anybody listened it is no news.
		if (turn === null || turn.status === 'inProgress') told.current = null;
		else if (added > 0 && told.current === null) {
			told.current = turn.id;
			setWords(strings.announceProblems(added));
		}
	}, [turn?.id, turn?.status, added]);

	useEffect(() => {
		const key = question?.key ?? '';
		if (key !== asked.current && question !== undefined) {
			const words = questionWords(question, state);
			setWords(question.kind === 'userInput' ? strings.announceQuestion(words) : strings.announceApproval(words));
		}
		asked.current = key;
	}, [question?.key]);

	return (
		<div class="sr-only" role="status" aria-live="polite">
			{words}
		</div>
	);
}

function turnWords(turn: TurnState): string {
	switch (turn.status) {
		case 'inProgress':
			return strings.announceWorking;
		case 'interrupted':
			return strings.announceStopped;
		case 'failed':
			return strings.announceFailed(turn.error?.message ?? '');
		case 'completed': {
			// Somebody who listens wants the answer; somebody who looks has it before their eyes.
			const answer = turn.items.findLast(({ item }) => item.type === 'agentMessage')?.item;
			const listens = document.body.classList.contains('vscode-using-screen-reader');
			return listens && answer?.type === 'agentMessage' ? `${strings.announceDone}. ${answer.text.slice(0, 2000)}` : strings.announceDone;
		}
	}
}

function questionWords(question: PendingQuestion, state: ViewState): string {
	if (question.kind === 'userInput') {
		return question.params.questions.map((each) => each.question).join(' ');
	}
	if (question.kind === 'elicitation') return question.params.message;
	if (question.kind === 'mcpApproval') return mcpTitle(question.params);
	if (question.kind === 'command') {
		return question.params.networkApprovalContext?.host ?? shellScriptOf(question.params.command ?? '');
	}
	const item = findItem(state, question.params.turnId, question.params.itemId)?.item;
	return strings.announceApprovalFiles(item?.type === 'fileChange' ? item.changes.length : 1);
}
