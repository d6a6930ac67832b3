/**
 * Words of texts and queries, folded as the index folds them (SQLite's `unicode61`): small letters, no diacritics. Characters of
 * scripts that are written without spaces are words of their own, and a query of several is a phrase, so that any part is found.
 */

const UNSPACED =
	/[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
const EACH_UNSPACED = new RegExp(UNSPACED.source, 'gu');
const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}]*/gu;

/** More words of a query are not looked for. */
const MAX_WORDS = 32;
const MAX_QUERY = 1000;

/** A text as it goes into the index. */
export function indexText(text: string): string {
	return UNSPACED.test(text) ? text.replace(EACH_UNSPACED, ' $& ') : text;
}

function fold(text: string): string {
	return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** The words of a text, each once. */
export function foldedWords(text: string): readonly string[] {
	return [...new Set(wordsOf(text).map((word) => fold(word.text)))];
}

/** Words that have to follow each other. */
export interface Phrase {
	/** As they were typed: the index folds them in its own way. At least one. */
	readonly words: readonly string[];
	readonly folded: readonly string[];
	/** Whether the last word may go on. */
	readonly isPrefix: boolean;
}

/**
 * What a query asks for: all of its phrases. What stands in quotes is a phrase as it is; every other word is the beginning of one, and
 * `src/foo_bar.ts` is a phrase of its parts. Never throws; a query without letters and digits has no phrases.
 */
export function parseQuery(query: string): readonly Phrase[] {
	const phrases: Phrase[] = [];
	let left = MAX_WORDS;
	for (const [, quoted, bare] of query.slice(0, MAX_QUERY).matchAll(/"([^"]*)(?:"|$)|([^\s"]+)/g)) {
		const words = wordsOf(quoted ?? bare ?? '')
			.map((word) => word.text)
			.slice(0, left);
		left -= words.length;
		if (words.length > 0) phrases.push({ words, folded: words.map(fold), isPrefix: quoted === undefined });
	}
	return phrases;
}

/** All words of a text, one after the other; the last one may go on. Null for a text without letters and digits. */
export function parsePhrase(text: string): Phrase | null {
	const words = wordsOf(text.slice(0, MAX_QUERY))
		.map((word) => word.text)
		.slice(0, MAX_WORDS);
	return words.length === 0 ? null : { words, folded: words.map(fold), isPrefix: true };
}

/** The phrases in the index's query language. Words hold letters and digits only, so nothing in them has a meaning there. */
export function matchExpression(phrases: readonly Phrase[]): string {
	return phrases.map(({ words, isPrefix }) => `"${words.join(' ')}"${isPrefix ? ' *' : ''}`).join(' AND ');
}

interface Word {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

function wordsOf(text: string): readonly Word[] {
	const words: Word[] = [];
	for (const match of text.matchAll(WORD)) {
		let start = match.index;
		for (const part of splitUnspaced(match[0])) {
			words.push({ text: part, start, end: start + part.length });
			start += part.length;
		}
	}
	return words;
}

function splitUnspaced(word: string): readonly string[] {
	if (!UNSPACED.test(word)) return [word];
	return word.split(new RegExp(`(${UNSPACED.source})`, 'u')).filter((part) => part !== '');
}

/** A range of a text in UTF-16 code units. */
export interface Range {
	readonly start: number;
	readonly end: number;
}

/** Where a text says what the phrases ask for, in its order; ranges do not overlap. */
export function findPhrases(text: string, phrases: readonly Phrase[]): readonly Range[] {
	const words = wordsOf(text).map((word) => ({ ...word, folded: fold(word.text) }));
	const ranges: Range[] = [];
	for (let at = 0; at < words.length; at++) {
		const longest = Math.max(0, ...phrases.map((phrase) => (saysAt(words, at, phrase) ? phrase.words.length : 0)));
		const [first, last] = [words[at], words[at + longest - 1]];
		if (longest === 0 || !first || !last) continue;
		ranges.push({ start: first.start, end: last.end });
		at += longest - 1;
	}
	return ranges;
}

function saysAt(words: readonly { readonly folded: string }[], at: number, { folded: wanted, isPrefix }: Phrase): boolean {
	return wanted.every((word, n) => {
		const folded = words[at + n]?.folded;
		return isPrefix && n === wanted.length - 1 ? folded?.startsWith(word) === true : folded === word;
	});
}

export interface Snippet {
	readonly text: string;
	/** Of the snippet's text, in UTF-16 code units. */
	readonly highlights: readonly Range[];
}

const BEFORE = 60;
const LENGTH = 240;
const ELLIPSIS = '…';

/** The part of a text around the first place that the phrases ask for, on one line. */
export function snippetOf(text: string, phrases: readonly Phrase[]): Snippet {
	const found = findPhrases(text, phrases);
	const from = startOfSnippet(text, found[0]?.start ?? 0);
	const to = endOfSnippet(text, Math.max(from + LENGTH, Math.min(found[0]?.end ?? 0, from + 2 * LENGTH)));
	const [before, after] = [from > 0 ? ELLIPSIS : '', to < text.length ? ELLIPSIS : ''];
	const shift = before.length - from;
	return {
		// One character for one, so that the ranges hold.
		text: `${before}${text.slice(from, to).replaceAll(/\s/g, ' ')}${after}`,
		highlights: found.filter(({ start, end }) => start >= from && end <= to).map(({ start, end }) => ({ start: start + shift, end: end + shift })),
	};
}

/** The beginning of a word shortly before the place; never inside a pair of surrogates. */
function startOfSnippet(text: string, place: number): number {
	const wanted = Math.max(0, place - BEFORE);
	if (wanted === 0) return 0;
	const gap = text.slice(wanted, place).search(/\s/);
	return gap >= 0 ? wanted + gap + 1 : wholeCharacter(text, wanted);
}

function endOfSnippet(text: string, wanted: number): number {
	return wanted >= text.length ? text.length : wholeCharacter(text, wanted);
}

function wholeCharacter(text: string, at: number): number {
	const code = text.charCodeAt(at);
	return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
