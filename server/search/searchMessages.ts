import type { FoundFile } from './searchTrees.ts';

// Between the server and the thread that searches.

export interface SearchOrder {
	readonly type: 'search';
	readonly id: number;
	/** Absolute. */
	readonly roots: readonly string[];
	readonly query: string;
	/** Whether to tell what was found while the roots are still being walked. */
	readonly wantsPartial: boolean;
}

export type SearchMessage = SearchOrder | { readonly type: 'cancel'; readonly id: number };

export interface SearchAnswer {
	readonly id: number;
	readonly files: readonly FoundFile[];
	readonly state: 'partial' | 'done';
}
