/** A value as the body of a request. Half of a surrogate pair, which a cut text can end in, is no text that a provider takes: it becomes U+FFFD. */
export function jsonBody(value: unknown): string {
	const text = JSON.stringify(value);
	// `JSON.stringify` writes halves as escapes, whole pairs as they are.
	if (!text.includes('\\ud')) return text;
	return text.replace(/\\(?:ud[89a-f][0-9a-f]{2}|u[0-9a-f]{4}|.)/g, (escape) => (escape.startsWith('\\ud') ? '\ufffd' : escape));
}
