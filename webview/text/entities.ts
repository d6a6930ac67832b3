/**
 * Takes the place of the library `entities` in the page's script, whose table of names is larger than most of our parts: the browser has the
 * same one. Only what markdown-it takes of it.
 */
const reader = document.createElement('textarea');

/** One reference such as `&copy;`; the same text when its name is not known. */
export function decodeHTMLStrict(reference: string): string {
	// Text of a textarea runs nothing and loads nothing.
	reader.innerHTML = reference;
	const decoded = reader.value;
	// A browser takes `&ampx;` for `&amp` and `x;`, which is no name.
	return decoded.length > 1 && decoded.endsWith(';') ? reference : decoded;
}
