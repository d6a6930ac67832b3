import type { JSX } from 'preact';
import { strings } from '../strings.ts';
import { Markdown } from '../view/Markdown.tsx';
import type { ItemOf } from './itemTypes.ts';

export function AgentMessage({ item, done }: { readonly item: ItemOf<'agentMessage'>; readonly done: boolean }): JSX.Element {
	return (
		<div class={`agent-message${item.phase === 'commentary' ? ' commentary' : ''}`}>
			<Markdown text={item.text} done={done} />
			{done && item.phase !== 'commentary' && item.text !== '' ? (
				<div class="message-actions">
					<button
						type="button"
						class="icon-button"
						data-action="copy-text"
						data-text={item.text}
						aria-label={strings.copyMessage}
						title={strings.copyMessage}
					>
						<span class="codicon codicon-copy" aria-hidden="true" />
					</button>
				</div>
			) : null}
		</div>
	);
}
