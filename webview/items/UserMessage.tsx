import type { JSX } from 'preact';
import { strings } from '../strings.ts';
import { displayPath } from '../text/paths.ts';
import { type ShownAttachment, splitAttachments } from '../../server/protocol/thread/attachmentBlocks.ts';
import { attachmentIcon } from '../text/attachmentIcon.ts';
import { Icon } from '../view/Icon.tsx';
import type { ItemOf } from './itemTypes.ts';

type Input = ItemOf<'userMessage'>['content'][number];

export function UserMessage({ item, cwd }: { readonly item: ItemOf<'userMessage'>; readonly cwd: string | null }): JSX.Element {
	return <MessageContent content={item.content} cwd={cwd} />;
}

export function MessageContent({ content, cwd }: { readonly content: readonly Input[]; readonly cwd: string | null }): JSX.Element {
	const { words, attachments: blocks } = splitAttachments(content.map((input) => (input.type === 'text' ? input.text : '')).join(''));
	const attachments = content.filter((input) => input.type !== 'text');
	return (
		<div class="user-message">
			<span class="sr-only">{strings.you}: </span>
			{words === '' ? null : (
				<div class="user-text" dir="auto">
					{words}
				</div>
			)}
			{attachments.length + blocks.length === 0 ? null : (
				<div class="attachments">
					{blocks.map((block, index) => (
						<AttachedText key={`text${index}`} block={block} />
					))}
					{attachments.map((input, index) => drawAttachment(input, { index, cwd }))}
				</div>
			)}
		</div>
	);
}

/** A text that went with the message: its name, and all of it on demand. */
function AttachedText({ block }: { readonly block: ShownAttachment }): JSX.Element {
	return (
		<details class="attached-text">
			<summary class="chip">
				<Icon name={attachmentIcon(block.kind)} />
				<bdi>{block.label}</bdi>
			</summary>
			<pre dir="auto">{block.content}</pre>
		</details>
	);
}

function drawAttachment(input: Input, { index, cwd }: { readonly index: number; readonly cwd: string | null }): JSX.Element | null {
	switch (input.type) {
		case 'text':
			return null;
		case 'image':
			// Only pictures that are part of the message: nothing is fetched.
			return /^data:image\/(?:png|jpeg|gif|webp);/.test(input.url) ? (
				<img key={index} src={input.url} alt={strings.attachedImage} />
			) : (
				<Chip key={index} icon="file-media" text={strings.attachedImage} />
			);
		case 'localImage':
			return <Chip key={index} icon="file-media" text={displayPath(input.path, cwd)} />;
		case 'skill':
			return <Chip key={index} icon="mortar-board" text={strings.skill(input.name)} />;
		case 'mention':
			return <Chip key={index} icon={input.path.startsWith('app://') ? 'plug' : 'mention'} text={input.name} />;
	}
}

function Chip({ icon, text }: { readonly icon: string; readonly text: string }): JSX.Element {
	return (
		<span class="chip" title={text}>
			<Icon name={icon} />
			<bdi>{text}</bdi>
		</span>
	);
}
