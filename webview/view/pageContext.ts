import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PageStore } from '../state/pageStore.ts';

export const PageContext = createContext<PageStore | null>(null);

export function usePage(): PageStore {
	const page = useContext(PageContext);
	if (page === null) {
		throw new Error('A component of the page was drawn outside <App>.');
	}
	return page;
}

/** What the cards of an item are remembered by; null outside of items. */
export const ItemScope = createContext<string | null>(null);
