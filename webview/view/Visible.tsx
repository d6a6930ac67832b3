import type { JSX } from 'preact';
import { visibleParts } from '../../server/protocol/approval/visibleText.ts';
import { strings } from '../strings.ts';

/** A text that a person decides about: what would be hidden in it stands there as its number. */
export function Visible({ text, code }: { readonly text: string; readonly code?: boolean }): JSX.Element {
	return (
		<>
			{visibleParts(text, { code: code === true }).map(({ text: part, hidden }, index) =>
				hidden === null ? (
					part
				) : (
					<span key={index} class="hidden-character" title={strings.hiddenCharacter(hidden)}>
						{hidden}
					</span>
				),
			)}
		</>
	);
}
