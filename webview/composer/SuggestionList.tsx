import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Suggestion } from './slashCommands.ts';
import { strings } from '../strings.ts';
import { Icon } from '../view/Icon.tsx';

export const suggestionListId = 'composer-suggestions';
export const suggestionId = (index: number): string => `composer-suggestion-${index}`;

export interface SuggestionListProps {
	readonly suggestions: readonly SuggestionLine[];
	readonly active: number;
	readonly onChoose: (index: number) => void;
}

export type SuggestionLine = Pick<Suggestion, 'id' | 'icon' | 'label' | 'detail' | 'origin'>;

/** The menu above the composer. The cursor stays in the text; the active line is told to screen readers by the text field. */
export function SuggestionList({ suggestions, active, onChoose }: SuggestionListProps): JSX.Element {
	const list = useRef<HTMLUListElement>(null);
	useEffect(() => {
		list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
	}, [active, suggestions]);
	return (
		<ul class="suggestion-list" role="listbox" id={suggestionListId} aria-label={strings.suggestionsLabel} ref={list}>
			{suggestions.map(({ id, icon, label, detail, origin }, index) => (
				<li
					key={id}
					id={suggestionId(index)}
					role="option"
					aria-selected={index === active}
					title={`${label}\n${detail}`}
					// Not a click: the text field would lose the focus first.
					onMouseDown={(event) => {
						event.preventDefault();
						onChoose(index);
					}}
				>
					<Icon name={icon} />
					<bdi class="suggestion-label">{label}</bdi>
					{origin === undefined ? null : <span class="suggestion-origin muted small">[{origin}]</span>}
					<span class="suggestion-detail muted small">{detail}</span>
				</li>
			))}
		</ul>
	);
}
