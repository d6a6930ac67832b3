import type { JSX } from 'preact';
import type { PageRequests } from '../channel/requests/pageRequests.ts';
import { isDemo, needsSignIn } from '../state/readiness.ts';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon } from './Icon.tsx';
import { usePage } from './pageContext.ts';

/** Before the first message. */
export function Welcome({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	const demo = isDemo(state);
	const begins = state.connection.type === 'ready' && (demo || needsSignIn(state));
	return (
		<div class="welcome">
			<div>
				<h2>{needsSignIn(state) ? strings.signedOutTitle : strings.welcome}</h2>
				{state.folder === null ? null : <p class="muted">{strings.welcomeFolder(state.folder)}</p>}
			</div>
			{begins ? <Beginnings demo={demo} /> : null}
			{needsSignIn(state) ? null : (
				<div>
					<h3>{strings.suggestionsTitle}</h3>
					<ul class="suggestions">
						{(demo ? strings.demoSuggestions : strings.suggestions).map((text) => (
							<li key={text}>
								<button
									type="button"
									class="suggestion"
									onClick={() => {
										page.setDraft({ text });
										document.querySelector('textarea')?.focus();
									}}
								>
									{text}
								</button>
							</li>
						))}
					</ul>
				</div>
			)}
			<button type="button" class="link-button" onClick={() => void page.act('runCommand', { command: 'tiller.getStarted' })}>
				{strings.getStarted}
			</button>
			<p class="muted small">{strings.noTelemetry}</p>
		</div>
	);
}

/** The ways to a model: an account, one's own computer, or none at all. */
function Beginnings({ demo }: { readonly demo: boolean }): JSX.Element {
	return (
		<ul class="beginnings" aria-label={strings.beginnings}>
			<Beginning icon="key" command="tiller.signIn" words={strings.beginSignIn} />
			<Beginning icon="device-desktop" command="tiller.useLocalModel" words={strings.beginLocal} />
			{demo ? null : <Beginning icon="beaker" command="tiller.tryDemo" words={strings.beginDemo} />}
		</ul>
	);
}

interface BeginningProps {
	readonly icon: string;
	readonly command: PageRequests['runCommand']['params']['command'];
	readonly words: { readonly name: string; readonly description: string };
}

function Beginning({ icon, command, words }: BeginningProps): JSX.Element {
	const page = usePage();
	return (
		<li>
			<button type="button" class="suggestion beginning" onClick={() => void page.act('runCommand', { command })}>
				<Icon name={icon} />
				<span>
					<strong>{words.name}</strong>
					<span class="muted small">{words.description}</span>
				</span>
			</button>
		</li>
	);
}
