import type { JSX } from 'preact';
import { runningTurn, type ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Elapsed } from './Elapsed.tsx';
import { Icon, IconButton } from './Icon.tsx';
import { usePage } from './pageContext.ts';

export function Header({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	const title = titleOf(state);
	return (
		<header class="header">
			<h1 title={title} dir="auto">
				{title}
			</h1>
			<Status state={state} />
			{state.review.files === 0 ? null : (
				<button
					type="button"
					class="link-button small review-count"
					title={strings.reviewHint}
					onClick={() => void page.act('runCommand', { command: 'tiller.reviewChanges' })}
				>
					<Icon name="diff-multiple" /> {strings.toReview(state.review.files)}
				</button>
			)}
			<IconButton icon="add" label={strings.newThread} onClick={() => void page.act('newThread', {})} />
		</header>
	);
}

/** A thread that has just begun has no preview yet: its first message is shown. */
function titleOf({ thread, turns, olderTurns }: ViewState): string {
	const named = thread?.name ?? thread?.preview.trim() ?? '';
	if (named !== '' || olderTurns !== null) {
		return named || strings.untitled;
	}
	const first = turns[0]?.items.find(({ item }) => item.type === 'userMessage')?.item;
	const text = first?.type === 'userMessage' ? first.content.map((input) => (input.type === 'text' ? input.text : '')).join(' ') : '';
	return text.trim().replace(/\s+/g, ' ').slice(0, 120) || strings.untitled;
}

function Status({ state }: { readonly state: ViewState }): JSX.Element | null {
	const page = usePage();
	const turn = runningTurn(state);
	if (state.pending.length > 0) {
		return (
			<span class="status status-waiting">
				<Icon name="bell-dot" /> {strings.waitingForYou}
			</span>
		);
	}
	if (turn === null) {
		return null;
	}
	return (
		<span class="status">
			<Icon name="loading" spin />
			<span class="status-words">{page.stopping.value === turn.id ? strings.stopping : strings.working}</span>
			{turn.startedAt === null ? null : <Elapsed since={turn.startedAt * 1000} />}
		</span>
	);
}
