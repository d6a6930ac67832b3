import type * as z from 'zod/mini';
import { type Config, ConfigSchema } from './config.ts';
import { ConfigError } from './configError.ts';
import { type ConfigTable, dotted, type KeyPath, valueAt } from '../toml/table.ts';
import { l10n } from '../words/l10n.ts';

/** What is wrong with a table: which key, and why. */
export interface ConfigProblem {
	readonly path: KeyPath;
	readonly message: string;
}

export type Validated = { readonly config: Config } | { readonly problem: ConfigProblem };

const checked = new WeakMap<ConfigTable, Validated>();

/** The configuration of a table, or the first thing that is wrong with it. */
export function validate(table: ConfigTable): Validated {
	const known = checked.get(table) ?? check(table);
	checked.set(table, known);
	return known;
}

function check(table: ConfigTable): Validated {
	const parsed = ConfigSchema.safeParse(table);
	if (parsed.success) return { config: parsed.data };
	const issue = parsed.error.issues[0];
	const path = issue?.path.map(String) ?? [];
	return { problem: { path, message: describeIssue(issue, valueAt(table, path)) } };
}

/** The same for values that have no file. Throws `ConfigError`. */
export function parseConfig(table: ConfigTable): Config {
	const result = validate(table);
	if ('config' in result) return result.config;
	throw new ConfigError(l10n`${result.problem.message}\nin \`${dotted(result.problem.path)}\`\n`);
}

function describeIssue(issue: z.core.$ZodIssue | undefined, value: unknown): string {
	if (issue?.code === 'invalid_union') return describeIssue(issue.errors[typeof value === 'string' ? 0 : issue.errors.length - 1]?.[0], value);
	if (issue?.code === 'invalid_value' && typeof value === 'string') {
		return `unknown variant \`${value}\`, expected one of ${issue.values.map((known) => `\`${String(known)}\``).join(', ')}`;
	}
	if (issue?.code === 'invalid_type' || issue?.code === 'invalid_value') {
		const expected = issue.code === 'invalid_type' ? (EXPECTED[issue.expected] ?? issue.expected) : 'a string';
		return `invalid type: ${describeValue(value)}, expected ${expected}`;
	}
	return issue?.message ?? 'invalid value';
}

const EXPECTED: Readonly<Record<string, string>> = {
	string: 'a string',
	boolean: 'a boolean',
	int: 'an integer',
	number: 'a number',
	array: 'a sequence',
	object: 'a map',
	record: 'a map',
};

function describeValue(value: unknown): string {
	switch (typeof value) {
		case 'string':
			return `string ${JSON.stringify(value)}`;
		case 'number':
		case 'bigint':
			return `${Number.isInteger(Number(value)) ? 'integer' : 'floating point'} \`${value}\``;
		case 'boolean':
			return `boolean \`${value}\``;
		default:
			return Array.isArray(value) ? 'sequence' : value === null ? 'null' : value === undefined ? 'nothing' : 'map';
	}
}
