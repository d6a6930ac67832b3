/**
 * Texts as lines: differences, three-way merge, minimal edits. Pure; lines end in LF here, whatever the document has.
 */
import { diffArrays } from 'diff';

/** Lines `start` (inclusive) to `end` (exclusive) of the old text become `lines`. */
export interface Hunk {
	readonly start: number;
	readonly end: number;
	readonly lines: readonly string[];
}

export type MergeResult =
	| { readonly type: 'merged'; readonly text: string }
	/** Both sides changed the same lines. `liveLine` is the first of them in the live text, counted from 1. */
	| { readonly type: 'conflict'; readonly liveLine: number };

export interface TextReplacement {
	readonly start: { readonly line: number; readonly character: number };
	readonly end: { readonly line: number; readonly character: number };
	readonly text: string;
}

/** Beyond this many inserted and deleted lines the difference is taken as one block: still right, only coarser. */
const MAX_EDIT_LENGTH = 4000;
const byteOrderMark = '\uFEFF';

export function normalize(text: string): string {
	const body = text.startsWith(byteOrderMark) ? text.slice(1) : text;
	return body.includes('\r') ? body.replace(/\r\n?/g, '\n') : body;
}

/** Whether a text has both CRLF and lone LF (or CR) line ends, which an editor's document cannot keep. */
export function hasMixedLineEndings(text: string): boolean {
	const crlf = text.includes('\r\n');
	return (crlf && /(^|[^\r])\n/.test(text)) || /\r(?!\n)/.test(text);
}

export function diffLines(from: readonly string[], to: readonly string[]): readonly Hunk[] {
	let prefix = 0;
	while (prefix < from.length && prefix < to.length && from[prefix] === to[prefix]) prefix++;
	let suffix = 0;
	while (suffix < from.length - prefix && suffix < to.length - prefix && from[from.length - 1 - suffix] === to[to.length - 1 - suffix]) suffix++;
	const oldMiddle = from.slice(prefix, from.length - suffix);
	const newMiddle = to.slice(prefix, to.length - suffix);
	if (oldMiddle.length === 0 && newMiddle.length === 0) return [];
	const whole: Hunk = { start: prefix, end: prefix + oldMiddle.length, lines: newMiddle };
	if (oldMiddle.length === 0 || newMiddle.length === 0) return [whole];
	const parts = diffArrays(oldMiddle, newMiddle, { maxEditLength: MAX_EDIT_LENGTH });
	if (parts === undefined) return [whole];

	const hunks: Hunk[] = [];
	let line = prefix;
	let open: { start: number; lines: string[] } | null = null;
	for (const part of parts) {
		if (!part.added && !part.removed) {
			if (open !== null) hunks.push({ start: open.start, end: line, lines: open.lines });
			open = null;
			line += part.value.length;
			continue;
		}
		open ??= { start: line, lines: [] };
		if (part.added) open.lines.push(...part.value);
		else line += part.value.length;
	}
	if (open !== null) hunks.push({ start: open.start, end: line, lines: open.lines });
	return hunks;
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((line, index) => line === b[index]);
}

/** Two changed ranges of which nobody could say in what order they belong: overlapping, or an insertion at the edge of a change. */
export function collide(a: Hunk, b: Hunk): boolean {
	if (a.start < b.end && b.start < a.end) return true;
	const touching = a.end === b.start || b.end === a.start;
	return touching && (a.start === a.end || b.start === b.end);
}

/** Brings the change from `before` to `after` into `live`. Line ends and byte order marks do not count as changes. */
export function mergeTexts(before: string, live: string, after: string): MergeResult {
	const base = normalize(before);
	const mine = normalize(live);
	const theirs = normalize(after);
	if (mine === base || mine === theirs) return { type: 'merged', text: theirs };
	if (theirs === base) return { type: 'merged', text: mine };

	const baseLines = base.split('\n');
	const liveHunks = diffLines(baseLines, mine.split('\n'));
	const agentHunks = diffLines(baseLines, theirs.split('\n'));
	const merged: string[] = [];
	let at = 0;
	let liveOffset = 0;
	let i = 0;
	let j = 0;
	while (i < liveHunks.length || j < agentHunks.length) {
		const liveHunk = liveHunks[i];
		const agentHunk = agentHunks[j];
		if (liveHunk !== undefined && agentHunk !== undefined && collide(liveHunk, agentHunk)) {
			const same = liveHunk.start === agentHunk.start && liveHunk.end === agentHunk.end && sameLines(liveHunk.lines, agentHunk.lines);
			if (!same) return { type: 'conflict', liveLine: Math.max(liveHunk.start, agentHunk.start) + liveOffset + 1 };
			j++;
			continue;
		}
		const takeLive = agentHunk === undefined || (liveHunk !== undefined && liveHunk.start <= agentHunk.start);
		const next = takeLive ? liveHunk : agentHunk;
		if (next === undefined) break;
		merged.push(...baseLines.slice(at, next.start), ...next.lines);
		at = next.end;
		if (takeLive) {
			liveOffset += next.lines.length - (next.end - next.start);
			i++;
		} else j++;
	}
	merged.push(...baseLines.slice(at));
	return { type: 'merged', text: merged.join('\n') };
}

/** The replacements that turn `from` into `to`, by whole lines, in ascending order; positions are those of `from`. */
export function textReplacements(from: string, to: string): readonly TextReplacement[] {
	const lines = normalize(from).split('\n');
	const last = lines.length - 1;
	const endOf = (line: number) => ({ line, character: lines[line]?.length ?? 0 });
	return diffLines(lines, normalize(to).split('\n')).map((hunk) => {
		if (hunk.end <= last) {
			return {
				start: { line: hunk.start, character: 0 },
				end: { line: hunk.end, character: 0 },
				text: hunk.lines.map((line) => `${line}\n`).join(''),
			};
		}
		if (hunk.start > 0) return { start: endOf(hunk.start - 1), end: endOf(last), text: hunk.lines.map((line) => `\n${line}`).join('') };
		return { start: { line: 0, character: 0 }, end: endOf(last), text: hunk.lines.join('\n') };
	});
}
