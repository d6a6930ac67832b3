import { collide, diffLines, type Hunk, normalize } from '../edits/mergeTexts.ts';

export interface MarkerNames {
	readonly live: string;
	readonly other: string;
}

const startMarker = /^<{7} /m;

/** Whether a text has conflicts that somebody has yet to resolve. */
export function hasMarkers(text: string): boolean {
	return startMarker.test(text);
}

/** Both sides, with Git's markers where they changed the same lines. Lines end in LF. */
export function mergeWithMarkers(texts: { readonly before: string; readonly live: string; readonly after: string }, names: MarkerNames): string {
	const base = normalize(texts.before).split('\n');
	const liveHunks = diffLines(base, normalize(texts.live).split('\n'));
	const otherHunks = diffLines(base, normalize(texts.after).split('\n'));
	const merged: string[] = [];
	let at = 0;
	for (const region of regionsOf(liveHunks, otherHunks)) {
		merged.push(...base.slice(at, region.start));
		const live = linesOf(base, region, region.live);
		const other = linesOf(base, region, region.other);
		if (region.other.length === 0) merged.push(...live);
		else if (region.live.length === 0 || live.join('\n') === other.join('\n')) merged.push(...other);
		else merged.push(`<<<<<<< ${names.live}`, ...live, '=======', ...other, `>>>>>>> ${names.other}`);
		at = region.end;
	}
	merged.push(...base.slice(at));
	return merged.join('\n');
}

/** Lines of the base that one side changed, or both in ways that cannot be told apart. */
interface Region {
	readonly start: number;
	readonly end: number;
	readonly live: readonly Hunk[];
	readonly other: readonly Hunk[];
}

function regionsOf(live: readonly Hunk[], other: readonly Hunk[]): readonly Region[] {
	const regions: Region[] = [];
	const rest = { live: [...live], other: [...other] };
	for (;;) {
		const [a, b] = [rest.live[0], rest.other[0]];
		const first = b === undefined || (a !== undefined && a.start <= b.start) ? a : b;
		if (first === undefined) return regions;
		let span: Hunk = first;
		const taken: { live: Hunk[]; other: Hunk[] } = { live: [], other: [] };
		const take = (side: 'live' | 'other'): boolean => {
			const [next] = rest[side];
			if (next === undefined || (next !== first && !collide(span, next))) return false;
			rest[side].shift();
			taken[side].push(next);
			span = { start: Math.min(span.start, next.start), end: Math.max(span.end, next.end), lines: [] };
			return true;
		};
		while (take('live') || take('other'));
		regions.push({ start: span.start, end: span.end, ...taken });
	}
}

/** The region as one side has it. */
function linesOf(base: readonly string[], { start, end }: Region, hunks: readonly Hunk[]): readonly string[] {
	const lines: string[] = [];
	let at = start;
	for (const hunk of hunks) {
		lines.push(...base.slice(at, hunk.start), ...hunk.lines);
		at = hunk.end;
	}
	return [...lines, ...base.slice(at, end)];
}
