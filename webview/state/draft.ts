/** What stands in the composer: words and what goes with them. Pure. */
import type { UserInput } from '../../server/protocol/thread/turnInput.ts';
import type { Attachment } from '../channel/messages.ts';
import { attachmentBlock } from '../../server/protocol/thread/attachmentBlocks.ts';

export interface Draft {
	readonly text: string;
	readonly attachments: readonly Attachment[];
}

export const emptyDraft: Draft = { text: '', attachments: [] };

export function isEmpty({ text, attachments }: Draft): boolean {
	return text.trim() === '' && attachments.length === 0;
}

/** The draft with another text: what was attached by words that are no longer in it goes with them. */
export function withText({ text: before, attachments }: Draft, text: string): Draft {
	const isGone = ({ words = '' }: Attachment): boolean => words !== '' && before.includes(words) && !text.includes(words);
	return { text, attachments: attachments.filter((attachment) => !isGone(attachment)) };
}

/** Both, the first one's words first. */
export function joinDrafts(first: Draft, second: Draft): Draft {
	const texts = [first.text, second.text].filter((text) => text !== '');
	return { text: texts.join('\n'), attachments: [...first.attachments, ...second.attachments] };
}

/** What is sent: the words, then each attachment as a text of its own that says what it is, then the images. */
export function inputOf({ text, attachments }: Draft): readonly UserInput[] {
	const words = text.trim();
	return [
		...(words === '' ? [] : [textInput(words)]),
		...attachments.map((attachment): UserInput => {
			return attachment.kind === 'image' ? { type: 'image', url: attachment.content } : textInput(`\n\n${attachmentBlock(attachment)}`);
		}),
	];
}

function textInput(text: string): UserInput {
	return { type: 'text', text, text_elements: [] };
}

const kinds: ReadonlySet<string> = new Set<Attachment['kind']>(['file', 'folder', 'symbol', 'selection', 'problems', 'terminal', 'thread', 'image']);

/** A draft that was saved; one of a former version is a string. Null when it is neither. */
export function parseDraft(value: unknown): Draft | null {
	if (typeof value === 'string') {
		return { text: value, attachments: [] };
	}
	if (typeof value !== 'object' || value === null || !('text' in value) || typeof value.text !== 'string') {
		return null;
	}
	const attachments = 'attachments' in value && Array.isArray(value.attachments) ? value.attachments.filter(isAttachment) : [];
	return { text: value.text, attachments };
}

function isAttachment(value: unknown): value is Attachment {
	if (typeof value !== 'object' || value === null || !('kind' in value && 'label' in value && 'content' in value && 'tokens' in value)) {
		return false;
	}
	const { kind, label, content, tokens } = value;
	return typeof kind === 'string' && kinds.has(kind) && typeof label === 'string' && typeof content === 'string' && typeof tokens === 'number';
}
