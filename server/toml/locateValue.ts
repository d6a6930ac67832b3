import { parse } from 'smol-toml';
import { isTable, type KeyPath } from './table.ts';

/** Where in a text something stands. Lines and columns count from one, the end belongs to it. */
export interface TextRange {
	readonly start: TextPosition;
	readonly end: TextPosition;
}

export interface TextPosition {
	readonly line: number;
	readonly column: number;
}

/** Where the value of a key stands in a text of TOML, or else the nearest key above it; null when neither is found as a line of its own. */
export function locateValue(source: string, path: KeyPath): TextRange | null {
	const lines = source.split('\n').map((line) => line.replace(/\r$/, ''));
	for (let length = path.length; length > 0; length--) {
		const range = locate(lines, path.slice(0, length));
		if (range !== null) return range;
	}
	return null;
}

function locate(lines: readonly string[], path: KeyPath): TextRange | null {
	let table: KeyPath = [];
	for (const [index, line] of lines.entries()) {
		const header = /^\s*\[{1,2}\s*(.+?)\s*\]{1,2}\s*(?:#.*)?$/.exec(line)?.[1];
		if (header !== undefined) {
			table = keysOf(`${header} = 0`) ?? [];
			if (isEqual(table, path)) return rangeOf(index, line.search(/\S/), line.trim());
			continue;
		}
		const value = /^(\s*(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*\s*=\s*)(.+)$/.exec(line);
		const [, left, right] = value ?? [];
		if (left === undefined || right === undefined) continue;
		const keys = keysOf(`${left}0`);
		if (keys !== null && isEqual([...table, ...keys], path)) return rangeOf(index, left.length, token(right));
	}
	return null;
}

const isEqual = (a: KeyPath, b: KeyPath) => a.length === b.length && a.every((key, index) => key === b[index]);

function rangeOf(index: number, column: number, text: string): TextRange {
	return { start: { line: index + 1, column: column + 1 }, end: { line: index + 1, column: column + Math.max(text.length, 1) } };
}

function keysOf(assignment: string): KeyPath | null {
	const path: string[] = [];
	try {
		let value: unknown = parse(assignment);
		while (isTable(value)) {
			const [entry] = Object.entries(value);
			if (entry === undefined) return null;
			path.push(entry[0]);
			value = entry[1];
		}
		return path;
	} catch {
		return null;
	}
}

/** A text, number or word at the start of a line's right side; a list or table as far as the line goes. */
function token(text: string): string {
	const quoted = /^("(?:[^"\\]|\\.)*"|'[^']*')/.exec(text)?.[1];
	if (quoted !== undefined && quoted.length > 2) return quoted;
	return /^[[{"']/.test(text) ? text.trimEnd() : (/^[^\s#,]+/.exec(text)?.[0] ?? text);
}
