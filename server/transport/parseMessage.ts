import type { Malformed } from './connection.ts';
import { scanRequestId } from './requestIdScan.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Values nested deeper than this are refused before they are parsed: megabytes of brackets would hold up everybody for seconds. */
const MAX_DEPTH = 128;

export type Parsed = { readonly value: unknown } | { readonly malformed: Malformed };

/** Reads one message. `what` names it in the reason of a refusal: a line, a frame. */
export function parseMessage(bytes: Buffer, what: string): Parsed {
	if (isDeeperThan(MAX_DEPTH, bytes)) {
		return { malformed: { reason: `${what} that is nested deeper than ${MAX_DEPTH} levels`, id: scanRequestId(bytes) } };
	}
	const text = bytes.toString('utf8');
	try {
		return { value: JSON.parse(text) };
	} catch {
		return { malformed: { reason: `${what} that is not JSON: ${text.slice(0, 80)}`, id: scanRequestId(bytes) } };
	}
}

function isDeeperThan(max: number, bytes: Buffer): boolean {
	let depth = 0;
	for (let at = 0; at < bytes.length; at++) {
		switch (bytes[at]) {
			case QUOTE:
				at = endOfString(bytes, at + 1);
				break;
			case 0x7b: // {
			case 0x5b: // [
				if (++depth > max) return true;
				break;
			case 0x7d: // }
			case 0x5d: // ]
				depth--;
				break;
			default:
		}
	}
	return false;
}

/** Where the string that begins at `start` has its closing quote; the end of all bytes when it has none. */
function endOfString(bytes: Buffer, start: number): number {
	for (let quote = bytes.indexOf(QUOTE, start); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
		let first = quote;
		while (first > start && bytes[first - 1] === BACKSLASH) first--;
		if ((quote - first) % 2 === 0) return quote;
	}
	return bytes.length;
}
