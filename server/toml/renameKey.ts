import type { AST } from 'toml-eslint-parser';
import type { KeyPath } from './table.ts';
import { tomlKey } from './tomlValue.ts';

interface WrittenKey {
	/** From the root, of the last part. */
	readonly path: KeyPath;
	readonly range: readonly [number, number];
}

/**
 * The text with another name for one key, in every form that TOML has for it: headers, dotted keys and inline tables. Every other byte stays.
 * What lies in a list has no path of keys and is passed over.
 */
export async function renameKey(source: string, path: KeyPath, name: string): Promise<string> {
	const { parseTOML } = await import('toml-eslint-parser');
	const isMeant = (key: WrittenKey) => key.path.length === path.length && key.path.every((part, index) => part === path[index]);
	const places = writtenKeys(parseTOML(source).body[0].body).filter(isMeant);
	return places.toReversed().reduce((text, { range: [start, end] }) => text.slice(0, start) + tomlKey(name) + text.slice(end), source);
}

/** In the order of the text. */
function writtenKeys(nodes: readonly (AST.TOMLKeyValue | AST.TOMLTable)[]): readonly WrittenKey[] {
	return nodes.flatMap((node) => {
		if (node.type === 'TOMLKeyValue') return keysOfEntry(node, []);
		const above = node.resolvedKey.slice(0, node.kind === 'array' ? -1 : undefined);
		const names = above.filter((key) => typeof key === 'string');
		if (names.length < above.length) return [];
		return [...partsOf(node.key, []), ...(node.kind === 'array' ? [] : node.body.flatMap((entry) => keysOfEntry(entry, names)))];
	});
}

function keysOfEntry(node: AST.TOMLKeyValue, table: KeyPath): readonly WrittenKey[] {
	const own = partsOf(node.key, table);
	const below = own.at(-1)?.path ?? table;
	const members = node.value.type === 'TOMLInlineTable' ? node.value.body : [];
	return [...own, ...members.flatMap((member) => keysOfEntry(member, below))];
}

function partsOf({ keys }: AST.TOMLKey, table: KeyPath): readonly WrittenKey[] {
	const names = keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
	return keys.map(({ range }, index) => ({ path: [...table, ...names.slice(0, index + 1)], range }));
}
