import { useEffect, useRef, useState } from 'preact/hooks';
import type { Mention } from '../channel/messages.ts';
import type { PageStore } from '../state/pageStore.ts';
import type { ViewState } from '../state/viewState.ts';
import { attachmentIcon } from '../text/attachmentIcon.ts';
import { commandSuggestions, type Suggestion } from './slashCommands.ts';
import type { SuggestionLine } from './SuggestionList.tsx';
import { type Trigger, triggerAt } from './trigger.ts';

export interface Menu {
	readonly trigger: Trigger;
	readonly lines: readonly SuggestionLine[];
	readonly active: number;
	readonly entry: (index: number) => Suggestion | Mention | null;
}

export interface Suggestions {
	/** Null when there is nothing to offer. */
	readonly menu: Menu | null;
	readonly move: (by: number) => void;
	/** Until something else is typed. */
	readonly dismiss: () => void;
}

/** What the menu offers for the text before the cursor. Mentions are asked of the host; an answer for a former query is not shown. */
export function useSuggestions(page: PageStore, state: ViewState, { text, caret }: { readonly text: string; readonly caret: number }): Suggestions {
	const trigger = triggerAt(text, caret);
	const key = trigger === null ? '' : `${trigger.kind} ${trigger.start} ${trigger.query}`;
	const [mentions, setMentions] = useState<{ readonly query: string; readonly items: readonly Mention[] }>({ query: '', items: [] });
	const [place, setPlace] = useState({ key: '', active: 0 });
	const [dismissed, setDismissed] = useState('');
	const newest = useRef('');
	const wanted = trigger?.kind === 'mention' ? trigger.query : null;
	useEffect(() => {
		newest.current = key;
		if (wanted === null) {
			return;
		}
		page.ask('findMentions', { query: wanted }).then(
			({ items }) => {
				if (newest.current === key) setMentions({ query: wanted, items });
			},
			// Without an answer there is no menu; what is typed stays as it is.
			() => setMentions({ query: wanted, items: [] }),
		);
	}, [key]);

	// What is on the disk when the slash is typed counts.
	const opensCommands = trigger?.kind === 'command';
	useEffect(() => {
		if (opensCommands) void page.loadPrompts();
	}, [opensCommands]);
	const commands = trigger?.kind === 'command' ? commandSuggestions(trigger.query, state, page.prompts.value) : [];
	// Until the answer comes the former lines stay: a menu that blinks cannot be read.
	const found = wanted === null ? [] : mentions.items;
	const lines = trigger?.kind === 'command' ? commands : found.map(toLine);
	const open = trigger !== null && lines.length > 0 && dismissed !== key;
	const active = place.key === key ? Math.min(place.active, lines.length - 1) : 0;
	return {
		menu: open ? { trigger, lines, active, entry: (index) => (trigger.kind === 'command' ? commands[index] : found[index]) ?? null } : null,
		move: (by) => setPlace({ key, active: (active + by + lines.length) % lines.length }),
		dismiss: () => setDismissed(key),
	};
}

function toLine({ id, kind, label, detail }: Mention): SuggestionLine {
	return { id, icon: attachmentIcon(kind), label, detail };
}
