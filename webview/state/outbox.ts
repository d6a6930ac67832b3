/** Messages on their way: from Enter until the transcript shows them. Pure; the store owns the one list. */
import type { TurnState } from './viewState.ts';

export interface OutboxEntry {
	readonly id: number;
	readonly text: string;
	/** `sending`: the host has not answered. `started`/`steered`: accepted, but not in the transcript yet. */
	readonly state: 'sending' | 'started' | 'steered';
	/** User messages with this text that were there before it was sent. */
	readonly seenBefore: number;
}

export function newEntry(id: number, text: string, turns: readonly TurnState[]): OutboxEntry {
	return { id, text, state: 'sending', seenBefore: countMessages(turns, text) };
}

/** The entries that the transcript does not show yet. */
export function unseen(outbox: readonly OutboxEntry[], turns: readonly TurnState[]): readonly OutboxEntry[] {
	if (outbox.length === 0) {
		return outbox;
	}
	const running = turns.at(-1)?.status === 'inProgress';
	const left = outbox.filter((entry) => countMessages(turns, entry.text) <= entry.seenBefore && (entry.state !== 'steered' || running));
	return left.length === outbox.length ? outbox : left;
}

function countMessages(turns: readonly TurnState[], text: string): number {
	return turns.reduce((sum, turn) => sum + turn.items.filter((item) => messageText(item.item) === text).length, 0);
}

function messageText(item: TurnState['items'][number]['item']): string | null {
	return item.type === 'userMessage' ? item.content.map((input) => (input.type === 'text' ? input.text : '')).join('') : null;
}

/** Messages that a page before this one handed over and that did not arrive: they go back to the composer. */
export function lostMessages(unconfirmed: readonly string[], turns: readonly TurnState[]): readonly string[] {
	const recent = turns.slice(-3);
	return unconfirmed.filter((text) => countMessages(recent, text) === 0);
}
