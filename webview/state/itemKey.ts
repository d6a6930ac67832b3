import type { ThreadItem } from '../../server/protocol/thread/item.ts';

/** What tells the items of a turn apart: the beginning and the end of a review have one id. */
export function itemKey(item: ThreadItem): string {
	return item.type === 'exitedReviewMode' ? `${item.id}/exited` : item.id;
}
