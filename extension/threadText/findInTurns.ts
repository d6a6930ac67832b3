import type { Turn } from '../../server/protocol/thread/turn.ts';
import type { FoundItem } from '../../webview/channel/replies.ts';
import type { TextWords } from './textWords.ts';
import { itemText } from './threadMarkdown.ts';

/** The items that have a text, without regard to capitals, oldest first, with how often they have it. Pure. */
export function findInTurns(turns: readonly Turn[], query: string, words: TextWords): readonly FoundItem[] {
	const wanted = query.toLowerCase();
	if (wanted.trim() === '') return [];
	return turns.flatMap(({ id: turnId, items }) =>
		items.flatMap((item) => {
			// The marks of code blocks are not in the item itself.
			const text = (itemText(item, words)?.body ?? '').replace(/^`{3,}\w*$/gm, '').toLowerCase();
			const count = text.split(wanted).length - 1;
			return count === 0 ? [] : [{ turnId, itemId: item.id, count }];
		}),
	);
}
