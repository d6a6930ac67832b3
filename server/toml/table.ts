/** Values as TOML has them, by key. */
export type ConfigTable = Readonly<Record<string, unknown>>;

/** The keys from the root of a table to a value. */
export type KeyPath = readonly string[];

export function isTable(value: unknown): value is ConfigTable {
	return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Tables are merged key by key, everything else is replaced. Neither argument is changed. */
export function mergeTables(below: ConfigTable, above: ConfigTable): ConfigTable {
	// Through entries, so that a key with the name of a member of objects is a key like others.
	const result = new Map(Object.entries(below));
	for (const [key, value] of Object.entries(above)) {
		const other = result.get(key);
		result.set(key, isTable(value) ? mergeTables(isTable(other) ? other : {}, value) : value);
	}
	return Object.fromEntries(result);
}

/** The same table with another value at a path. Whatever stood in the way is replaced by tables. */
export function withValue(table: ConfigTable, [first, ...rest]: KeyPath, value: unknown): ConfigTable {
	if (first === undefined) return isTable(value) ? value : table;
	const below = table[first];
	return { ...table, [first]: rest.length === 0 ? value : withValue(isTable(below) ? below : {}, rest, value) };
}

/** The same table without what stands at a path, and without the tables that this leaves empty. */
export function withoutValue(table: ConfigTable, [first, ...rest]: KeyPath): ConfigTable {
	if (first === undefined || !Object.hasOwn(table, first)) return table;
	const { [first]: found, ...others } = table;
	if (rest.length === 0) return others;
	if (!isTable(found)) return table;
	const left = withoutValue(found, rest);
	return Object.keys(left).length === 0 && Object.keys(found).length > 0 ? others : { ...table, [first]: left };
}

export function valueAt(table: unknown, path: KeyPath): unknown {
	let value = table;
	for (const key of path) value = isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined;
	return value;
}

/** The paths of all values that are no tables. An empty table counts as a value. */
export function leafPaths(table: ConfigTable, prefix: KeyPath = []): readonly KeyPath[] {
	return Object.entries(table).flatMap(([key, value]) => {
		const path = [...prefix, key];
		return isTable(value) && Object.keys(value).length > 0 ? leafPaths(value, path) : [path];
	});
}

const BARE = /^[\w-]+$/;

/** A path as TOML writes it: `mcp_servers."my server".command`. */
export function dotted(path: KeyPath): string {
	return path.map((key) => (BARE.test(key) ? key : tomlString(key))).join('.');
}

/** A text as a basic string of TOML. */
export function tomlString(text: string): string {
	return JSON.stringify(text).replaceAll('\x7f', '\\u007f');
}
