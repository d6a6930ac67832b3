/** A path being looked at: its UTF-16 units as they are, and folded. Longer ones are not found. */
export const MAX_UNITS = 4096;

export interface Candidate {
	readonly raw: Uint16Array;
	readonly folded: Uint16Array;
	/** Units in use. */
	length: number;
	/** Where the name begins after the last slash. */
	nameStart: number;
}

export function newCandidate(): Candidate {
	return { raw: new Uint16Array(MAX_UNITS), folded: new Uint16Array(MAX_UNITS), length: 0, nameStart: 0 };
}

const MATCH = 16;
const GAP_START = -3;
const GAP_MORE = -1;
const CONSECUTIVE = 4;
const BOUNDARY = 8;
const AFTER_SLASH = 9;
const CAMEL = 7;
/** For a match within the name: people look for files more than for folders. */
const IN_NAME = 12;

const SLASH = 47;
const isUpper = (unit: number) => unit >= 65 && unit <= 90;
const isLower = (unit: number) => unit >= 97 && unit <= 122;
const isDigit = (unit: number) => unit >= 48 && unit <= 57;
const isWord = (unit: number) => isUpper(unit) || isLower(unit) || isDigit(unit) || unit > 127;

/** What a match at this place is worth more, because a word begins there. */
function bonusAt(raw: Uint16Array, at: number): number {
	const before = at === 0 ? SLASH : (raw[at - 1] ?? SLASH);
	const unit = raw[at] ?? 0;
	if (!isWord(unit)) return unit === SLASH ? 0 : BOUNDARY;
	if (before === SLASH || before === 92) return AFTER_SLASH;
	if (!isWord(before)) return BOUNDARY;
	if ((isLower(before) && isUpper(unit)) || (!isDigit(before) && isDigit(unit))) return CAMEL;
	return 0;
}

/** End of the first match from `from` on, or -1. */
function firstEnd(term: Uint16Array, { folded, length }: Candidate, from: number): number {
	let at = from;
	for (const unit of term) {
		while (at < length && folded[at] !== unit) at++;
		if (at === length) return -1;
		at++;
	}
	return at;
}

/** Score of the shortest match that ends at `end`, doubled; odd when the term stands there without a gap. */
function scoreBack(term: Uint16Array, { raw, folded }: Candidate, end: number): number {
	let at = end - 1;
	let score = 0;
	let last = end;
	for (let i = term.length - 1; i >= 0; i--, at--) {
		while (folded[at] !== term[i]) at--;
		const isInner = i < term.length - 1;
		const gap = last - at - 1;
		const bonus = bonusAt(raw, at) * (i === 0 ? 2 : 1);
		score += MATCH + (isInner && gap === 0 ? Math.max(bonus, CONSECUTIVE) : bonus);
		if (isInner && gap > 0) score += GAP_START + (gap - 1) * GAP_MORE;
		last = at;
	}
	return score * 2 + (end - last === term.length ? 1 : 0);
}

/** A quick score of the first match, in the name where it fits; -1 when there is none. */
export function roughScore(term: Uint16Array, candidate: Candidate): number {
	const inName = firstEnd(term, candidate, candidate.nameStart);
	const name = inName < 0 ? -1 : scoreBack(term, candidate, inName);
	const nameScore = name < 0 ? -1 : (name >> 1) + IN_NAME;
	if (candidate.nameStart === 0 || (name >= 0 && (name & 1) === 1)) return nameScore;
	const end = firstEnd(term, candidate, 0);
	return end < 0 ? -1 : Math.max(0, nameScore, scoreBack(term, candidate, end) >> 1);
}

export interface Match {
	readonly score: number;
	/** Units that matched, in order. */
	readonly positions: readonly number[];
}

/** Longer terms are scored by their first match: the table of all would be too large. */
const MAX_TERM_UNITS = 128;

/** The best of all matches; null when there is none. */
export function bestMatch(term: Uint16Array, candidate: Candidate): Match | null {
	const name = bestFrom(term, candidate, candidate.nameStart);
	const whole = candidate.nameStart === 0 ? null : bestFrom(term, candidate, 0);
	if (name === null) return whole;
	const better = { ...name, score: name.score + IN_NAME };
	return whole !== null && whole.score > better.score ? whole : better;
}

function firstPositions(term: Uint16Array, { folded }: Candidate, from: number): number[] {
	let at = from - 1;
	return [...term].map((unit) => {
		do at++;
		while (folded[at] !== unit);
		return at;
	});
}

/**
 * Smith-Waterman with affine gaps: row `i` and column `at` hold the best score of the first `i + 1` units of the term
 * with the last of them at or before `at`, and how long the run is that ends there.
 */
function bestFrom(term: Uint16Array, candidate: Candidate, from: number): Match | null {
	const end = firstEnd(term, candidate, from);
	if (end < 0) return null;
	const firsts = firstPositions(term, candidate, from);
	if (term.length > MAX_TERM_UNITS) return { score: scoreBack(term, candidate, end) >> 1, positions: firsts };
	const { raw, folded, length } = candidate;
	const start = firsts[0] ?? from;
	const width = length - start;
	const scores = new Int32Array(term.length * width);
	const runs = new Int32Array(term.length * width);
	const get = (table: Int32Array, row: number, column: number) => (row < 0 || column < 0 ? 0 : (table[row * width + column] ?? 0));
	const lastRow = term.length - 1;
	let best = 0;
	let bestColumn = (firsts[lastRow] ?? start) - start;
	for (let row = 0; row <= lastRow; row++) {
		let isGap = false;
		for (let column = (firsts[row] ?? start) - start; column < width; column++) {
			const skipped: number = get(scores, row, column - 1) + (isGap ? GAP_MORE : GAP_START);
			let matched = 0;
			let run = 0;
			if (folded[start + column] === term[row]) {
				const own = bonusAt(raw, start + column);
				run = row === 0 ? 1 : get(runs, row - 1, column - 1) + 1;
				let bonus = own;
				if (run > 1) {
					const opening = bonusAt(raw, start + column - run + 1);
					if (own >= BOUNDARY && own > opening) run = 1;
					else bonus = Math.max(own, CONSECUTIVE, opening);
				}
				matched = (row === 0 ? 0 : get(scores, row - 1, column - 1)) + MATCH + (row === 0 ? own * 2 : bonus);
				// Without a predecessor in its place a match is none.
				if (row > 0 && get(scores, row - 1, column - 1) === 0) matched = 0;
				if (matched < skipped) run = 0;
			}
			isGap = matched < skipped;
			const score = Math.max(matched, skipped, 0);
			scores[row * width + column] = score;
			runs[row * width + column] = run;
			if (row === lastRow && score > best) {
				best = score;
				bestColumn = column;
			}
		}
	}
	return best === 0 ? { score: 1, positions: firsts } : { score: best, positions: wayBack(term, { scores, runs, width, start, firsts }, bestColumn) };
}

interface Tables {
	readonly scores: Int32Array;
	readonly runs: Int32Array;
	readonly width: number;
	readonly start: number;
	readonly firsts: readonly number[];
}

function wayBack(term: Uint16Array, { scores, runs, width, start, firsts }: Tables, from: number): number[] {
	const positions: number[] = [];
	let column = from;
	let wantsMatch = true;
	for (let row = term.length - 1; row >= 0; column--) {
		// Nothing of this row lies further left.
		const isFirst = column <= (firsts[row] ?? start) - start;
		const here = scores[row * width + column] ?? 0;
		const diagonal = row > 0 && column > 0 ? (scores[(row - 1) * width + column - 1] ?? 0) : 0;
		const left = isFirst ? 0 : (scores[row * width + column - 1] ?? 0);
		const run = runs[row * width + column] ?? 0;
		if (isFirst || (run > 0 && here > diagonal && (here > left || (here === left && wantsMatch)))) {
			positions.push(start + column);
			wantsMatch = run > 1;
			row--;
		} else {
			wantsMatch = run > 1 || (runs[(row + 1) * width + column + 1] ?? 0) > 0;
		}
	}
	return positions.reverse();
}
