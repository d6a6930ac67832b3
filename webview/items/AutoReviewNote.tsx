import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AutoReview } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon } from '../view/Icon.tsx';
import { usePage } from '../view/pageContext.ts';

/** What an automatic reviewer decided about the item above. A person can allow what it denied. */
export function AutoReviewNote({ review }: { readonly review: AutoReview }): JSX.Element {
	const page = usePage();
	const [overruled, setOverruled] = useState(false);
	const { status, riskLevel, rationale } = review.review;
	const isDenied = status === 'denied' || status === 'timedOut';
	const allow = async (): Promise<void> => {
		if (await page.act('overruleReview', { event: review })) {
			setOverruled(true);
		}
	};
	return (
		<div class={`auto-review small ${isDenied ? 'auto-review-denied' : 'muted'}`}>
			<Icon name={isDenied ? 'shield' : 'pass'} />{' '}
			<span>
				{strings.autoReview[status] ?? status}
				{riskLevel === null ? null : ` (${strings.autoReviewRisk(riskLevel)})`}
				{rationale ? (
					<>
						{': '}
						<bdi>{rationale}</bdi>
					</>
				) : null}
			</span>
			{!isDenied ? null : overruled ? (
				<span class="muted"> {strings.overruled}</span>
			) : (
				<>
					{' '}
					<button type="button" class="link-button" title={strings.overruleHint} onClick={() => void allow()}>
						{strings.overrule}
					</button>
				</>
			)}
		</div>
	);
}
