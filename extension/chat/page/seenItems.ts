import { messageTitle } from '../../../server/protocol/thread/messageTitle.ts';
import type { FileUpdateChange, ThreadItem } from '../../../server/protocol/thread/item.ts';
import type { Turn } from '../../../server/protocol/thread/turn.ts';

/** Characters of a message that stand for its turn. */
const TITLE_LENGTH = 80;

/** What later requests need of the items that the shown thread had: the changes of its patches, and how each turn began. */
export class SeenItems {
	readonly #fileChanges = new Map<string, readonly FileUpdateChange[]>();
	readonly #turnTitles = new Map<string, string>();

	/** The changes of a patch that was shown; undefined when it is not known (any more). */
	fileChanges(itemId: string): readonly FileUpdateChange[] | undefined {
		return this.#fileChanges.get(itemId);
	}

	/** What the person said at the beginning of a turn, in one line; null when the turn was not seen here. */
	turnTitle(turnId: string): string | null {
		return this.#turnTitles.get(turnId) ?? null;
	}

	take(turnId: string, item: ThreadItem): void {
		if (item.type === 'fileChange') this.#fileChanges.set(item.id, item.changes);
		if (item.type !== 'userMessage' || this.#turnTitles.has(turnId)) return;
		const text = item.content.map((input) => (input.type === 'text' ? input.text : '')).join(' ');
		this.#turnTitles.set(turnId, messageTitle(text, TITLE_LENGTH));
	}

	takeTurns(turns: readonly Turn[]): void {
		for (const turn of turns) {
			for (const item of turn.items) this.take(turn.id, item);
		}
	}

	/** Before the thread is read again: what it has now counts. */
	clearChanges(): void {
		this.#fileChanges.clear();
	}

	clear(): void {
		this.#fileChanges.clear();
		this.#turnTitles.clear();
	}
}
