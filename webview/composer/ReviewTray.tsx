import type { JSX } from 'preact';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon } from '../view/Icon.tsx';
import { usePage } from '../view/pageContext.ts';

/** The changes that wait for a decision, and the two decisions about all of them. */
export function ReviewTray({ state }: { readonly state: ViewState }): JSX.Element | null {
	const page = usePage();
	if (state.review.files === 0) {
		return null;
	}
	const run = (command: 'tiller.reviewChanges' | 'tiller.keepAll' | 'tiller.undoAll') => () => void page.act('runCommand', { command });
	return (
		<section class="tray review-tray" aria-label={strings.reviewTray}>
			<button type="button" class="tray-name" title={strings.reviewHint} onClick={run('tiller.reviewChanges')}>
				<Icon name="diff-multiple" />
				<span class="cut">{strings.toReview(state.review.files)}</span>
			</button>
			<button type="button" class="link-button" onClick={run('tiller.keepAll')}>
				{strings.keepAll}
			</button>
			<button type="button" class="link-button" onClick={run('tiller.undoAll')}>
				{strings.undoAll}
			</button>
		</section>
	);
}
