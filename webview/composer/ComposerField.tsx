import type { JSX, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Attachment } from '../channel/attachment.ts';
import { type HistoryPlace, stepHistory } from '../state/history.ts';
import { appAttachment, isEmpty, isNamed, skillAttachment, withText } from '../state/draft.ts';
import { runningTurn, type ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { isComposing } from '../view/keys.ts';
import { usePage } from '../view/pageContext.ts';
import type { CommandContext } from './slashCommands.ts';
import { SuggestionList, suggestionId, suggestionListId } from './SuggestionList.tsx';
import { replaceTrigger } from './trigger.ts';
import { useSuggestions } from './useSuggestions.ts';

export interface ComposerFieldProps {
	readonly state: ViewState;
	readonly field: RefObject<HTMLTextAreaElement | null>;
	readonly context: CommandContext;
	readonly onSend: (delivery: 'now' | 'queue') => void;
	/** Whether the key did something. */
	readonly onEscape: () => boolean;
	readonly onTyped: () => void;
	/** The prompt of that name takes the place of what was typed. */
	readonly onExpand: (name: string) => void;
	readonly onAttach: (attachment: Attachment) => void;
	readonly onPaste: (event: ClipboardEvent) => void;
}

/** What Enter does now. */
function placeholderOf(state: ViewState): string {
	if (state.pending.length > 0) return strings.composerAskPlaceholder;
	return runningTurn(state) === null ? strings.composerPlaceholder : strings.composerSteerPlaceholder;
}

/** The text itself: sending, the menu of commands and mentions, and what was said before. */
export function ComposerField({ state, field, context, onSend, onEscape, onTyped, onExpand, onAttach, onPaste }: ComposerFieldProps): JSX.Element {
	const page = usePage();
	const [place, setPlace] = useState<HistoryPlace | null>(null);
	const [caret, setCaret] = useState(0);
	/** Where the cursor belongs once a changed text is drawn. */
	const moveTo = useRef<number | null>(null);
	const draft = page.draft;
	const { menu, move, dismiss } = useSuggestions(page, state, { text: draft.text, caret });
	useLayoutEffect(() => {
		if (moveTo.current !== null) {
			field.current?.setSelectionRange(moveTo.current, moveTo.current);
			setCaret(moveTo.current);
			moveTo.current = null;
		}
	}, [draft.text]);

	const insert = (words: string): void => {
		if (menu === null) {
			return;
		}
		const { text } = page.draft;
		const { start, end } = menu.trigger;
		// Something else may have been typed until the host answered: then what is named comes at the end.
		const same = text.slice(start, end) === draft.text.slice(start, end);
		const replaced = replaceTrigger(text, same ? menu.trigger : { ...menu.trigger, start: text.length, end: text.length }, words);
		moveTo.current = replaced.caret;
		page.setDraft({ text: replaced.text });
	};
	const choose = (index: number): void => {
		const entry = menu?.entry(index) ?? null;
		if (entry === null) {
			return;
		}
		onTyped();
		if (!('choice' in entry)) {
			page.ask('attach', { id: entry.id }).then(
				({ words, attachment }) => {
					insert(words);
					onAttach(words === '' ? attachment : { ...attachment, words });
				},
				(error: unknown) => page.showProblem(strings.attachFailed(error instanceof Error ? error.message : String(error))),
			);
		} else if (entry.choice.type === 'insert') {
			insert(entry.choice.text);
		} else if (entry.choice.type === 'skill' || entry.choice.type === 'app') {
			const named = entry.choice.type === 'skill' ? skillAttachment(entry.choice.skill) : appAttachment(entry.choice.app);
			insert(named.words ?? '');
			onAttach(named);
		} else if (entry.choice.type === 'send') {
			onSend('now');
		} else if (entry.choice.type === 'expand') {
			onExpand(entry.choice.name);
		} else {
			moveTo.current = 0;
			page.setDraft({ text: '' });
			entry.choice.run(context);
		}
	};
	const recall = (by: 1 | -1): boolean => {
		const bound = draft.attachments.filter(isNamed);
		const step = stepHistory(page.saved.peek().history, place, { by, now: { text: draft.text, skills: bound } });
		if (step === null) {
			return false;
		}
		setPlace(step.place);
		moveTo.current = step.said.text.length;
		const others = draft.attachments.filter((attachment) => !isNamed(attachment));
		page.setDraft({ text: step.said.text, attachments: [...others, ...step.said.skills] });
		return true;
	};
	/** Whether the key belonged to the menu. */
	const onMenuKey = (event: KeyboardEvent): boolean => {
		if (menu === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
			return false;
		}
		switch (event.key) {
			case 'ArrowDown':
				move(1);
				return true;
			case 'ArrowUp':
				move(-1);
				return true;
			case 'Enter':
			case 'Tab':
				choose(menu.active);
				return true;
			case 'Escape':
				dismiss();
				return true;
			default:
				return false;
		}
	};
	const onTextKey = (event: KeyboardEvent, { selectionStart, selectionEnd, value }: HTMLTextAreaElement): boolean => {
		const plain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
		switch (event.key) {
			case 'Enter':
				if (event.shiftKey || (isEmpty(draft) && (event.ctrlKey || event.metaKey))) {
					return false;
				}
				setPlace(null);
				onSend(event.altKey ? 'queue' : 'now');
				return true;
			case 'Escape':
				if (event.ctrlKey || event.metaKey) {
					// VS Code's binding of the same key would stop the turn a second time.
					event.stopPropagation();
					void page.stop();
					return true;
				}
				return onEscape();
			case 'ArrowUp':
				if (event.altKey) {
					[...document.querySelectorAll<HTMLElement>('.queue-text')].at(-1)?.focus();
					return true;
				}
				return plain && (value === '' || (place !== null && !value.slice(0, selectionEnd).includes('\n'))) && recall(1);
			case 'ArrowDown':
				return plain && place !== null && !value.slice(selectionStart).includes('\n') && recall(-1);
			default:
				return false;
		}
	};

	return (
		<>
			{menu === null ? null : <SuggestionList suggestions={menu.lines} active={menu.active} onChoose={choose} />}
			<textarea
				ref={field}
				rows={2}
				dir="auto"
				aria-label={strings.composerLabel}
				aria-describedby="composer-hint"
				aria-autocomplete="list"
				aria-haspopup="listbox"
				aria-controls={menu === null ? undefined : suggestionListId}
				aria-activedescendant={menu === null ? undefined : suggestionId(menu.active)}
				placeholder={placeholderOf(state)}
				value={draft.text}
				onInput={({ currentTarget }) => {
					onTyped();
					setPlace(null);
					setCaret(currentTarget.selectionStart);
					page.setDraft(withText(page.draft, currentTarget.value));
				}}
				onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
				onBlur={dismiss}
				onPaste={onPaste}
				onKeyDown={(event) => {
					if (!isComposing(event) && (onMenuKey(event) || onTextKey(event, event.currentTarget))) {
						event.preventDefault();
					}
				}}
			/>
		</>
	);
}
