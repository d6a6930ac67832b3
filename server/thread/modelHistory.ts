import type { TokenUsage } from '../model/model.ts';
import { pairCalls } from '../model/pairCalls.ts';
import type { ResponseItem } from '../model/responseItem.ts';
import { itemTokens, textTokens } from '../model/tokenEstimate.ts';

/** What the model sees of a thread, in order, and how much room it takes. */
export class ModelHistory {
	#items: ResponseItem[];
	/** What the provider counted last, instructions included, and how many of the items that were. */
	#counted: { readonly tokens: number; readonly items: number } | null = null;
	#replaced = false;
	#floor: number | null = null;

	constructor(items: readonly ResponseItem[]) {
		this.#items = [...items];
	}

	add(item: ResponseItem): void {
		this.#items.push(item);
	}

	replace(items: readonly ResponseItem[]): void {
		this.#items = [...items];
		this.#counted = null;
		this.#replaced = true;
		this.#floor = null;
	}

	/** What the provider counted of the first request after a compaction: it cannot become less by another one. Null: not known. */
	get floor(): number | null {
		return this.#floor;
	}

	get isEmpty(): boolean {
		return this.#items.length === 0;
	}

	/** The provider has counted a request and its answer, which is all that is here now. */
	counted({ inputTokens, totalTokens: tokens }: TokenUsage): void {
		if (this.#replaced) this.#floor = inputTokens;
		this.#replaced = false;
		this.#counted = { tokens, items: this.#items.length };
	}

	/** Size of the next request in tokens: what was counted, and an estimate of what came after, such as the outputs of tools (S128). */
	tokens(instructions: string): number {
		const { tokens, items } = this.#counted ?? { tokens: textTokens(instructions), items: 0 };
		return this.#items.slice(items).reduce((sum, item) => sum + itemTokens(item), tokens);
	}

	/** The items of the next request. */
	forRequest(): readonly ResponseItem[] {
		return pairCalls(this.#items);
	}
}
