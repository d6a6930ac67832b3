import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Attachment } from '../channel/attachment.ts';
import { strings } from '../strings.ts';
import { isNamed } from '../state/draft.ts';
import { attachmentIcon } from '../text/attachmentIcon.ts';
import { tokenWords } from '../text/tokens.ts';
import { Icon, IconButton } from '../view/Icon.tsx';

export interface AttachmentChipsProps {
	readonly attachments: readonly Attachment[];
	readonly onRemove: (index: number) => void;
}

/** What goes with the message, with its size; each can be looked at and left out. */
export function AttachmentChips({ attachments, onRemove }: AttachmentChipsProps): JSX.Element | null {
	const [open, setOpen] = useState<Attachment | null>(null);
	if (attachments.length === 0) {
		return null;
	}
	const total = attachments.reduce((sum, { tokens }) => sum + tokens, 0);
	const shown = open !== null && attachments.includes(open) ? open : null;
	return (
		<div class="composer-attachments">
			<ul aria-label={strings.attachments}>
				{attachments.map((attachment, index) => (
					<li key={`${index} ${attachment.label}`} class="chip">
						<button
							type="button"
							class="chip-open"
							aria-expanded={shown === attachment}
							title={strings.attachmentShow}
							onClick={() => setOpen(shown === attachment ? null : attachment)}
						>
							{attachment.kind === 'image' ? <img src={attachment.content} alt="" /> : <Icon name={attachmentIcon(attachment.kind)} />}
							<bdi>{attachment.label}</bdi>
							{isNamed(attachment) ? null : (
								<span class="muted tabular">
									{tokenWords(attachment.tokens)}
									{attachment.cut ? ` · ${strings.attachmentCut}` : ''}
								</span>
							)}
						</button>
						<IconButton icon="close" label={strings.attachmentRemove(attachment.label)} onClick={() => onRemove(index)} />
					</li>
				))}
			</ul>
			{attachments.length < 2 ? null : <div class="muted small">{strings.attachmentTotal(tokenWords(total))}</div>}
			{shown === null ? null : shown.kind === 'image' ? (
				<img class="attachment-preview" src={shown.content} alt={shown.label} />
			) : (
				<pre class="attachment-preview" dir="auto" tabIndex={0} aria-label={shown.label}>
					{shown.content}
				</pre>
			)}
		</div>
	);
}
