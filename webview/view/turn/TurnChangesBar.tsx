import type { JSX } from 'preact';
import type { TurnChanges } from '../../channel/turnFacts.ts';
import { strings } from '../../strings.ts';
import { Icon } from '../Icon.tsx';
import { usePage } from '../pageContext.ts';

/** What a turn changed, and the way to look at it and to take it back. */
export function TurnChangesBar({ turnId, changes }: { readonly turnId: string; readonly changes: TurnChanges }): JSX.Element {
	const page = usePage();
	return (
		<div class="turn-changes small">
			<span class="muted">
				<Icon name={changes.undone ? 'discard' : 'diff-multiple'} /> {changes.undone ? strings.changesUndone : strings.filesChanged(changes.files)}
			</span>
			{changes.undone ? null : (
				<button type="button" class="link-button" onClick={() => void page.act('runCommand', { command: 'tiller.reviewChanges' })}>
					{strings.reviewChanges}
				</button>
			)}
			<button type="button" class="link-button" onClick={() => void page.act('undoTurn', { turnId })}>
				{changes.undone ? strings.redoTurn : strings.undoTurn}
			</button>
		</div>
	);
}
