/**
 * Texts longer than this many UTF-16 units are cut for the wire: their records have all of them, and `thread/item/read` gives it. What is
 * captured of a command, 1 MiB, is not cut once more.
 */
const LONGEST_TEXT = 1024 * 1024 + 4096;
const KEPT_BEGINNING = 512 * 1024;
const KEPT_END = 256 * 1024;

/** An item, or a part of one, without the middle of texts that are too long; itself when there are none. Images stay whole. */
export function cutLongTexts<T>(value: T): T {
	return hasLongText(value) ? (cut(value) as T) : value;
}

/** Nearly all values are short: they cost no copy. */
function hasLongText(value: unknown): boolean {
	if (typeof value === 'string') return value.length > LONGEST_TEXT;
	if (typeof value !== 'object' || value === null) return false;
	if (Array.isArray(value)) return value.some(hasLongText);
	for (const name in value) if (hasLongText((value as Readonly<Record<string, unknown>>)[name])) return true;
	return false;
}

/** A data URL, or PNG, JPEG, WebP or GIF in base64. */
const IMAGE = /^(?:data:|iVBORw0KGgo|\/9j\/|UklGR|R0lGOD)/;

function cut(value: unknown): unknown {
	if (typeof value === 'string') return value.length > LONGEST_TEXT && !IMAGE.test(value) ? withoutMiddle(value) : value;
	if (Array.isArray(value)) {
		const parts = value.map(cut);
		return parts.every((part, index) => part === value[index]) ? value : parts;
	}
	if (typeof value !== 'object' || value === null) return value;
	const members = Object.entries(value).map(([name, member]) => [name, member, cut(member)] as const);
	if (members.every(([, before, after]) => before === after)) return value;
	return Object.fromEntries(members.map(([name, , after]) => [name, after]));
}

function withoutMiddle(text: string): string {
	const beginning = wholeCharacters(text, 0, KEPT_BEGINNING);
	const end = wholeCharacters(text, text.length - KEPT_END, text.length);
	const left = text.length - beginning.length - end.length;
	return `${beginning}\n\n[... ${left} of ${text.length} characters are left out here: thread/item/read gives them, from offset ${beginning.length} on ...]\n\n${end}`;
}

const isLow = (code: number) => code >= 0xdc00 && code <= 0xdfff;

/** A part of a text between two offsets, in UTF-16 units; a character that lies on a limit belongs to the part that it begins in. */
export function wholeCharacters(text: string, from: number, to: number): string {
	const limit = (offset: number) => (offset > 0 && offset < text.length && isLow(text.charCodeAt(offset)) ? offset + 1 : offset);
	return text.slice(limit(from), limit(to));
}

/** The text at a JSON pointer (RFC 6901) in an item; null when there is none. */
export function textAt(item: unknown, pointer: string): string | null {
	let value = item;
	for (const step of pointer === '' ? [] : pointer.split('/').slice(1)) {
		const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
		value = (value as Readonly<Record<string, unknown>>)[name];
	}
	return typeof value === 'string' ? value : null;
}
