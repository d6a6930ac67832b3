const SYMBOL = /[A-Za-z0-9+/]/;
const VALUES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export type Decoded = { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly reason: string };

/** Strict base64 with padding: Node's own decoder takes anything and drops what it does not know. */
export function decodeBase64(text: string): Decoded {
	const bytes = Buffer.from(text, 'base64');
	// The only text that gives these bytes is the one we would write.
	if (bytes.toString('base64') === text) return { ok: true, bytes };
	return { ok: false, reason: whyInvalid(text) };
}

function whyInvalid(text: string): string {
	const padding = /={0,2}$/.exec(text)?.[0].length ?? 0;
	const symbols = text.slice(0, text.length - padding);
	const wrong = [...symbols].findIndex((symbol) => !SYMBOL.test(symbol));
	if (wrong >= 0) return `Invalid symbol ${symbols.codePointAt(wrong)}, offset ${wrong}.`;
	// One symbol alone is less than a byte, so what follows it cannot be padding.
	if (symbols.length % 4 === 1) return padding > 0 ? `Invalid symbol 61, offset ${symbols.length}.` : `Invalid input length: ${text.length}`;
	if (text.length % 4 !== 0) return 'Invalid padding';
	const last = symbols.length - 1;
	return VALUES.includes(symbols[last] ?? '') ? `Invalid last symbol ${symbols.codePointAt(last)}, offset ${last}.` : 'Invalid padding';
}
