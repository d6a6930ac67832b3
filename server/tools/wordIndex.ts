/** The usual constants of BM25. */
const K = 1.2;
const B = 0.75;

/** Ranks short texts by how well they match the words of a query (Okapi BM25; Robertson and Zaragoza, 2009). */
export class WordIndex {
	readonly #texts: readonly ReadonlyMap<string, number>[];
	readonly #lengths: readonly number[];
	readonly #meanLength: number;
	/** In how many texts a word is. */
	readonly #frequencies = new Map<string, number>();

	constructor(texts: readonly string[]) {
		const words = texts.map(wordsOf);
		this.#texts = words.map(counted);
		this.#lengths = words.map((each) => each.length);
		this.#meanLength = this.#lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, texts.length);
		for (const text of this.#texts) for (const word of text.keys()) this.#frequencies.set(word, (this.#frequencies.get(word) ?? 0) + 1);
	}

	/** Positions of the texts that share a word with the query, best first, at most `limit`. */
	search(query: string, limit: number): readonly number[] {
		const words = [...new Set(wordsOf(query))];
		return this.#texts
			.map((text, position) => ({ position, score: words.reduce((sum, word) => sum + this.#score(word, text, position), 0) }))
			.filter(({ score }) => score > 0)
			.sort((a, b) => b.score - a.score || a.position - b.position)
			.slice(0, limit)
			.map(({ position }) => position);
	}

	#score(word: string, text: ReadonlyMap<string, number>, position: number): number {
		const count = text.get(word) ?? 0;
		if (count === 0) return 0;
		const containing = this.#frequencies.get(word) ?? 0;
		const rarity = Math.log(1 + (this.#texts.length - containing + 0.5) / (containing + 0.5));
		const length = (this.#lengths[position] ?? 0) / Math.max(1, this.#meanLength);
		return (rarity * count * (K + 1)) / (count + K * (1 - B + B * length));
	}
}

/** Lower case, split at everything that is no letter or digit and inside camelCase; a plural finds its singular. */
function wordsOf(text: string): string[] {
	const words =
		text
			.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
			.toLowerCase()
			.match(/[\p{L}\p{N}]+/gu) ?? [];
	return words.map((word) => (word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word));
}

function counted(words: readonly string[]): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
	return counts;
}
