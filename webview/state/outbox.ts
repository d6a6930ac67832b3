/** Messages on their way: from Enter until the transcript, or the queue, shows them. Pure; the store owns the one list. */
import type { SentMessage } from '../../server/protocol/thread/turnQueue.ts';
import type { Draft } from './draft.ts';
import { inputOf } from './draft.ts';
import type { TurnState, ViewState } from './viewState.ts';

export interface OutboxEntry {
	/** Our own id of the message; a server with a queue gives it back with the item. */
	readonly id: string;
	readonly draft: Draft;
	/** `sending`: the host has not answered. The others: accepted, but not in the transcript yet. */
	readonly state: 'sending' | 'started' | 'steered' | 'queued';
	/** User messages with this text that were there before it was sent. */
	readonly seenBefore: number;
}

export function newEntry(id: string, draft: Draft, turns: readonly TurnState[]): OutboxEntry {
	return { id, draft, state: 'sending', seenBefore: countMessages(turns, textOf(inputOf(draft))) };
}

type Shown = Pick<ViewState, 'turns' | 'queue'>;

/** The entries that neither the transcript nor the queue shows yet. */
export function unseen(outbox: readonly OutboxEntry[], { turns, queue }: Shown): readonly OutboxEntry[] {
	if (outbox.length === 0) {
		return outbox;
	}
	const running = turns.at(-1)?.status === 'inProgress';
	const left = outbox.filter((entry) => {
		if (entry.state === 'queued' || isKnown(entry.id, { turns, queue })) {
			return false;
		}
		return countMessages(turns, textOf(inputOf(entry.draft))) <= entry.seenBefore && (entry.state !== 'steered' || running);
	});
	return left.length === outbox.length ? outbox : left;
}

/** What waits and is no item of the thread yet. */
export function waitingMessages({ turns, queue }: Shown, state: SentMessage['state']): readonly SentMessage[] {
	const items = new Set(turns.slice(-3).flatMap((turn) => turn.items.map(({ item }) => item.id)));
	return queue.messages.filter((message) => message.state === state && !items.has(message.id));
}

/** Whether the server names this message, as waiting or as an item. */
function isKnown(id: string, { turns, queue }: Shown): boolean {
	if (queue.messages.some((message) => message.clientMessageId === id)) {
		return true;
	}
	return turns.some((turn) => turn.items.some(({ item }) => item.type === 'userMessage' && item.clientMessageId === id));
}

/** Whether a message that a page before this one handed over has arrived. */
export function hasArrived({ id, draft }: Pick<OutboxEntry, 'id' | 'draft'>, shown: Shown): boolean {
	return isKnown(id, shown) || countMessages(shown.turns.slice(-3), textOf(inputOf(draft))) > 0;
}

/** Only for a server that gives no ids back: the others say themselves which message it is. */
function countMessages(turns: readonly TurnState[], text: string): number {
	const same = ({ item }: TurnState['items'][number]): boolean =>
		item.type === 'userMessage' && item.clientMessageId === undefined && textOf(item.content) === text;
	return turns.reduce((sum, turn) => sum + turn.items.filter(same).length, 0);
}

export function textOf(content: Readonly<SentMessage['input']>): string {
	return content.map((input) => (input.type === 'text' ? input.text : '')).join('');
}
