/** What stands in the composer: words and what goes with them. Pure. */
import type { UserInput } from '../../server/protocol/thread/turnInput.ts';
import type { Attachment } from '../channel/attachment.ts';
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
	const isGone = (attachment: Attachment, index: number): boolean => {
		const { words = '' } = attachment;
		if (words === '') return false;
		if (!isNamed(attachment)) return before.includes(words) && !text.includes(words);
		const place = placeAmong(attachments, index);
		return placesOf(before, words).length > place && placesOf(text, words).length <= place;
	};
	return { text, attachments: attachments.filter((attachment, index) => !isGone(attachment, index)) };
}

/** What its word in the text stands for, each time that it is there: a skill or an app. */
export function isNamed({ kind }: Attachment): boolean {
	return kind === 'skill' || kind === 'app';
}

/** Where it is named, as a whole word. */
function placesOf(text: string, words: string): readonly number[] {
	const places: number[] = [];
	for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
		if (!/^[\p{L}\p{N}_:-]/u.test(text.slice(at + words.length))) places.push(at);
	}
	return places;
}

/** Which of the places of its word belongs to a skill: several skills may have one name. */
function placeAmong(attachments: readonly Attachment[], index: number): number {
	return attachments.slice(0, index).filter((other) => isNamed(other) && other.words === attachments[index]?.words).length;
}

/** Whether every place of a skill's word has its skill already. */
export function isBound({ text, attachments }: Draft, words: string): boolean {
	const bound = attachments.filter((attachment) => isNamed(attachment) && attachment.words === words).length;
	return bound > 0 && bound >= placesOf(text, words).length;
}

/** Both, the first one's words first. */
export function joinDrafts(first: Draft, second: Draft): Draft {
	const texts = [first.text, second.text].filter((text) => text !== '');
	return { text: texts.join('\n'), attachments: [...first.attachments, ...second.attachments] };
}

/** What is sent: the words, with the places of skills in them, then each attachment, a text as one that says what it is. */
export function inputOf({ text, attachments }: Draft): readonly UserInput[] {
	const words = text.trim();
	return [...(words === '' ? [] : [wordsInput(words, attachments)]), ...attachments.map(attachmentInput)];
}

function attachmentInput(attachment: Attachment): UserInput {
	const { kind, label, content } = attachment;
	if (kind === 'image') return { type: 'image', url: content };
	if (kind === 'skill') return { type: 'skill', name: label, path: content };
	if (kind === 'app') return { type: 'mention', name: label, path: content };
	return textInput(`\n\n${attachmentBlock(attachment)}`);
}

/** The words, with each skill bound to the place where it is named. */
export function wordsInput(text: string, attachments: readonly Attachment[]): UserInput {
	const bytes = (part: string) => new TextEncoder().encode(part).length;
	const elements = attachments.flatMap((attachment, index) => {
		const { words = '' } = attachment;
		const at = isNamed(attachment) && words !== '' ? placesOf(text, words)[placeAmong(attachments, index)] : undefined;
		if (at === undefined) return [];
		const start = bytes(text.slice(0, at));
		return [{ byteRange: { start, end: start + bytes(words) }, placeholder: words }];
	});
	return { type: 'text', text, text_elements: elements };
}

/** A skill as the message holds it until it is sent: bound to its word. */
export function skillAttachment({ name, path }: { readonly name: string; readonly path: string }): Attachment {
	return { kind: 'skill', label: name, content: path, tokens: 0, cut: false, words: `$${name}` };
}

const APP_ADDRESS = 'app://';

/** An app, in the same way. */
export function appAttachment({ id, name }: { readonly id: string; readonly name: string }): Attachment {
	return { kind: 'app', label: name, content: `${APP_ADDRESS}${id}`, tokens: 0, cut: false, words: `$${appWord(name)}` };
}

/** How a person names an app after `$`: its name in small letters, with hyphens. */
export function appWord(name: string): string {
	const word = name
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-+|-+$/g, '');
	return word === '' ? 'app' : word;
}

/** The skills and apps that a message chose, as its draft had them. */
export function namedIn(input: readonly UserInput[]): readonly Attachment[] {
	return input.flatMap((part) => {
		if (part.type === 'skill') return [skillAttachment(part)];
		if (part.type !== 'mention' || !part.path.startsWith(APP_ADDRESS)) return [];
		return [appAttachment({ id: part.path.slice(APP_ADDRESS.length), name: part.name })];
	});
}

function textInput(text: string): UserInput {
	return { type: 'text', text, text_elements: [] };
}

const kinds: ReadonlySet<string> = new Set<Attachment['kind']>([
	'file',
	'folder',
	'symbol',
	'selection',
	'problems',
	'terminal',
	'thread',
	'image',
	'skill',
	'app',
]);

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

export function isAttachment(value: unknown): value is Attachment {
	if (typeof value !== 'object' || value === null || !('kind' in value && 'label' in value && 'content' in value && 'tokens' in value)) {
		return false;
	}
	const { kind, label, content, tokens } = value;
	return typeof kind === 'string' && kinds.has(kind) && typeof label === 'string' && typeof content === 'string' && typeof tokens === 'number';
}
