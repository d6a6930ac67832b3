import { type ConfigTable, isTable, tomlString } from './table.ts';

/** A change that cannot be written. The message says why. */
export class TomlEditError extends Error {}

/** A value as TOML writes it on one line. Throws `TomlEditError` for what TOML cannot say. */
export function tomlValue(value: unknown): string {
	switch (typeof value) {
		case 'string':
			if (!value.isWellFormed()) throw new TomlEditError('a text with half a character cannot be written');
			return tomlString(value);
		case 'boolean':
			return String(value);
		case 'number':
			if (Number.isNaN(value)) return 'nan';
			if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
			// An integer of TOML has no exponent, and no point makes a float.
			return Object.is(value, -0) ? '0' : String(value);
		default:
			if (value instanceof Date) return value.toISOString();
			if (Array.isArray(value)) return `[${value.map(tomlValue).join(', ')}]`;
			if (isTable(value)) return inlineTable(value);
			throw new TomlEditError(`${value === null ? 'null' : typeof value} cannot be written into a configuration: leave the key out`);
	}
}

function inlineTable(table: ConfigTable): string {
	const members = Object.entries(table).map(([key, value]) => `${tomlKey(key)} = ${tomlValue(value)}`);
	return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** A key, in quotes where it needs them. */
export function tomlKey(key: string): string {
	if (!key.isWellFormed()) throw new TomlEditError('a key with half a character cannot be written');
	return /^[\w-]+$/.test(key) ? key : tomlString(key);
}
