import { turnsFrom } from './itemPages.ts';
import type { TurnSource } from '../threadTurns.ts';
import { toTurn, type TurnView } from '../turnViews.ts';

/** A place in a thread where a message says the term. */
export interface Occurrence {
	readonly turnId: string;
	readonly itemId: string;
	/** The surroundings of the place, on one line. */
	readonly snippet: string;
	/** Of the term in the snippet, in UTF-16 code units. */
	readonly range: { readonly start: number; readonly end: number };
}

/** The first place of a page: the how-manieth of its turn it is. */
export interface OccurrencePlace {
	readonly turnId: string;
	readonly number: number;
}

export interface OccurrencePage {
	readonly occurrences: readonly Occurrence[];
	/** Of the next page; null at the end. */
	readonly next: OccurrencePlace | null;
}

const BEFORE = 60;
const AFTER = 120;

/** Where messages of the person and the agent say the term, whatever its case, in the thread's order. Null when the place is gone. */
export async function occurrencePage(
	source: TurnSource,
	{ term, from, limit }: { readonly term: string; readonly from: OccurrencePlace | null; readonly limit: number },
): Promise<OccurrencePage | null> {
	const wanted = new RegExp(term.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'giu');
	const occurrences: Occurrence[] = [];
	for await (const turn of turnsFrom(source, { turnId: null, from: from?.turnId ?? null, newestFirst: false })) {
		if (turn === null) return null;
		const first = turn.id === from?.turnId ? from.number : 0;
		for (const [index, occurrence] of occurrencesIn(turn, wanted).entries()) {
			if (index < first) continue;
			if (occurrences.length === limit) return { occurrences, next: { turnId: turn.id, number: index } };
			occurrences.push(occurrence);
		}
	}
	return { occurrences, next: null };
}

function occurrencesIn(turn: TurnView, wanted: RegExp): readonly Occurrence[] {
	return toTurn(turn, 'full').items.flatMap((item) => {
		const texts =
			item.type === 'agentMessage'
				? [item.text]
				: item.type === 'userMessage'
					? item.content.flatMap((input) => (input.type === 'text' ? [input.text] : []))
					: [];
		return texts.flatMap((text) =>
			[...text.matchAll(wanted)].map(({ index, 0: { length } }) => ({ turnId: turn.id, itemId: item.id, ...around(text, index, index + length) })),
		);
	});
}

function around(text: string, start: number, end: number): Pick<Occurrence, 'snippet' | 'range'> {
	const from = wholeCharacter(text, Math.max(0, start - BEFORE));
	const to = wholeCharacter(text, Math.min(text.length, end + AFTER));
	const [before, after] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
	const shift = before.length - from;
	// One character for one, so that the range holds.
	return { snippet: `${before}${text.slice(from, to).replaceAll(/\s/g, ' ')}${after}`, range: { start: start + shift, end: end + shift } };
}

/** Never inside a pair of surrogates. */
function wholeCharacter(text: string, at: number): number {
	const code = text.charCodeAt(at);
	return at > 0 && code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
