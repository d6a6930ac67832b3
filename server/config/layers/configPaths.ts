import os from 'node:os';
import path from 'node:path';
import { type ConfigTable, isTable } from '../../toml/table.ts';

/** Keys whose values are paths; `*` stands for any key. */
const PATHS: readonly (readonly string[])[] = [
	['model_instructions_file'],
	['experimental_instructions_file'],
	['experimental_compact_prompt_file'],
	['model_catalog_json'],
	['log_dir'],
	['sqlite_home'],
	['sandbox_workspace_write', 'writable_roots'],
	['agents', '*', 'config_file'],
	['profiles', '*', 'model_instructions_file'],
	['profiles', '*', 'experimental_compact_prompt_file'],
];

/** The same table with its relative paths, and those from the home, as absolute ones. */
export function withAbsolutePaths(table: ConfigTable, folder: string): ConfigTable {
	return PATHS.reduce((result, keys) => mapAt(result, keys, (value) => absolute(value, folder)), table);
}

function mapAt(table: ConfigTable, [key, ...rest]: readonly string[], map: (value: unknown) => unknown): ConfigTable {
	if (key === undefined) return table;
	const names = key === '*' ? Object.keys(table) : Object.hasOwn(table, key) ? [key] : [];
	let result = table;
	for (const name of names) {
		const value = table[name];
		const next = rest.length === 0 ? map(value) : isTable(value) ? mapAt(value, rest, map) : value;
		if (next !== value) result = { ...result, [name]: next };
	}
	return result;
}

function absolute(value: unknown, folder: string): unknown {
	if (Array.isArray(value)) {
		const next = value.map((each) => absolute(each, folder));
		return next.every((each, index) => each === value[index]) ? value : next;
	}
	if (typeof value !== 'string' || value === '') return value;
	if (value === '~') return os.homedir();
	return value.startsWith('~/') ? path.join(os.homedir(), value.slice(2)) : path.resolve(folder, value);
}
