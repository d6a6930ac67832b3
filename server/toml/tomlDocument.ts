import type { AST } from 'toml-eslint-parser';
import type { KeyPath } from './table.ts';

/** `key = value`, in a table or in an inline table. */
export interface TomlEntry {
	/** From the root; null for what lies in a list, which has no path of keys. */
	readonly path: KeyPath | null;
	/** The table or inline table that it stands in. */
	readonly table: KeyPath | null;
	/** Of the whole, from key to value. */
	readonly start: number;
	readonly end: number;
	readonly value: { readonly start: number; readonly end: number };
	/** Its members where the value is an inline table; else null. */
	readonly members: readonly TomlEntry[] | null;
}

/** `[path]`, or an element of a list, `[[path]]`. */
export interface TomlHeader {
	readonly path: KeyPath | null;
	/** The list that this is an element of; null for a table. */
	readonly list: KeyPath | null;
	readonly start: number;
	/** Behind the closing bracket. */
	readonly headerEnd: number;
	/** Behind the last entry. */
	readonly end: number;
	readonly entries: readonly TomlEntry[];
	/** The keys as they are written, for what lies below lists. */
	readonly resolved: readonly (string | number)[];
}

export interface TomlDocument {
	/** Before the first header. */
	readonly entries: readonly TomlEntry[];
	readonly headers: readonly TomlHeader[];
}

/** What stands where in a text. `parseToml` is the parser, which is loaded only where something is edited. */
export function readDocument(source: string, parseToml: (source: string) => AST.TOMLProgram): TomlDocument {
	const entries: TomlEntry[] = [];
	const headers: TomlHeader[] = [];
	for (const node of parseToml(source).body[0].body) {
		if (node.type === 'TOMLKeyValue') entries.push(entryOf(node, []));
		else headers.push(headerOf(node));
	}
	return { entries, headers };
}

function headerOf(node: AST.TOMLTable): TomlHeader {
	const { resolvedKey: resolved } = node;
	const keys = resolved.filter((key) => typeof key === 'string');
	const isElement = node.kind === 'array';
	// The last key of an element is its index.
	const isPlain = keys.length === resolved.length - (isElement ? 1 : 0);
	const path = isPlain && !isElement ? keys : null;
	return {
		path,
		list: isPlain && isElement ? keys : null,
		start: node.range[0],
		headerEnd: node.key.range[1] + (isElement ? 2 : 1),
		end: node.range[1],
		entries: node.body.map((entry) => entryOf(entry, path)),
		resolved,
	};
}

function entryOf(node: AST.TOMLKeyValue, table: KeyPath | null): TomlEntry {
	const keys = node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
	const path = table === null ? null : [...table, ...keys];
	const { value } = node;
	return {
		path,
		table,
		start: node.range[0],
		end: node.range[1],
		value: { start: value.range[0], end: value.range[1] },
		members: value.type === 'TOMLInlineTable' ? value.body.map((member) => entryOf(member, path)) : null,
	};
}
