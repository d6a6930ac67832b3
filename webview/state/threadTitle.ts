import { messageTitle } from '../../server/protocol/thread/messageTitle.ts';
import { strings } from '../strings.ts';
import type { ViewState } from './viewState.ts';

/** A thread that has just begun has no preview yet: its first message stands for it. */
export function threadTitle({ thread, turns, olderTurns }: ViewState): string {
	const named = messageTitle(thread?.name ?? thread?.preview ?? '');
	if (named !== '' || olderTurns !== null) {
		return named || strings.untitled;
	}
	const first = turns[0]?.items.find(({ item }) => item.type === 'userMessage')?.item;
	const text = first?.type === 'userMessage' ? first.content.map((input) => (input.type === 'text' ? input.text : '')).join(' ') : '';
	return messageTitle(text) || strings.untitled;
}
