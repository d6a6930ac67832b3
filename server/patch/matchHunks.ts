import { trimBoth, trimEnd } from './parsePatch.ts';
import type { Outcome, UpdateChunk } from './patch.ts';

interface FileLine {
	readonly text: string;
	readonly eol: '\n' | '\r\n' | '';
}

interface Replacement {
	readonly start: number;
	readonly removed: number;
	readonly lines: readonly FileLine[];
}

const dashes = /[\u2010-\u2015\u2212]/g;
const singleQuotes = /[\u2018-\u201b]/g;
const doubleQuotes = /[\u201c-\u201f]/g;
const spaces = /[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g;

/** Typographic punctuation as the ASCII that models write instead. */
function plain(text: string): string {
	return trimBoth(text).replace(dashes, '-').replace(singleQuotes, "'").replace(doubleQuotes, '"').replace(spaces, ' ');
}

/** From strict to lenient; a looser one is only tried when no place in the file satisfies the one before. */
const readings: readonly ((text: string) => string)[] = [(text) => text, trimEnd, trimBoth, plain];

/** Where `wanted` stands in `lines` at or after `from`, or exactly at the end of the file. -1 when it does not. */
function seek(lines: readonly FileLine[], wanted: readonly string[], { from, atEnd }: { from: number; atEnd: boolean }): number {
	const last = lines.length - wanted.length;
	if (last < 0) return -1;
	const first = atEnd ? last : from;
	for (const read of readings) {
		const pattern = wanted.map(read);
		for (let start = first; start <= last; start++) {
			if (pattern.every((text, offset) => read(lines[start + offset]?.text ?? '') === text)) return start;
		}
	}
	return -1;
}

function splitLines(text: string): FileLine[] {
	const parts = text.split('\n');
	const tail = parts.pop() ?? '';
	const lines: FileLine[] = parts.map((part) => (part.endsWith('\r') ? { text: part.slice(0, -1), eol: '\r\n' } : { text: part, eol: '\n' }));
	if (tail !== '') lines.push({ text: tail, eol: '' });
	return lines;
}

function usualEol(lines: readonly FileLine[]): '\n' | '\r\n' {
	const windows = lines.filter((line) => line.eol === '\r\n').length;
	return windows * 2 > lines.filter((line) => line.eol !== '').length ? '\r\n' : '\n';
}

/**
 * The file after all chunks. Chunks are looked for in their order, each after the one before. Line endings of kept
 * lines stay, added lines get those that the file mostly has. A file that is not empty ends with a line ending afterwards.
 * Kept lines get the patch's own spelling where only white space or punctuation differed.
 */
export function applyChunks(text: string, chunks: readonly UpdateChunk[], path: string): Outcome<string> {
	const lines = splitLines(text);
	const eol = usualEol(lines);
	const replacements: Replacement[] = [];
	let from = 0;
	for (const chunk of chunks) {
		for (const header of chunk.headers) {
			const at = seek(lines, [header], { from, atEnd: false });
			if (at < 0) return { ok: false, message: `Failed to find context '${header}' in ${path}` };
			from = at + 1;
		}
		const replacement = placeChunk(lines, chunk, { from, eol });
		if (replacement === null) {
			const wanted = chunk.lines.filter((line) => line.kind !== 'add').map((line) => line.text);
			return { ok: false, message: `Failed to find expected lines in ${path}:\n${wanted.join('\n')}` };
		}
		replacements.push(replacement);
		if (replacement.removed > 0) from = replacement.start + replacement.removed;
	}
	return { ok: true, value: joinLines(replaceLines(lines, replacements), eol) };
}

function placeChunk(lines: readonly FileLine[], chunk: UpdateChunk, { from, eol }: { from: number; eol: '\n' | '\r\n' }): Replacement | null {
	const wanted = chunk.lines.filter((line) => line.kind !== 'add').map((line) => line.text);
	if (wanted.length === 0) {
		const end = endsBlank(lines) ? lines.length - 1 : lines.length;
		// Under a header lines are added right behind it: that is where the header says.
		const start = chunk.headers.length > 0 && !chunk.endOfFile ? Math.min(from, end) : end;
		return { start, removed: 0, lines: chunk.lines.map((line) => ({ text: line.text, eol })) };
	}
	let removed = wanted.length;
	let dropLast = false;
	let start = seek(lines, wanted, { from, atEnd: chunk.endOfFile });
	if (start < 0 && wanted.at(-1) === '') {
		// A blank line at the end of a chunk often stands for the end of the file only.
		removed--;
		dropLast = true;
		start = removed === 0 ? from : seek(lines, wanted.slice(0, -1), { from, atEnd: chunk.endOfFile });
	}
	if (start < 0) return null;
	const added: FileLine[] = [];
	let offset = 0;
	for (const line of chunk.lines) {
		const original = lines[start + offset];
		if (line.kind !== 'add') offset++;
		if (line.kind === 'add') added.push({ text: line.text, eol });
		else if (line.kind === 'context') added.push({ text: line.text, eol: original?.eol || eol });
	}
	if (dropLast && added.at(-1)?.text === '') added.pop();
	return { start, removed, lines: added };
}

/**
 * From the last to the first, so that line numbers stay right. Only a chunk at the end of the file can reach into the one
 * before; it then usually repeats its kept lines.
 */
function replaceLines(lines: readonly FileLine[], replacements: readonly Replacement[]): readonly FileLine[] {
	let result = lines;
	for (const { start, removed, lines: fresh } of replacements.toSorted((a, b) => a.start - b.start).reverse()) {
		result = [...result.slice(0, start), ...fresh, ...result.slice(start + removed)];
	}
	return result;
}

/** A blank last line counts as the end of the line before it, and as nothing else; not so with CRLF. That is the format's way. */
function endsBlank(lines: readonly FileLine[]): boolean {
	const last = lines.at(-1);
	return last?.text === '' && last.eol !== '\r\n';
}

function joinLines(lines: readonly FileLine[], eol: '\n' | '\r\n'): string {
	const kept = endsBlank(lines) ? lines.slice(0, -1) : lines;
	return kept.map((line) => line.text + (line.eol || eol)).join('');
}
