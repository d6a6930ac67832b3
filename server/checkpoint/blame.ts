import { diffArrays } from 'diff';

/** One change of a file, in the order in which the changes were made. Empty texts where there was no file, null where its content is not kept. */
export interface BlamedChange<S> {
	/** What gets the new lines; null when they are nobody's, as after taking a turn back. */
	readonly source: S | null;
	readonly before: string | null;
	readonly after: string | null;
}

/** Larger differences are not worked out line by line. */
const TIMEOUT_MS = 100;

interface Version<S> {
	readonly lines: readonly string[];
	readonly sources: readonly (S | null)[];
}

/**
 * Who wrote each line of a text, by the changes that led to it; null for lines that none of them wrote. What was changed between them by
 * others is nobody's. A change that brings an earlier text back brings back whose lines they were.
 */
export function blameLines<S>(changes: readonly BlamedChange<S>[], live: string): readonly (S | null)[] {
	let now: Version<S> = { lines: [], sources: [] };
	/** By text, to find what a restore went back to. */
	const known = new Map<string, Version<S>>();
	const see = (text: string, version: Version<S>) => {
		known.set(text, version);
		now = version;
	};
	for (const { source, before, after } of changes) {
		if (before !== null) see(before, advance(now, before, null));
		if (after === null) continue;
		const earlier = source === null ? known.get(after) : undefined;
		see(after, earlier ?? advance(now, after, source));
	}
	return advance(now, live, null).sources;
}

/** Whose the lines of the next text are: those that stay keep theirs. */
function advance<S>(from: Version<S>, text: string, source: S | null): Version<S> {
	const lines = linesOf(text);
	const shorter = Math.min(from.lines.length, lines.length);
	let head = 0;
	while (head < shorter && from.lines[head] === lines[head]) head++;
	let tail = 0;
	while (tail < shorter - head && from.lines.at(-1 - tail) === lines.at(-1 - tail)) tail++;
	const middle = between(
		{ lines: from.lines.slice(head, from.lines.length - tail), sources: from.sources.slice(head, from.lines.length - tail) },
		lines.slice(head, lines.length - tail),
		source,
	);
	return { lines, sources: [...from.sources.slice(0, head), ...middle, ...from.sources.slice(from.sources.length - tail)] };
}

function between<S>(from: Version<S>, lines: readonly string[], source: S | null): readonly (S | null)[] {
	if (from.lines.length === 0 || lines.length === 0) return lines.map(() => source);
	const parts = diffArrays([...from.lines], [...lines], { timeout: TIMEOUT_MS });
	if (parts === undefined) return lines.map(() => source);
	let at = 0;
	return parts.flatMap(({ added, removed, value }) => {
		if (added) return value.map(() => source);
		const kept = from.sources.slice(at, at + value.length);
		at += value.length;
		return removed ? [] : kept;
	});
}

/** Without their ends, so that other ends of lines are no change. */
function linesOf(text: string): readonly string[] {
	const lines = text.split(/\r?\n/);
	return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
