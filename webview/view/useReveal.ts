import { useEffect, useRef } from 'preact/hooks';
import { activityGroups, groupKey } from '../state/activityGroups.ts';
import type { PageStore, RevealPlace } from '../state/pageStore.ts';
import { itemKey } from '../state/itemKey.ts';
import { rowKey } from '../state/rowWindow.ts';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { usePage } from './pageContext.ts';
import { onceFocused } from './requestedFocus.ts';

/** Takes the reader to the place that the host or the search names; turns before the loaded ones are loaded until it is there. */
export function useReveal(state: ViewState, show: (row: string) => Promise<HTMLElement | null>): void {
	const page = usePage();
	const wanted = page.reveal.value;
	const place = wanted !== null && wanted.threadId === state.thread?.id ? wanted : null;
	const loading = useRef<string | null>(null);
	useEffect(() => {
		if (place === null) return;
		const row = rowOf(state, place);
		if (row !== null) {
			page.revealed(null);
			openGroupOf(page, state, place);
			void show(row).then((element) => element === null || mark(element, place));
		} else if (state.olderTurns === null || place.turnId === null) {
			page.revealed(place.turnId === null ? null : strings.placeGone);
		} else if (loading.current !== state.olderTurns) {
			loading.current = state.olderTurns;
			page.loadOlder(state.olderTurns).catch((error: unknown) => page.revealed(error instanceof Error ? error.message : String(error)));
		}
	}, [place, state.turns, state.olderTurns]);
}

/** A place inside of a folded group is shown by opening it. */
function openGroupOf(page: PageStore, { turns }: ViewState, { turnId, itemId }: RevealPlace): void {
	const turn = turns.find(({ id }) => id === turnId);
	const index = turn?.items.findIndex(({ item }) => item.id === itemId) ?? -1;
	const group = turn === undefined ? undefined : activityGroups(turn).find(({ from, to }) => index >= from && index < to);
	if (turn !== undefined && group !== undefined) page.setOpened(groupKey(turn, group), true);
}

function rowOf({ turns }: ViewState, { turnId, itemId }: RevealPlace): string | null {
	const turn = turns.find(({ id }) => id === turnId);
	const item = turn?.items.find((candidate) => candidate.item.id === itemId) ?? turn?.items[0];
	return turn === undefined || item === undefined ? null : rowKey(turn.id, itemKey(item.item));
}

/** The reader asked to be here: the keyboard and the screen reader are, too. */
function mark(element: HTMLElement, { keepsFocus }: RevealPlace): void {
	if (keepsFocus !== true) {
		element.tabIndex = -1;
		onceFocused(() => element.focus({ preventScroll: true }));
	}
	element.classList.add('row-found');
	element.addEventListener('animationend', () => element.classList.remove('row-found'), { once: true });
}
