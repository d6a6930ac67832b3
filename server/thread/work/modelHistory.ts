import type { TokenUsage } from '../../items/modelInfo.ts';
import { sendableItems } from '../../model/history/sendableItems.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import { type ContextUse, contextUse } from './contextParts.ts';
import { itemTokens, textTokens } from '../../model/catalogue/tokenEstimate.ts';

/** What the model sees of a thread, in order, and how much room it takes. */
export class ModelHistory {
	#items: ResponseItem[];
	/** What the provider counted last, instructions included, and how many of the items that were. */
	#counted: { readonly tokens: number; readonly items: number } | null = null;
	#compacted = false;
	/** What the provider counted of the first request after each compaction. */
	#floors: number[] = [];

	constructor(items: readonly ResponseItem[]) {
		this.#items = [...items];
	}

	add(item: ResponseItem): void {
		this.#items.push(item);
	}

	replace(items: readonly ResponseItem[]): void {
		this.#items = [...items];
		this.#counted = null;
	}

	/** A compaction made these items of all before. */
	compact(items: readonly ResponseItem[]): void {
		this.replace(items);
		this.#compacted = true;
	}

	/** Whether two compactions in a row left as much as this, in tokens: then a third one would too. Says so once. */
	isStuckAt(tokens: number): boolean {
		const [before, last] = this.#floors.slice(-2);
		if (before === undefined || last === undefined || Math.min(before, last) < tokens) return false;
		this.#floors = [];
		return true;
	}

	/** The newest text of a message that begins so; null when the model sees none. */
	lastText(opening: string): string | null {
		for (const item of this.#items.toReversed()) {
			if (item.type !== 'message') continue;
			const part = item.content.findLast((each) => 'text' in each && each.text.startsWith(opening));
			if (part && 'text' in part) return part.text;
		}
		return null;
	}

	/** Whether there is anything but what people said. */
	get hasAnswers(): boolean {
		return this.#items.some((item) => item.type !== 'message' || item.role === 'assistant');
	}

	get isEmpty(): boolean {
		return this.#items.length === 0;
	}

	/** The provider has counted a request and its answer, which is all that is here now. */
	counted({ inputTokens, totalTokens: tokens }: TokenUsage): void {
		if (this.#compacted) this.#floors.push(inputTokens);
		this.#compacted = false;
		this.#counted = { tokens, items: this.#items.length };
	}

	/** Size of the next request in tokens: what was counted, and an estimate of what came after, such as the outputs of tools (S128). */
	tokens(instructions: string): number {
		const { tokens, items } = this.#counted ?? { tokens: textTokens(instructions), items: 0 };
		return this.#items.slice(items).reduce((sum, item) => sum + itemTokens(item), tokens);
	}

	/** What the next request is made of. */
	use(instructions: string): ContextUse {
		return contextUse(this.#items, { instructions, tokens: this.tokens(instructions) });
	}

	/** The items of the next request. */
	forRequest(): readonly ResponseItem[] {
		return sendableItems(this.#items);
	}
}
