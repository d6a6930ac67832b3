import type { ComponentChildren, JSX } from 'preact';
import type { TurnState } from '../../state/viewState.ts';
import { strings } from '../../strings.ts';
import { errorDetails, errorMessage } from '../../text/turnErrorText.ts';
import { resetTime } from '../../text/resetTime.ts';
import { CommandButton } from '../Banners.tsx';
import { Icon } from '../Icon.tsx';
import { usePage } from '../pageContext.ts';

const localProviders: ReadonlySet<string> = new Set(['ollama', 'lmstudio']);
const providerNames: Readonly<Record<string, string>> = { openai: 'OpenAI', ollama: 'Ollama', lmstudio: 'LM Studio', demo: 'Demo' };

/** Why a turn failed, and what can be done next. `text` is what the person said in it; null when it cannot be sent again as it was. */
export function TurnFailure({ error, text }: { readonly error: TurnState['error']; readonly text: string | null }): JSX.Element {
	const page = usePage();
	const id = page.state.value?.thread?.modelProvider ?? '';
	const provider = page.state.value?.providers?.find((each) => each.id === id)?.name ?? providerNames[id] ?? (id || strings.model);
	const { kind, status } = causeOf(error);
	const message = plainText(error === null ? '' : errorMessage(error));
	const reset = kind === 'usageLimitExceeded' ? resetTime(error?.message ?? '', Date.now(), document.documentElement.lang || 'en') : null;
	const title =
		(kind === 'unauthorized' && id === 'openai' ? strings.signInRefused : undefined) ??
		(status === null ? undefined : strings.failureByStatus[status]?.(provider)) ??
		strings.failureTitles[kind]?.(provider) ??
		strings.turnFailed;
	return (
		<Failure title={title} details={[message, plainText((error && errorDetails(error)) ?? '')].filter((each) => each !== '')}>
			{reset === null ? null : <p>{strings.freeAgain(reset)}</p>}
			<p>{hintOf({ kind, status, id, provider })}</p>
			<div class="banner-actions">
				<NextSteps kind={kind} text={text} isOpenAi={id === 'openai'} />
				<CommandButton command="tiller.showLog" text={strings.showLog} />
			</div>
		</Failure>
	);
}

/** The server ended while the turn ran: nobody refused or stopped anything. */
export function ServerEnded(): JSX.Element {
	return (
		<Failure title={strings.serverEndedTitle} details={[]}>
			<p>{strings.serverEndedHint}</p>
			<div class="banner-actions">
				<Send text={strings.continueMessage} label={strings.continueTurn} />
				<CommandButton command="tiller.showLog" text={strings.showLog} />
			</div>
		</Failure>
	);
}

function Failure({
	title,
	details,
	children,
}: {
	readonly title: string;
	readonly details: readonly string[];
	readonly children: ComponentChildren;
}): JSX.Element {
	return (
		<div class="banner banner-error turn-failure">
			<Icon name="error" />
			<div class="banner-text">
				<strong>{title}</strong>
				{children}
				{details.length === 0 ? null : (
					<details>
						<summary class="muted small">{strings.details}</summary>
						{details.map((text) => (
							<p key={text} class="pre-wrap muted small" dir="auto">
								{text}
							</p>
						))}
					</details>
				)}
			</div>
		</div>
	);
}

interface Cause {
	readonly kind: string;
	readonly status: number | null;
}

function causeOf(error: TurnState['error']): Cause {
	const info: unknown = error?.codexErrorInfo ?? null;
	if (typeof info !== 'object' || info === null) return { kind: typeof info === 'string' ? info : '', status: null };
	const [entry] = Object.entries(info);
	const facts: unknown = entry?.[1];
	const status =
		typeof facts === 'object' && facts !== null && 'httpStatusCode' in facts && typeof facts.httpStatusCode === 'number'
			? facts.httpStatusCode
			: null;
	return { kind: entry?.[0] ?? '', status };
}

function hintOf({ kind, status, id, provider }: Cause & { readonly id: string; readonly provider: string }): string | undefined {
	if (status === 429) return strings.rateLimitHint;
	if (status !== null && status >= 500) return strings.serverFaultHint;
	if (kind === 'unauthorized' && id === 'openai') return strings.signInHint;
	const isUnreachable = kind === 'httpConnectionFailed' || kind === 'responseStreamConnectionFailed';
	return isUnreachable && localProviders.has(id) ? strings.startProvider(provider) : strings.errorHints[kind];
}

/** Some proxies answer with a whole web page: its words are enough. */
function plainText(text: string): string {
	return /<(?:!doctype|html|head|body)\b/i.test(text)
		? (new DOMParser().parseFromString(text, 'text/html').body.textContent ?? '').replace(/\s+/g, ' ').trim()
		: text;
}

function NextSteps({ kind, text, isOpenAi }: { readonly kind: string; readonly text: string | null; readonly isOpenAi: boolean }): ComponentChildren {
	switch (kind) {
		case 'unauthorized':
			return isOpenAi ? (
				<CommandButton command="tiller.signIn" text={strings.signIn} primary />
			) : (
				<>
					<Retry text={text} />
					<ChooseModel />
				</>
			);
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
			return <Retry text={text} />;
	}
}

function Retry({ text }: { readonly text: string | null }): JSX.Element {
	return text === null ? <Send text={strings.continueMessage} label={strings.continueTurn} /> : <Send text={text} label={strings.sendAgain} />;
}

function Send({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
	const page = usePage();
	return (
		<button type="button" class="button button-primary" onClick={() => void page.send({ text, attachments: [] }, 'now')}>
			{label}
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
	const page = usePage();
	return (
		<button type="button" class="button" onClick={() => void page.act('pickModel', {})}>
			{strings.chooseModel}
		</button>
	);
}
