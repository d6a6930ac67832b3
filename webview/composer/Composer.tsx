import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ContextMeter } from '../status/ContextMeter.tsx';
import { needsSignIn } from '../state/readiness.ts';
import { isEmpty } from '../state/draft.ts';
import { type HistoryPlace, stepHistory } from '../state/history.ts';
import { runningTurn, type ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon, IconButton } from '../view/Icon.tsx';
import { altKey, isComposing } from '../view/keys.ts';
import { Pickers } from '../view/Pickers.tsx';
import { usePage } from '../view/pageContext.ts';

/** Milliseconds within which a second Esc stops the turn. */
const escWindow = 2000;

export function Composer({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	const field = useRef<HTMLTextAreaElement>(null);
	const [armed, setArmed] = useState(false);
	const [hint, setHint] = useState<string | null>(null);
	const [place, setPlace] = useState<HistoryPlace | null>(null);
	const draft = page.draft;
	const empty = isEmpty(draft);
	const turn = runningTurn(state);
	const stopping = turn !== null && page.stopping.value === turn.id;
	const blocked = blockedReason(state);
	const steerWords = state.queue.available ? strings.steerLabel(altKey('Enter')) : strings.steerOnlyLabel;
	const problem = page.problem.value;
	const focusRequests = page.focusRequests.value;

	// Only on request of the person (a command of the editor), never because something arrived.
	useEffect(() => {
		if (focusRequests > 0) {
			field.current?.focus();
		}
	}, [focusRequests]);
	useEffect(() => {
		const timer = armed ? setTimeout(() => setArmed(false), escWindow) : undefined;
		return () => clearTimeout(timer);
	}, [armed]);

	const send = (delivery: 'now' | 'queue'): void => {
		if (isEmpty(draft) || blocked !== null) {
			return;
		}
		if (delivery === 'queue' && turn !== null && !state.queue.available) {
			setHint(strings.noQueue);
			return;
		}
		setHint(null);
		setPlace(null);
		void page.send(draft, turn === null ? 'now' : delivery);
		field.current?.focus();
	};
	const recall = (by: 1 | -1): boolean => {
		const step = stepHistory(page.saved.peek().history, place, { by, text: draft.text });
		if (step === null) {
			return false;
		}
		setPlace(step.place);
		page.setDraft({ text: step.text });
		return true;
	};
	const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }): void => {
		if (isComposing(event)) {
			return;
		}
		const { selectionStart, selectionEnd, value } = event.currentTarget;
		const plain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
		if (event.key === 'Enter' && !event.shiftKey) {
			if (!isEmpty(draft) || !(event.ctrlKey || event.metaKey)) {
				event.preventDefault();
				send(event.altKey ? 'queue' : 'now');
			}
		} else if (event.key === 'Escape' && turn !== null && !stopping) {
			event.preventDefault();
			setArmed(!armed);
			if (armed) {
				void page.stop();
			}
		} else if (event.key === 'ArrowUp' && event.altKey) {
			const waiting = document.querySelectorAll<HTMLElement>('.queue-text');
			event.preventDefault();
			waiting[waiting.length - 1]?.focus();
		} else if (event.key === 'ArrowUp' && plain && (value === '' || (place !== null && !value.slice(0, selectionEnd).includes('\n')))) {
			if (recall(1)) event.preventDefault();
		} else if (event.key === 'ArrowDown' && plain && place !== null && !value.slice(selectionStart).includes('\n')) {
			if (recall(-1)) event.preventDefault();
		}
	};

	return (
		<div class="composer">
			{problem === null ? null : (
				<div class="composer-problem" role="alert">
					<Icon name="warning" />
					<span dir="auto">{problem}</span>
					<IconButton icon="close" label={strings.dismiss} onClick={() => page.dismissProblem()} />
				</div>
			)}
			<div class="composer-box">
				<textarea
					ref={field}
					rows={2}
					dir="auto"
					aria-label={strings.composerLabel}
					aria-describedby="composer-hint"
					placeholder={turn === null ? strings.composerPlaceholder : strings.composerSteerPlaceholder}
					value={draft.text}
					onInput={({ currentTarget }) => {
						setHint(null);
						setPlace(null);
						page.setDraft({ text: currentTarget.value });
					}}
					onKeyDown={onKeyDown}
				/>
				<div class="composer-bar">
					<div class="composer-pickers">
						<Pickers state={state} />
					</div>
					<ContextMeter state={state} />
					{turn === null ? null : (
						<IconButton icon="stop-circle" class="stop" label={strings.stopHint} disabled={stopping} onClick={() => void page.stop()} />
					)}
					{turn === null || empty || !state.queue.available ? null : (
						<IconButton icon="list-ordered" label={strings.queueHint(altKey('Enter'))} disabled={blocked !== null} onClick={() => send('queue')} />
					)}
					{turn === null || !empty ? (
						<IconButton
							icon={turn === null ? 'send' : 'redo'}
							class="send"
							label={turn === null ? strings.sendHint : strings.steerHint}
							disabled={blocked !== null || empty}
							onClick={() => send('now')}
						/>
					) : null}
				</div>
			</div>
			<div class="composer-hint muted small" id="composer-hint">
				{armed && turn !== null ? strings.escAgain : (blocked ?? hint ?? (turn === null || empty ? '' : steerWords))}
			</div>
		</div>
	);
}

/** Why nothing can be sent now; null when it can. */
function blockedReason(state: ViewState): string | null {
	switch (state.connection.type) {
		case 'starting':
		case 'restarting':
			return strings.disabledStarting;
		case 'failed':
			return strings.disabledFailed;
		case 'restricted':
			return strings.disabledRestricted;
		case 'ready':
			return needsSignIn(state) ? strings.disabledSignedOut : null;
	}
}
