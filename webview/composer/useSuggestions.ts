import { useEffect, useRef, useState } from 'preact/hooks';
import type { Mention } from '../channel/attachment.ts';
import type { PageStore } from '../state/pageStore.ts';
import { isBound } from '../state/draft.ts';
import type { ViewState } from '../state/viewState.ts';
import { attachmentIcon } from '../text/attachmentIcon.ts';
import { commandSuggestions, type Suggestion } from './slashCommands.ts';
import { appSuggestions } from './appSuggestions.ts';
import { skillSuggestions } from './skillSuggestions.ts';
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

	// What is there when the slash or the dollar is typed counts.
	const kind = trigger?.kind ?? null;
	useEffect(() => {
		if (kind === 'command') page.loadPrompts();
		if (kind === 'skill') page.loadNamed();
	}, [kind]);
	// Until an answer comes the former lines stay: a menu that blinks cannot be read.
	const entries = entriesOf(trigger, { page, state, mentions: mentions.items });
	const lines = entries.map((entry) => ('choice' in entry ? entry : toLine(entry)));
	const open = trigger !== null && lines.length > 0 && dismissed !== key;
	const active = place.key === key ? Math.min(place.active, lines.length - 1) : 0;
	return {
		menu: open ? { trigger, lines, active, entry: (index) => entries[index] ?? null } : null,
		move: (by) => setPlace({ key, active: (active + by + lines.length) % lines.length }),
		dismiss: () => setDismissed(key),
	};
}

interface Sources {
	readonly page: PageStore;
	readonly state: ViewState;
	readonly mentions: readonly Mention[];
}

function entriesOf(trigger: Trigger | null, { page, state, mentions }: Sources): readonly (Suggestion | Mention)[] {
	switch (trigger?.kind) {
		case 'command':
			return commandSuggestions(trigger.query, state, page.prompts.value);
		case 'skill':
			// A name that stands for a skill or an app is no question: Enter sends.
			return isBound(page.draft, `$${trigger.query}`)
				? []
				: [...skillSuggestions(trigger.query, page.skills.value), ...appSuggestions(trigger.query, state.apps ?? [])];
		case 'mention':
			return mentions;
		case undefined:
			return [];
	}
}

function toLine({ id, kind, label, detail }: Mention): SuggestionLine {
	return { id, icon: attachmentIcon(kind), label, detail };
}
