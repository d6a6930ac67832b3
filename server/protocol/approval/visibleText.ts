/**
 * Characters that make a text look like another one: they change the order in which it is drawn, take no room, or pass for a space. Whoever
 * decides about a text has to see them. Pure; for the server, the extension and the page.
 */

/** Order of writing, characters without width, controls other than tabs and line breaks, tags. */
const HIDDEN =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
	// oxlint-disable-next-line no-misleading-character-class -- a joiner among others, each meant by itself
	/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;
/** Spaces that a shell does not take for one. */
const OTHER_SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/u;
/** A joiner between two pictures makes one picture of them. */
const JOINED = /(?<=\p{Extended_Pictographic}\ufe0f?)\u200d(?=\p{Extended_Pictographic})/u;

export interface TextPart {
	readonly text: string;
	/** What is shown in place of a hidden character, such as U+202E; null for text that shows itself. */
	readonly hidden: string | null;
}

export interface HiddenOptions {
	/** Of text that a program reads, where a space that is none changes what it does. */
	readonly code?: boolean;
}

/** The text with each hidden character apart. */
export function visibleParts(text: string, { code = false }: HiddenOptions = {}): readonly TextPart[] {
	const pattern = new RegExp(`${JOINED.source}|(${HIDDEN.source}${code ? `|${OTHER_SPACES.source}` : ''})`, 'gu');
	const parts: TextPart[] = [];
	let at = 0;
	for (const match of text.matchAll(pattern)) {
		const character = match[1];
		if (character === undefined) continue;
		if (match.index > at) parts.push({ text: text.slice(at, match.index), hidden: null });
		parts.push({ text: character, hidden: codePoint(character) });
		at = match.index + character.length;
	}
	if (at < text.length) parts.push({ text: text.slice(at), hidden: null });
	return parts;
}

export function hasHidden(text: string, options: HiddenOptions = {}): boolean {
	return visibleParts(text, options).some(({ hidden }) => hidden !== null);
}

/** The text in a form that hides nothing: ⟨U+202E⟩ stands where that character was. */
export function visibleText(text: string, options: HiddenOptions = {}): string {
	return visibleParts(text, options)
		.map((part) => (part.hidden === null ? part.text : `⟨${part.hidden}⟩`))
		.join('');
}

function codePoint(character: string): string {
	return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
