import type { JSX } from 'preact';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { usePage } from './pageContext.ts';

/** Before the first message. */
export function Welcome({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	return (
		<div class="welcome">
			<h2>{strings.welcome}</h2>
			{state.folder === null ? null : <p class="muted">{strings.welcomeFolder(state.folder)}</p>}
			<ul class="suggestions">
				{strings.suggestions.map((text) => (
					<li key={text}>
						<button
							type="button"
							class="suggestion"
							onClick={() => {
								page.setDraft(text);
								document.querySelector('textarea')?.focus();
							}}
						>
							{text}
						</button>
					</li>
				))}
			</ul>
		</div>
	);
}
