import { strings } from '../strings.ts';

/** Tokens of a text, estimated as the server does. */
export function textTokens(text: string): number {
	return Math.ceil(new TextEncoder().encode(text).length / 4);
}

/** Tokens of a picture, estimated from its size in pixels. */
export function imageTokens(width: number, height: number): number {
	return Math.max(1, Math.ceil((width * height) / 750));
}

export function tokenWords(tokens: number): string {
	return strings.tokens(tokens < 1000 ? String(tokens) : `${(tokens / 1000).toFixed(tokens < 10_000 ? 1 : 0)}k`);
}
