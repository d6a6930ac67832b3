type Style = 'bare' | 'single' | 'double';

const BARE = /^[+\-./:@\]_0-9A-Za-z]$/;
const BARE_WORD = /^[+\-./:@\]_0-9A-Za-z]+$/;
const SINGLE_WORD = /^[^'\\^]+$/;
/** A backslash means something to fish even in single quotes; `^` to old shells. */
const NOT_IN_SINGLE = new Set(["'", '\\', '^']);
/** Escaped ones are read differently by different parsers, so they are never put in double quotes. */
const NOT_IN_DOUBLE = new Set(['`', '$', '!', '^']);

function fits(style: Style, character: string): boolean {
	switch (style) {
		case 'bare':
			return BARE.test(character);
		case 'single':
			return !NOT_IN_SINGLE.has(character);
		case 'double':
			return !NOT_IN_DOUBLE.has(character);
	}
}

function wrap(style: Style, text: string): string {
	switch (style) {
		case 'bare':
			return text;
		case 'single':
			return `'${text}'`;
		case 'double':
			return `"${text.replace(/["\\]/g, '\\$&')}"`;
	}
}

/** Longest beginning of `text` that one style can hold, with that style; the plainest style wins. */
function nextChunk(text: string): { readonly text: string; readonly style: Style } {
	let left: readonly Style[] = ['bare', 'single', 'double'];
	let end = 0;
	for (const character of text) {
		const still = left.filter((style) => fits(style, character));
		if (still.length === 0) break;
		left = still;
		end += character.length;
	}
	// `^` fits nowhere but right after an opening single quote, as a chunk of its own.
	return end === 0 ? { text: text.slice(0, 1), style: 'single' } : { text: text.slice(0, end), style: left[0] ?? 'single' };
}

/** One word as a POSIX shell reads it back; as readable as it can be. */
export function quoteShellWord(word: string): string {
	if (word === '') return "''";
	// Most words need no more than one chunk.
	if (BARE_WORD.test(word)) return word;
	if (SINGLE_WORD.test(word)) return wrap('single', word);
	let quoted = '';
	for (let rest = word; rest !== ''; ) {
		const chunk = nextChunk(rest);
		quoted += wrap(chunk.style, chunk.text);
		rest = rest.slice(chunk.text.length);
	}
	return quoted;
}

/** An argv as one line that a POSIX shell splits into the same words again. */
export function joinShellWords(words: readonly string[]): string {
	return words.map(quoteShellWord).join(' ');
}
