import type { ChunkLine, Outcome, PatchSection, UpdateChunk } from './patch.ts';

const beginMarker = '*** Begin Patch';
const endMarker = '*** End Patch';
export const addPrefix = '*** Add File: ';
export const deletePrefix = '*** Delete File: ';
export const updatePrefix = '*** Update File: ';
export const movePrefix = '*** Move to: ';
export const endOfFileMarker = '*** End of File';

/** What `trim` means in this format: Unicode white space, and not the byte order mark that JavaScript trims too. */
export function trimEnd(text: string): string {
	return text.replace(/\p{White_Space}+$/u, '');
}

export function trimBoth(text: string): string {
	return trimEnd(text.replace(/^\p{White_Space}+/u, ''));
}

class PatchSyntaxError extends Error {}

function hunkError(lineNumber: number, message: string): PatchSyntaxError {
	return new PatchSyntaxError(`invalid hunk at line ${lineNumber}, ${message}`);
}

/**
 * Reads a whole patch. White space around it is ignored, and so is a here-document (`<<'EOF'` ... `EOF`) around it,
 * which models write when they think of a shell. Everything else has to follow the format.
 */
export function parsePatch(text: string): Outcome<readonly PatchSection[]> {
	try {
		return { ok: true, value: parseSections(patchLines(text)) };
	} catch (error) {
		if (error instanceof PatchSyntaxError) return { ok: false, message: error.message };
		throw error;
	}
}

/** The lines from the begin to the end marker, both included. */
function patchLines(text: string): readonly string[] {
	const lines = trimBoth(text).split(/\r?\n/);
	if (isEnclosed(lines)) return lines;
	const inner = /^<<-?\s*(['"]?)EOF\1$/.test(lines[0] ?? '') && (lines.at(-1) ?? '').endsWith('EOF') ? lines.slice(1, -1) : lines;
	if (isEnclosed(inner)) return inner;
	if (trimBoth(inner[0] ?? '') !== beginMarker) throw new PatchSyntaxError(`invalid patch: The first line of the patch must be '${beginMarker}'`);
	throw new PatchSyntaxError(`invalid patch: The last line of the patch must be '${endMarker}'`);
}

function isEnclosed(lines: readonly string[]): boolean {
	return lines.length > 1 && trimBoth(lines[0] ?? '') === beginMarker && trimBoth(lines.at(-1) ?? '') === endMarker;
}

function parseSections(lines: readonly string[]): readonly PatchSection[] {
	const sections: PatchSection[] = [];
	const last = lines.length - 1;
	let index = 1;
	while (index < last) {
		const parsed = parseSection(lines, index, last);
		sections.push(parsed.section);
		index = parsed.next;
	}
	return sections;
}

interface ParsedSection {
	readonly section: PatchSection;
	readonly next: number;
}

/** `index` is the section's header, `end` the line after the last one that may belong to it; both count from 0. */
function parseSection(lines: readonly string[], index: number, end: number): ParsedSection {
	const header = trimBoth(lines[index] ?? '');
	if (header.startsWith(addPrefix)) return parseAdd(lines, index, end);
	if (header.startsWith(deletePrefix)) return { section: { type: 'delete', path: header.slice(deletePrefix.length) }, next: index + 1 };
	if (header.startsWith(updatePrefix)) return parseUpdate(lines, index, end);
	throw hunkError(
		index + 1,
		`'${header}' is not a valid hunk header. Valid hunk headers: '${addPrefix}{path}', '${deletePrefix}{path}', '${updatePrefix}{path}'`,
	);
}

function parseAdd(lines: readonly string[], index: number, end: number): ParsedSection {
	let content = '';
	let next = index + 1;
	for (; next < end; next++) {
		const line = lines[next] ?? '';
		if (!line.startsWith('+')) break;
		content += `${line.slice(1)}\n`;
	}
	return { section: { type: 'add', path: trimBoth(lines[index] ?? '').slice(addPrefix.length), content }, next };
}

function parseUpdate(lines: readonly string[], index: number, end: number): ParsedSection {
	const path = trimBoth(lines[index] ?? '').slice(updatePrefix.length);
	let next = index + 1;
	const moveLine = next < end ? (lines[next] ?? '') : '';
	const movePath = moveLine.startsWith(movePrefix) ? moveLine.slice(movePrefix.length) : null;
	if (movePath !== null) next++;
	const chunks: UpdateChunk[] = [];
	while (next < end) {
		const line = lines[next] ?? '';
		if (trimBoth(line) === '') {
			next++;
			continue;
		}
		if (line.startsWith('***') || isSectionHeader(line)) break;
		const parsed = parseChunk(lines, next, { end, first: chunks.length === 0 });
		chunks.push(parsed.chunk);
		next = parsed.next;
	}
	if (chunks.length === 0) throw hunkError(index + 1, `Update file hunk for path '${path}' is empty`);
	return { section: { type: 'update', path, movePath, chunks }, next };
}

/** Only indented headers reach this after a chunk; a context line such as ` *** Add File: x` is taken as context before. */
function isSectionHeader(line: string): boolean {
	const text = trimBoth(line);
	return text.startsWith(addPrefix) || text.startsWith(deletePrefix) || text.startsWith(updatePrefix);
}

export function chunkLine(line: string): ChunkLine | null {
	if (line === '') return { kind: 'context', text: '' };
	if (line.startsWith(' ')) return { kind: 'context', text: line.slice(1) };
	if (line.startsWith('-')) return { kind: 'remove', text: line.slice(1) };
	if (line.startsWith('+')) return { kind: 'add', text: line.slice(1) };
	return null;
}

/** The text of a `@@` line, '' for a bare one, null for any other line. */
export function chunkHeader(line: string): string | null {
	if (line === '@@') return '';
	return line.startsWith('@@ ') ? line.slice(3) : null;
}

function parseChunk(
	lines: readonly string[],
	start: number,
	{ end, first }: { end: number; first: boolean },
): { readonly chunk: UpdateChunk; readonly next: number } {
	const headers: string[] = [];
	let next = start;
	for (let header = chunkHeader(lines[next] ?? ''); next < end && header !== null; header = chunkHeader(lines[next] ?? '')) {
		if ((lines[next] ?? '') !== '@@') headers.push(header);
		next++;
	}
	if (next === start && !first) throw hunkError(start + 1, `Expected update hunk to start with a @@ context marker, got: '${lines[start] ?? ''}'`);
	const body: ChunkLine[] = [];
	for (; next < end; next++) {
		const line = lines[next] ?? '';
		if (line === endOfFileMarker && body.length > 0) return { chunk: { headers, lines: body, endOfFile: true }, next: next + 1 };
		const parsed = chunkLine(line);
		if (parsed === null) break;
		body.push(parsed);
	}
	if (body.length > 0) return { chunk: { headers, lines: body, endOfFile: false }, next };
	if (next >= end || lines[next] === endOfFileMarker) throw hunkError(next + 1, 'Update hunk does not contain any lines');
	throw hunkError(
		next + 1,
		`Unexpected line found in update hunk: '${lines[next] ?? ''}'. Every line should start with ' ' (context line), '+' (added line), or '-' (removed line)`,
	);
}
