import type { ComponentChildren, JSX } from 'preact';
import type { TurnState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { resetTime } from '../text/resetTime.ts';
import { CommandButton } from './Banners.tsx';
import { Icon } from './Icon.tsx';
import { usePage } from './pageContext.ts';

/** Why a turn failed, and what can be done next. `text` is what the person said in it; null when it cannot be sent again as it was. */
export function TurnFailure({ error, text }: { readonly error: TurnState['error']; readonly text: string | null }): JSX.Element {
	const kind = kindOf(error);
	const message = error?.message ?? '';
	const reset = kind === 'usageLimitExceeded' ? resetTime(message, Date.now(), document.documentElement.lang || 'en') : null;
	return (
		<div class="banner banner-error turn-failure">
			<Icon name="error" />
			<div class="banner-text">
				<strong>{strings.failureTitles[kind] ?? strings.turnFailed}</strong>
				{reset === null ? null : <p>{strings.freeAgain(reset)}</p>}
				<p>{strings.errorHints[kind]}</p>
				<p class="pre-wrap muted small" dir="auto">
					{message}
				</p>
				{error?.additionalDetails ? (
					<p class="pre-wrap muted small" dir="auto">
						{error.additionalDetails}
					</p>
				) : null}
				<div class="banner-actions">
					<NextSteps kind={kind} text={text} />
					<CommandButton command="tiller.showLog" text={strings.showLog} />
				</div>
			</div>
		</div>
	);
}

function kindOf(error: TurnState['error']): string {
	const info = error?.codexErrorInfo ?? null;
	return typeof info === 'string' ? info : (Object.keys(info ?? {})[0] ?? '');
}

function NextSteps({ kind, text }: { readonly kind: string; readonly text: string | null }): ComponentChildren {
	switch (kind) {
		case 'unauthorized':
			return <CommandButton command="tiller.signIn" text={strings.signIn} primary />;
		case 'usageLimitExceeded':
			return (
				<>
					<ChooseModel />
					<CommandButton command="tiller.useLocalModel" text={strings.useLocalModel} />
				</>
			);
		case 'cyberPolicy':
		case 'badRequest':
			return <ChooseModel />;
		case 'contextWindowExceeded':
			return <NewThread />;
		case 'sandboxError':
			return <CommandButton command="tiller.openSettings" text={strings.openSettings} />;
		default:
			return text === null ? null : <SendAgain text={text} />;
	}
}

function SendAgain({ text }: { readonly text: string }): JSX.Element {
	const page = usePage();
	return (
		<button type="button" class="button button-primary" onClick={() => void page.send({ text, attachments: [] }, 'now')}>
			{strings.sendAgain}
		</button>
	);
}

function NewThread(): JSX.Element {
	const page = usePage();
	return (
		<button type="button" class="button button-primary" onClick={() => void page.act('newThread', {})}>
			{strings.newThread}
		</button>
	);
}

function ChooseModel(): JSX.Element {
	return (
		<button
			type="button"
			class="button button-primary"
			onClick={() => document.querySelector<HTMLElement>(`.composer [aria-label="${CSS.escape(strings.model)}"]`)?.focus()}
		>
			{strings.chooseModel}
		</button>
	);
}
