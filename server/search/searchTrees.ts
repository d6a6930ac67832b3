import type { FileTree, Folder } from './fileTree.ts';
import { foldUnit, textMask, unitMask } from './fold.ts';
import { bestMatch, type Candidate, MAX_UNITS, newCandidate, roughScore } from './fuzzyScore.ts';
import { IS_FOLDER, IS_WIDE, nameAt } from './packedNames.ts';

export interface FoundFile {
	readonly root: string;
	/** Below the root, with slashes. */
	readonly path: string;
	readonly kind: 'file' | 'folder';
	readonly score: number;
	/** Characters of the path that matched: code points, in order. */
	readonly indices: readonly number[];
}

/** How many are told. */
const MAX_FOUND = 50;
/** How many of the best by the quick score are scored well. */
const SHORT_LIST = 160;

/** Words of a query; each must match. Longer ones than a path are of no use. */
function termsOf(query: string): readonly Uint16Array[] {
	return query
		.split(/\s+/)
		.filter((word) => word !== '')
		.map((word) => Uint16Array.from({ length: Math.min(word.length, MAX_UNITS + 1) }, (_, i) => foldUnit(word.charCodeAt(i))));
}

interface Rough {
	readonly tree: FileTree;
	readonly folder: Folder;
	readonly index: number;
	readonly score: number;
	readonly length: number;
}

/** The best so far by the quick score, without holding all that match. Of equal ones the shorter paths are better. */
class ShortList {
	readonly #all: Rough[] = [];
	#worst: Pick<Rough, 'score' | 'length'> = { score: -1, length: Number.POSITIVE_INFINITY };

	/** Asked before anything is made for a match: nearly all of many are turned away here. */
	takes(score: number, length: number): boolean {
		return score > this.#worst.score || (score === this.#worst.score && length < this.#worst.length);
	}

	add(rough: Rough): void {
		if (this.#all.push(rough) >= SHORT_LIST * 8) this.take();
	}

	take(): readonly Rough[] {
		this.#all.sort((a, b) => b.score - a.score || a.length - b.length);
		this.#all.length = Math.min(this.#all.length, SHORT_LIST);
		if (this.#all.length === SHORT_LIST) this.#worst = this.#all.at(-1) ?? this.#worst;
		return this.#all;
	}
}

function append(candidate: Candidate, text: string): void {
	for (let i = 0; i < text.length; i++) {
		const unit = text.charCodeAt(i);
		candidate.raw[candidate.length] = unit;
		candidate.folded[candidate.length++] = foldUnit(unit);
	}
}

/** The best matches in what is known of the trees; none for an empty query. */
export function searchTrees(trees: readonly FileTree[], query: string): readonly FoundFile[] {
	const terms = termsOf(query);
	if (terms.length === 0) return [];
	const wanted = textMask(query.replaceAll(/\s/g, ''));
	const list = new ShortList();
	const candidate = newCandidate();
	for (const tree of trees) for (const folder of tree.folders()) roughly(tree, folder, { terms, wanted, candidate, list });
	const found = list.take().flatMap((rough) => {
		const best = scoreWell(rough, terms, candidate);
		return best === null ? [] : [best];
	});
	found.sort((a, b) => b.score - a.score || a.path.length - b.path.length || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
	return found.slice(0, MAX_FOUND);
}

interface RoughSearch {
	readonly terms: readonly Uint16Array[];
	readonly wanted: number;
	readonly candidate: Candidate;
	readonly list: ShortList;
}

function roughly(tree: FileTree, folder: Folder, { terms, wanted, candidate, list }: RoughSearch): void {
	const { bytes, ends, masks } = folder.names;
	if (folder.path.length >= MAX_UNITS) return;
	const { raw, folded } = candidate;
	candidate.length = 0;
	append(candidate, folder.path === '' ? '' : `${folder.path}/`);
	const start = candidate.length;
	candidate.nameStart = start;
	let prefixMask = 0;
	for (let i = 0; i < start; i++) prefixMask |= unitMask(folded[i] ?? 0);
	let from = 0;
	for (let index = 0; index < ends.length; index++) {
		const begin = from;
		const end = ends[index] ?? 0;
		from = end;
		const mask = masks[index] ?? 0;
		if (((mask | prefixMask) & wanted) !== wanted || start + end - begin > MAX_UNITS) continue;
		candidate.length = start;
		if ((mask & IS_WIDE) !== 0) append(candidate, nameAt(folder.names, index));
		else {
			for (let at = begin; at < end; at++) {
				const unit = bytes[at] ?? 0;
				raw[candidate.length] = unit;
				folded[candidate.length++] = unit >= 65 && unit <= 90 ? unit + 32 : unit;
			}
		}
		let score = 0;
		for (const term of terms) {
			const own = roughScore(term, candidate);
			if (own < 0) {
				score = -1;
				break;
			}
			score += own;
		}
		if (score >= 0 && list.takes(score, candidate.length)) list.add({ tree, folder, index, score, length: candidate.length });
	}
}

function scoreWell({ tree, folder, index }: Rough, terms: readonly Uint16Array[], candidate: Candidate): FoundFile | null {
	const prefix = folder.path === '' ? '' : `${folder.path}/`;
	const path = prefix + nameAt(folder.names, index);
	candidate.length = 0;
	append(candidate, path);
	candidate.nameStart = prefix.length;
	let score = 0;
	const positions = new Set<number>();
	for (const term of terms) {
		const match = bestMatch(term, candidate);
		if (match === null) return null;
		score += match.score;
		for (const position of match.positions) positions.add(position);
	}
	const kind = ((folder.names.masks[index] ?? 0) & IS_FOLDER) === 0 ? 'file' : 'folder';
	return { root: tree.root, path, kind, score: Math.max(0, score), indices: toCodePoints(path, positions) };
}

/** Positions of UTF-16 units as positions of characters. */
function toCodePoints(text: string, units: ReadonlySet<number>): readonly number[] {
	const indices: number[] = [];
	let unit = 0;
	let index = 0;
	for (const character of text) {
		if (units.has(unit) || (character.length === 2 && units.has(unit + 1))) indices.push(index);
		unit += character.length;
		index++;
	}
	return indices;
}
