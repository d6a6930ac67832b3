import { structuredPatch } from 'diff';

/** A difference that takes longer is shown as one replaced block. */
const DIFF_TIMEOUT_MS = 400;
const MAX_EDIT_LENGTH = 20_000;

/**
 * The hunks of a unified diff, without file headers; '' when nothing differs. Counts of 1 are left out, as git does.
 * `context` is the number of unchanged lines around a change.
 */
export function unifiedDiff(before: string, after: string, context: number): string {
	if (before === after) return '';
	const patch = structuredPatch('', '', before, after, '', '', { context, timeout: DIFF_TIMEOUT_MS, maxEditLength: MAX_EDIT_LENGTH });
	if (patch === undefined) return replacedBlock(before, after, context);
	// The package counts an empty side from 1, the format from 0.
	const header = (hunk: HunkRange) =>
		hunkHeader({ ...hunk, oldStart: hunk.oldStart - (hunk.oldLines === 0 ? 1 : 0), newStart: hunk.newStart - (hunk.newLines === 0 ? 1 : 0) });
	return patch.hunks.map((hunk) => `${header(hunk)}\n${hunk.lines.join('\n')}\n`).join('');
}

interface HunkRange {
	readonly oldStart: number;
	readonly oldLines: number;
	readonly newStart: number;
	readonly newLines: number;
}

function range(start: number, count: number): string {
	return count === 1 ? `${start}` : `${start},${count}`;
}

function hunkHeader({ oldStart, oldLines, newStart, newLines }: HunkRange): string {
	return `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`;
}

function linesOf(text: string): readonly string[] {
	return text === '' ? [] : text.split(/(?<=\n)/);
}

/** One hunk from the first to the last line that differs. */
function replacedBlock(before: string, after: string, context: number): string {
	const old = linesOf(before);
	const fresh = linesOf(after);
	const shorter = Math.min(old.length, fresh.length);
	let head = 0;
	while (head < shorter && old[head] === fresh[head]) head++;
	let tail = 0;
	while (tail < shorter - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
	const lead = Math.min(head, context);
	const trail = Math.min(tail, context);
	const start = head - lead;
	const oldEnd = old.length - tail;
	const newEnd = fresh.length - tail;
	const oldLines = oldEnd + trail - start;
	const newLines = newEnd + trail - start;
	const print = (sign: string) => (line: string) => (line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`);
	return [
		`${hunkHeader({ oldStart: oldLines === 0 ? start : start + 1, oldLines, newStart: newLines === 0 ? start : start + 1, newLines })}\n`,
		...old.slice(start, head).map(print(' ')),
		...old.slice(head, oldEnd).map(print('-')),
		...fresh.slice(head, newEnd).map(print('+')),
		...old.slice(oldEnd, oldEnd + trail).map(print(' ')),
	].join('');
}
