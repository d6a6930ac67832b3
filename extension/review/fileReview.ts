/**
 * What of a file's changes a person has not decided on yet. Pure: `base` is the text with everything that was decided, `agent` what the
 * agent left; what the person typed since lies on top of that, in the live document, and is never part of a hunk.
 */
import { diffLines, type Hunk, mergeTexts, normalize } from '../edits/mergeTexts.ts';

/** A text, or null where there is no file. Lines end in LF. */
export type Text = string | null;

export interface FileReview {
	readonly path: string;
	readonly base: Text;
	readonly agent: Text;
	/** It is no text, or its old content is not kept: it can only be kept or undone as a whole, by the server. */
	readonly opaque: boolean;
	/** Who changed it and has not been decided on, the oldest first. */
	readonly sources: readonly ReviewSource[];
	/** Ids of hunks that were looked at. */
	readonly reviewed: readonly string[];
}

export interface ReviewSource {
	readonly threadId: string;
	readonly checkpointId: string;
}

export type ChangedContent = { readonly type: 'text'; readonly text: Text } | { readonly type: 'opaque' };

export interface AgentChange {
	readonly path: string;
	readonly source: ReviewSource;
	readonly before: ChangedContent;
	readonly after: ChangedContent;
}

/** Lines `start` (inclusive) to `end` (exclusive), from 0. */
export interface LineRange {
	readonly start: number;
	readonly end: number;
}

export interface ReviewHunk {
	/** The same as long as its lines are. */
	readonly id: string;
	readonly base: LineRange;
	readonly agent: LineRange;
	/** Where it is in the live document. */
	readonly live: LineRange;
	readonly removed: readonly string[];
	readonly added: readonly string[];
	/** The person has changed the same lines since: it cannot be undone by itself. */
	readonly edited: boolean;
	readonly reviewed: boolean;
}

/** The review after one more change of the agent; null when nothing is left to decide. */
export function takeChange(review: FileReview | null, { path, source, before, after }: AgentChange): FileReview | null {
	const sources = [...(review?.sources ?? []).filter(({ checkpointId }) => checkpointId !== source.checkpointId), source];
	if (before.type === 'opaque' || after.type === 'opaque' || review?.opaque) {
		return { path, base: null, agent: null, opaque: true, sources, reviewed: [] };
	}
	const from = clean(before.text);
	const to = clean(after.text);
	const base = review === null ? from : rebased(review, from);
	if (base === to) return null;
	return { path, base, agent: to, opaque: false, sources, reviewed: review?.reviewed ?? [] };
}

/** The base with what the person changed between two changes of the agent: that needs no decision. */
function rebased({ base, agent }: FileReview, now: Text): Text {
	if (now === agent || base === null || agent === null || now === null) return base;
	const merged = mergeTexts(agent, base, now);
	return merged.type === 'merged' ? merged.text : base;
}

function clean(text: Text): Text {
	return text === null ? null : normalize(text);
}

/** The hunks of a file, in the order of its lines. `live` is the text of the document or file. */
export function hunksOf(review: FileReview, live: string): readonly ReviewHunk[] {
	if (review.opaque || review.agent === null) return [];
	const base = linesOf(review.base);
	const agent = linesOf(review.agent);
	const seen = new Map<string, number>();
	let offset = 0;
	const liveLines = linesOf(normalize(live));
	const edits = diffLines(agent, liveLines);
	return diffLines(base, agent).flatMap((hunk) => {
		const inAgent = { start: hunk.start + offset, end: hunk.start + offset + hunk.lines.length };
		offset += hunk.lines.length - (hunk.end - hunk.start);
		const removed = base.slice(hunk.start, hunk.end);
		const text = `${removed.join('\n')}\0${hunk.lines.join('\n')}`;
		const nth = seen.get(text) ?? 0;
		seen.set(text, nth + 1);
		const id = `${nth}:${text}`;
		const place = inLive(inAgent, edits);
		const isGone = hunk.lines.length === 0 ? isPutBack(inAgent.start, removed, edits) : isTakenBack(place.live, { removed, lines: liveLines });
		if (isGone && (place.edited || hunk.lines.length === 0)) return [];
		return [
			{
				id,
				base: { start: hunk.start, end: hunk.end },
				agent: inAgent,
				...place,
				removed,
				added: hunk.lines,
				reviewed: review.reviewed.includes(id),
			},
		];
	});
}

/** The lines are as they were before the agent: somebody took the change back, in the editor, with git or otherwise. */
function isTakenBack({ start, end }: LineRange, { removed, lines }: { removed: readonly string[]; lines: readonly string[] }): boolean {
	return end - start === removed.length && removed.every((line, index) => lines[start + index] === line);
}

/** Lines that the agent removed stand again where it removed them: inserted there they belong to no line of the hunk. */
function isPutBack(start: number, removed: readonly string[], edits: readonly Hunk[]): boolean {
	const put = edits.find((edit) => edit.start === edit.end && edit.start === start);
	return put !== undefined && put.lines.length === removed.length && put.lines.every((line, index) => line === removed[index]);
}

/** Whether nothing of a change is left in the file. `live`: null when there is no file. */
export function isSettled(review: FileReview, live: Text): boolean {
	if (review.opaque) return false;
	if (live === null || review.base === null) return live === review.base;
	return normalize(live) === review.base || (review.agent !== null && hunksOf(review, live).length === 0);
}

function linesOf(text: Text): readonly string[] {
	return text === null ? [''] : text.split('\n');
}

/** Where lines are after the edits, and whether one of the edits changed them. */
function inLive({ start, end }: LineRange, edits: readonly Hunk[]): { readonly live: LineRange; readonly edited: boolean } {
	let before = 0;
	let within = 0;
	let edited = false;
	for (const edit of edits) {
		const grown = edit.lines.length - (edit.end - edit.start);
		const isEmpty = start === end;
		const overlaps = isEmpty ? edit.start < start && edit.end > start : edit.start < end && edit.end > start;
		// What was inserted right between two lines of the hunk is inside of it too.
		const inserted = edit.start === edit.end && edit.start > start && edit.start < end;
		if (overlaps || inserted) {
			edited = true;
			within += grown;
		} else if (edit.end <= start) before += grown;
	}
	return { live: { start: start + before, end: Math.max(start, end + within) + before }, edited };
}

/** The review without a hunk that stays as the agent left it; null when it was the last. */
export function keepHunk(review: FileReview, hunk: ReviewHunk): FileReview | null {
	const base = linesOf(review.base).toSpliced(hunk.base.start, hunk.base.end - hunk.base.start, ...hunk.added);
	return left({ ...review, base: base.join('\n') });
}

/**
 * The review without a hunk that is taken back, and the lines that come into the document at `hunk.live`.
 * Not for a hunk that is `edited`.
 */
export function undoHunk(review: FileReview, hunk: ReviewHunk): { readonly review: FileReview | null; readonly lines: readonly string[] } {
	const agent = linesOf(review.agent).toSpliced(hunk.agent.start, hunk.agent.end - hunk.agent.start, ...hunk.removed);
	return { review: left({ ...review, agent: agent.join('\n') }), lines: hunk.removed };
}

function left(review: FileReview): FileReview | null {
	return review.base === review.agent ? null : review;
}

export function markReviewed(review: FileReview, id: string): FileReview {
	const { reviewed } = review;
	return { ...review, reviewed: reviewed.includes(id) ? reviewed.filter((each) => each !== id) : [...reviewed, id] };
}

/** The text that the changes which are left are shown against: the base with what the person typed since. */
export function originalText(review: FileReview, live: string): string {
	if (review.base === null || review.agent === null) return review.base ?? '';
	const merged = mergeTexts(review.agent, review.base, live);
	return merged.type === 'merged' ? merged.text : review.base;
}
