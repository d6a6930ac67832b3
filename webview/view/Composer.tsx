import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { needsSignIn } from '../state/readiness.ts';
import { runningTurn, type ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon, IconButton } from './Icon.tsx';
import { isComposing } from './keys.ts';
import { ContextMeter, Pickers } from './Pickers.tsx';
import { usePage } from './pageContext.ts';

/** Milliseconds within which a second Esc stops the turn. */
const escWindow = 2000;

export function Composer({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	const field = useRef<HTMLTextAreaElement>(null);
	const [armed, setArmed] = useState(false);
	const draft = page.draft;
	const turn = runningTurn(state);
	const stopping = turn !== null && page.stopping.value === turn.id;
	const blocked = blockedReason(state);
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

	const send = (): void => {
		const text = draft.trim();
		if (text !== '' && blocked === null) {
			void page.send(text);
			field.current?.focus();
		}
	};
	const onKeyDown = (event: KeyboardEvent): void => {
		if (isComposing(event)) {
			return;
		}
		if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
			if (draft.trim() !== '' || !(event.ctrlKey || event.metaKey)) {
				event.preventDefault();
				send();
			}
		} else if (event.key === 'Escape' && turn !== null && !stopping) {
			event.preventDefault();
			setArmed(!armed);
			if (armed) {
				void page.stop();
			}
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
					value={draft}
					onInput={({ currentTarget }) => page.setDraft(currentTarget.value)}
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
					{turn === null || draft.trim() !== '' ? (
						<IconButton
							icon={turn === null ? 'send' : 'redo'}
							class="send"
							label={turn === null ? strings.sendHint : strings.steerHint}
							disabled={blocked !== null || draft.trim() === ''}
							onClick={send}
						/>
					) : null}
				</div>
			</div>
			<div class="composer-hint muted small" id="composer-hint">
				{armed && turn !== null ? strings.escAgain : (blocked ?? (turn !== null && draft !== '' ? strings.steerLabel : ''))}
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
