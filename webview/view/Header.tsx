import type { JSX } from 'preact';
import { runningTurn, type ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Elapsed } from './Elapsed.tsx';
import { Icon, IconButton } from './Icon.tsx';
import { usePage } from './pageContext.ts';

export function Header({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	const title = state.thread === null ? strings.untitled : (state.thread.name ?? (state.thread.preview.trim() || strings.untitled));
	return (
		<header class="header">
			<h1 title={title} dir="auto">
				{title}
			</h1>
			<Status state={state} />
			<IconButton icon="add" label={strings.newThread} onClick={() => void page.act('newThread', {})} />
		</header>
	);
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
