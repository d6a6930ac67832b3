import type { TurnEvent } from '../items/events.ts';
import { toEntries } from '../records/records.ts';
import type { RolloutEntry } from '../store/rollout/rolloutLine.ts';
import type { ForeignTurn } from './foreignSession.ts';

const MARK = 'This conversation was imported from another agent. What it did before this point was done there.';

/** The records of a conversation of another agent, as if it had been held here. `newId` names turns and items; `now`: Unix milliseconds. */
export function importedRecords(
	turns: readonly ForeignTurn[],
	{ newId, now }: { readonly newId: () => string; readonly now: () => number },
): readonly RolloutEntry[] {
	return turns.flatMap((turn, index) => turnEvents(turn, { isLast: index === turns.length - 1, newId, now }).flatMap((event) => toEntries(event)));
}

function turnEvents(
	{ input, answers, startedAt }: ForeignTurn,
	{ isLast, newId, now }: { readonly isLast: boolean; readonly newId: () => string; readonly now: () => number },
): readonly TurnEvent[] {
	const turnId = newId();
	const at = startedAt ?? now();
	const message = { type: 'userMessage', id: newId(), content: [{ type: 'text', text: input, textElements: [] }] } as const;
	const answer = (text: string) => ({ type: 'itemCompleted', turnId, at, item: { type: 'agentMessage', id: newId(), text, phase: null } }) as const;
	return [
		{ type: 'turnStarted', turnId, at, contextWindow: null, mode: 'default' },
		{ type: 'history', turnId, item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] } },
		{ type: 'itemCompleted', turnId, at, item: message },
		...answers.flatMap((text): readonly TurnEvent[] => [
			{ type: 'history', turnId, item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] } },
			answer(text),
		]),
		...(isLast ? [answer(MARK)] : []),
		{ type: 'turnEnded', turnId, at, durationMs: 0, end: { status: 'completed' }, lastMessage: answers.at(-1) ?? null },
	];
}
