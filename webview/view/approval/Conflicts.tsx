import type { JSX } from 'preact';
import type { FileConflict } from '../../channel/turnFacts.ts';
import type { ViewState } from '../../state/viewState.ts';
import { strings } from '../../strings.ts';
import { Icon, IconButton } from '../Icon.tsx';
import { usePage } from '../pageContext.ts';
import { usePlaces } from '../usePlaces.ts';

/** Files that a change could not be merged into: nothing was overwritten, the person decides. */
export function Conflicts({ state }: { readonly state: ViewState }): JSX.Element | null {
	return state.conflicts.length === 0 ? null : (
		<div class="conflicts">
			{state.conflicts.map((conflict) => (
				<ConflictCard key={`${conflict.itemId} ${conflict.path}`} conflict={conflict} state={state} />
			))}
		</div>
	);
}

function ConflictCard({ conflict, state }: { readonly conflict: FileConflict; readonly state: ViewState }): JSX.Element {
	const page = usePage();
	const { itemId, path, message } = conflict;
	const turn = state.turns.findLast(({ items }) => items.some(({ item }) => item.id === itemId));
	const { place } = usePlaces(state.thread?.cwd ?? null);
	const shown = place(path);
	return (
		<section class="conflict" aria-label={`${strings.conflictTitle}: ${shown}`}>
			<Icon name="git-merge" />
			<div class="banner-text">
				<strong>{strings.conflictTitle}</strong>
				<p dir="auto">
					<bdi class="path">{shown}</bdi>: {message}
				</p>
				<div class="banner-actions">
					{turn === undefined ? null : (
						<button type="button" class="button" onClick={() => void page.act('openDiff', { turnId: turn.id, itemId, path })}>
							{strings.openDiff}
						</button>
					)}
					<button type="button" class="button" onClick={() => void page.act('openFile', { path })}>
						{strings.openFile}
					</button>
				</div>
			</div>
			<IconButton icon="close" label={`${strings.dismiss}: ${shown}`} onClick={() => void page.act('dismissConflict', { itemId, path })} />
		</section>
	);
}
