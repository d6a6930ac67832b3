import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { FoundItem } from '../channel/replies.ts';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { IconButton } from './Icon.tsx';
import { isComposing } from './keys.ts';
import { markFound } from './markFound.ts';
import { usePage } from './pageContext.ts';
import { useRequestedFocus } from './requestedFocus.ts';

const PAUSE_MS = 150;

/** Finds words in the whole thread, also in what is not in the document. Mounted anew for each thread. */
export function FindBar({ state }: { readonly state: ViewState }): JSX.Element | null {
	const page = usePage();
	const field = useRef<HTMLInputElement>(null);
	const [query, setQuery] = useState('');
	const [found, setFound] = useState<readonly FoundItem[] | null>(null);
	const [at, setAt] = useState(0);
	const open = page.findOpen.value;
	const threadId = state.thread?.id ?? null;

	useEffect(() => {
		const onKey = (event: KeyboardEvent): void => {
			const plain = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
			if (threadId === null || !plain || event.key.toLowerCase() !== 'f') return;
			event.preventDefault();
			page.openFind();
		};
		document.addEventListener('keydown', onKey);
		return () => document.removeEventListener('keydown', onKey);
	}, [threadId]);

	useRequestedFocus(open, () => {
		field.current?.focus();
		field.current?.select();
	});

	useEffect(() => () => page.closeFind(), []);

	useEffect(() => {
		if (query.trim() === '' || open === 0) {
			setFound(null);
			return;
		}
		let current = true;
		const search = async (): Promise<void> => {
			const items = await page.find(query);
			if (!current || items === null) return;
			setFound(items);
			// The end is where the reader is, mostly.
			go(items, items.length - 1);
		};
		const timer = setTimeout(() => void search(), PAUSE_MS);
		return () => {
			current = false;
			clearTimeout(timer);
		};
	}, [query, open > 0]);

	const marked = open > 0 && found !== null && found.length > 0 ? query : '';
	useEffect(() => (marked === '' ? undefined : markFound(marked)), [marked]);

	if (open === 0 || threadId === null) {
		return null;
	}

	function go(items: readonly FoundItem[], index: number): void {
		const next = items.length === 0 ? 0 : (index + items.length) % items.length;
		setAt(next);
		const item = items[next];
		if (item !== undefined && threadId !== null) page.revealPlace({ threadId, turnId: item.turnId, itemId: item.itemId, keepsFocus: true });
	}
	const step = (by: 1 | -1): void => {
		if (found !== null) go(found, at + by);
	};
	const close = (): void => {
		page.closeFind();
		document.querySelector<HTMLElement>('.transcript')?.focus();
	};
	const result = found === null ? '' : found.length === 0 ? strings.findNothing : strings.findCount(at + 1, found.length);
	return (
		<search class="find-bar">
			<input
				ref={field}
				type="text"
				dir="auto"
				value={query}
				aria-label={strings.findLabel}
				placeholder={strings.findLabel}
				onInput={({ currentTarget }) => setQuery(currentTarget.value)}
				onKeyDown={(event) => {
					if (isComposing(event)) return;
					if (event.key === 'Escape') close();
					else if (event.key === 'Enter' || event.key === 'F3') step(event.shiftKey ? -1 : 1);
					else return;
					event.preventDefault();
					event.stopPropagation();
				}}
			/>
			<span class="find-result muted small" role="status">
				{result}
			</span>
			<IconButton icon="arrow-up" label={strings.findPrevious} onClick={() => step(-1)} />
			<IconButton icon="arrow-down" label={strings.findNext} onClick={() => step(1)} />
			<IconButton icon="close" label={strings.findClose} onClick={close} />
		</search>
	);
}
