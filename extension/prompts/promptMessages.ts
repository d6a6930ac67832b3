/** The messages of a prompt of an MCP server as a draft: what a person sees before they send it. Pure. */
import type { Attachment } from '../../webview/channel/attachment.ts';
import { attachmentText } from '../context/attachmentContent.ts';

export interface PromptDraft {
	readonly text: string;
	readonly attachments: readonly Attachment[];
	/** What cannot go along, by its kind. */
	readonly left: readonly string[];
}

/** Longer texts are no prompts. */
const MAX_CHARACTERS = 256 * 1024;
const MAX_ATTACHMENTS = 20;
/** Characters of a picture. */
const MAX_PICTURE = 6_000_000;
/** Pictures are made smaller by the server; this is the most that one costs then. */
const PICTURE_TOKENS = 1600;

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {});
const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

/** A server sends anything: what is no message is left out. Null when the text is too long for a prompt. */
export function promptDraft(messages: readonly unknown[]): PromptDraft | null {
	const parts = messages.flatMap((message) => {
		const { role, content } = fieldsOf(message);
		const contents: readonly unknown[] = Array.isArray(content) ? content : [content];
		return contents.map((each) => ({ role: role === 'assistant' ? ('Agent' as const) : ('Person' as const), part: partOf(fieldsOf(each)) }));
	});
	const isTalk = parts.some(({ role, part }) => role === 'Agent' && part.type === 'text');
	const texts = parts.flatMap(({ role, part }) => (part.type === 'text' ? [isTalk ? `${role}: ${part.text}` : part.text] : []));
	const text = texts.join('\n\n').trim();
	if (text.length > MAX_CHARACTERS) return null;
	const attachments = parts.flatMap(({ part }) => (part.type === 'attachment' ? [part.attachment] : []));
	return {
		text,
		attachments: attachments.slice(0, MAX_ATTACHMENTS),
		left: [
			...parts.flatMap(({ part }) => (part.type === 'left' ? [part.kind] : [])),
			...attachments.slice(MAX_ATTACHMENTS).map(({ label }) => label),
		],
	};
}

type Part =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'attachment'; readonly attachment: Attachment }
	| { readonly type: 'left'; readonly kind: string };

function partOf(content: Fields): Part {
	switch (content.type) {
		case 'text':
			return { type: 'text', text: textOf(content.text) };
		case 'image':
			return picture(content, 'image');
		case 'resource_link':
			return { type: 'text', text: [textOf(content.title) || textOf(content.name), textOf(content.uri)].filter((part) => part !== '').join(': ') };
		case 'resource': {
			const resource = fieldsOf(content.resource);
			const label = textOf(resource.uri) || 'resource';
			if (typeof resource.text === 'string') return { type: 'attachment', attachment: { kind: 'file', label, ...attachmentText(resource.text) } };
			return picture({ data: resource.blob, mimeType: resource.mimeType }, label);
		}
		default:
			return { type: 'left', kind: textOf(content.type).slice(0, 100) || '?' };
	}
}

/** Only what is a picture, and shown as one. */
function picture({ data, mimeType }: Fields, label: string): Part {
	const isPicture = /^image\/(?:png|jpeg|gif|webp)$/.test(textOf(mimeType)) && /^[A-Za-z0-9+/]+={0,2}$/.test(textOf(data));
	if (!isPicture || textOf(data).length > MAX_PICTURE) return { type: 'left', kind: label };
	const content = `data:${textOf(mimeType)};base64,${textOf(data)}`;
	return { type: 'attachment', attachment: { kind: 'image', label, content, tokens: PICTURE_TOKENS, cut: false } };
}

/** What was typed behind the name: `NAME=value` words, or, for the only argument there is, its value as it stands. */
export function typedArguments(typed: string, names: readonly string[]): ReadonlyMap<string, string> {
	const [only] = names;
	const word = /([^\s=]+)=(?:"((?:\\.|[^"\\])*)"|'([^']*)'|(\S*))(?=\s|$)/g;
	const found = [...typed.matchAll(word)].flatMap(([, name = '', double, single, bare = '']): readonly (readonly [string, string])[] =>
		names.includes(name) ? [[name, double?.replaceAll(/\\(["\\])/g, '$1') ?? single ?? bare]] : [],
	);
	if (found.length > 0 || only === undefined || names.length > 1 || typed.trim() === '') return new Map(found);
	return new Map([[only, typed.trim()]]);
}
