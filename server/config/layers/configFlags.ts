import { parse } from 'smol-toml';
import { ConfigError } from '../configError.ts';
import { type ConfigTable, isTable, type KeyPath, tomlString, withValue } from '../../toml/table.ts';
import { l10n } from '../../words/l10n.ts';

/** What the command line sets. */
export interface ConfigFlags {
	/** `-c key=value`, in order. */
	readonly values: readonly string[];
	readonly enable: readonly string[];
	readonly disable: readonly string[];
	/** `--profile`. */
	readonly profile: string | null;
}

export const NO_FLAGS: ConfigFlags = { values: [], enable: [], disable: [], profile: null };

/** The layer of the command line. The last of two values for a key counts, also of a table. Throws `ConfigError`. */
export function flagTable({ values, enable, disable, profile }: ConfigFlags): ConfigTable {
	let table: ConfigTable = {};
	for (const text of values) {
		const [path, value] = parseFlag(text);
		table = withValue(table, path, value);
	}
	for (const name of enable) table = withValue(table, ['features', name], true);
	for (const name of disable) table = withValue(table, ['features', name], false);
	return profile === null ? table : { ...table, profile };
}

function parseFlag(text: string): readonly [KeyPath, unknown] {
	const equals = text.indexOf('=');
	if (equals < 1) throw new ConfigError(l10n`invalid -c ${text}: expected key=value`);
	return [parseKeyPath(text.slice(0, equals).trim()), parseValue(text.slice(equals + 1).trim())];
}

/** A value as TOML has it; a text that is none is a string. */
function parseValue(text: string): unknown {
	try {
		return parse(`value = ${text}`)['value'];
	} catch {
		const quoted = /^(['"])(.*)\1$/s.exec(text);
		return quoted?.[2] ?? text;
	}
}

/** Stands for the value where only the key counts. */
const MARK = 'the value';

/**
 * The keys of a dotted path, quoted ones too: `projects."/a.b".trust_level`. Keys that TOML would want quoted, such as `a@b`, are taken as
 * they are between the dots. Throws `ConfigError`.
 */
export function parseKeyPath(text: string): KeyPath {
	const path: string[] = [];
	try {
		let value: unknown = parse(`${text} = ${tomlString(MARK)}`);
		while (isTable(value)) {
			const [entry, ...more] = Object.entries(value);
			if (entry === undefined || more.length > 0) throw new Error('not one key');
			path.push(entry[0]);
			value = entry[1];
		}
		if (value !== MARK) throw new Error('more than a key');
	} catch (error) {
		const parts = text.split('.').map((part) => part.trim());
		if (!/["'\n]/.test(text) && !parts.includes('')) return parts;
		throw new ConfigError(l10n`invalid key path \`${text}\`: write keys with dots between them, and quote those with other characters`, {
			cause: error,
		});
	}
	return path;
}
