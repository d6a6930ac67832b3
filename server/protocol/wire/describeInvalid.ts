import * as z from 'zod/mini';
import { AbsolutePathBuf, integerFormat } from './scalar.ts';
import { discriminatedOptions, isDiscriminated, isObject, isOptional, namedOptions, schemaDef } from './schemaDef.ts';

/**
 * Why params do not fit their schema, in the words that clients of this protocol know: "Invalid request: missing field
 * `threadId`". Where the value is not a member of the params themselves, its path is added.
 * Call it only with a value that the schema refused.
 */
export function describeInvalid(schema: z.core.$ZodType, params: unknown): string {
	const problem = params === undefined ? 'missing field `params`' : find(schema, params, []);
	return `Invalid request: ${problem ?? describeIssue(schema, params)}`;
}

type Path = readonly (string | number)[];

/** Null when the value fits. Members that are present are looked at first, in their own order; then what is missing. */
function find(schema: z.core.$ZodType, value: unknown, path: Path): string | null {
	const def = schemaDef(schema);
	switch (def.type) {
		case 'optional':
			return value === undefined ? null : find(def.innerType, value, path);
		case 'nullable':
			return value === null ? null : find(def.innerType, value, path);
		case 'default':
			return value === undefined ? null : find(def.innerType, value, path);
		// Other spellings are read too; only the written ones are told.
		case 'pipe':
			return fits(schema, value) ? null : find(def.out, value, path);
		case 'string':
			if (typeof value !== 'string') return wrongType(value, 'a string', path);
			return schema === AbsolutePathBuf && !fits(schema, value) ? 'AbsolutePathBuf deserialized without a base path' : null;
		case 'boolean':
			return typeof value === 'boolean' ? null : wrongType(value, 'a boolean', path);
		case 'number':
			return findInNumber(schema, value, path);
		case 'literal':
			return findInNames(def.values.map(String), value, path);
		case 'enum':
			return findInNames(Object.keys(def.entries), value, path);
		case 'array':
			if (!Array.isArray(value)) return wrongType(value, 'a sequence', path);
			return first(value, (item, index) => find(def.element, item, [...path, index]));
		case 'record':
			if (!isObject(value)) return wrongType(value, 'a map', path);
			return first(Object.entries(value), ([key, item]) => find(def.valueType, item, [...path, key]));
		case 'object':
			return findInObject(def, value, path);
		case 'union':
			return findInUnion(def, value, path);
		default:
			return null;
	}
}

function findInObject(def: z.core.$ZodObjectDef, value: unknown, path: Path): string | null {
	if (!isObject(value)) return wrongType(value, 'an object', path);
	const present = first(Object.entries(value), ([key, member]) => {
		const schema = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
		return schema === undefined || member === undefined ? null : find(schema, member, [...path, key]);
	});
	if (present !== null) return present;
	const missing = Object.entries(def.shape).find(([key, schema]) => value[key] === undefined && !isOptional(schema));
	if (missing !== undefined) return `missing field ${quote(missing[0])}${within(path)}`;
	const names = Object.keys(def.shape);
	const unknown = def.catchall && schemaDef(def.catchall).type === 'never' ? Object.keys(value).find((key) => !names.includes(key)) : undefined;
	return unknown === undefined ? null : `unknown field ${quote(unknown)}, expected one of ${names.map(quote).join(', ')}${within(path)}`;
}

function findInUnion(def: z.core.$ZodUnionDef, value: unknown, path: Path): string | null {
	if (isDiscriminated(def)) {
		if (!isObject(value)) return wrongType(value, 'an object', path);
		const tag = value[def.discriminator];
		if (tag === undefined) return `missing field ${quote(def.discriminator)}${within(path)}`;
		const options = discriminatedOptions(def);
		if (typeof tag !== 'string') return wrongType(tag, 'a string', [...path, def.discriminator]);
		const option = options.get(tag);
		return option === undefined ? unknownVariant(tag, [...options.keys()]) : find(option, value, path);
	}
	if (def.options.some((option) => fits(option, value))) return null;
	const named = namedOptions(def);
	if (named === null) return noForm(path);
	const names = named.flatMap((option) => (option.type === 'names' ? option.names : [option.name]));
	if (typeof value === 'string') return names.includes(value) ? wrongType(value, 'an object', path) : unknownVariant(value, names);
	if (!named.some((option) => option.type === 'names')) return noForm(path);
	const [key, ...others] = isObject(value) ? Object.keys(value) : [];
	if (key === undefined || others.length > 0 || !isObject(value)) return wrongType(value, 'a string or an object with one member', path);
	const chosen = named.find((option) => option.type === 'named' && option.name === key);
	return chosen?.type === 'named' ? find(chosen.content, value[key], [...path, key]) : unknownVariant(key, names);
}

function findInNames(names: readonly string[], value: unknown, path: Path): string | null {
	if (typeof value !== 'string') return wrongType(value, 'a string', path);
	return names.includes(value) ? null : unknownVariant(value, names);
}

function findInNumber(schema: z.core.$ZodType, value: unknown, path: Path): string | null {
	if (fits(schema, value)) return null;
	const format = integerFormat(schema);
	if (typeof value === 'number' && format !== undefined && Number.isInteger(value))
		return `invalid value: ${kindOf(value)}, expected a number from ${format.minimum} to ${format.maximum}${at(path)}`;
	return wrongType(value, format === undefined ? 'a number' : 'an integer', path);
}

function fits(schema: z.core.$ZodType, value: unknown): boolean {
	return z.safeParse(schema, value).success;
}

function first<T>(values: readonly T[], check: (value: T, index: number) => string | null): string | null {
	for (const [index, value] of values.entries()) {
		const found = check(value, index);
		if (found !== null) return found;
	}
	return null;
}

function wrongType(value: unknown, expected: string, path: Path): string {
	return `invalid type: ${kindOf(value)}, expected ${expected}${at(path)}`;
}

function noForm(path: Path): string {
	return `data did not match any of the accepted forms${at(path)}`;
}

function unknownVariant(name: string, names: readonly string[]): string {
	const [one, two, ...more] = names.map(quote);
	const expected = more.length > 0 ? `one of ${[one, two, ...more].join(', ')}` : [one, two].filter(Boolean).join(' or ');
	return `unknown variant ${quote(shorten(name))}, expected ${expected}`;
}

function kindOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'sequence';
	switch (typeof value) {
		case 'string':
			return `string ${JSON.stringify(shorten(value))}`;
		case 'boolean':
			return `boolean ${quote(String(value))}`;
		case 'number':
			return `${Number.isInteger(value) ? 'integer' : 'floating point'} ${quote(String(value))}`;
		default:
			return 'map';
	}
}

/** Errors are shown to people and logged: no megabytes of pasted text in them. */
function shorten(value: string): string {
	return value.length > 100 ? `${value.slice(0, 100)}…` : value;
}

function quote(name: string): string {
	return `\`${name}\``;
}

function at(path: Path): string {
	return path.length === 0 ? '' : ` at ${quote(show(path))}`;
}

function within(path: Path): string {
	return path.length === 0 ? '' : ` in ${quote(show(path))}`;
}

function show(path: Path): string {
	return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

/** For schemas that `find` does not know. */
function describeIssue(schema: z.core.$ZodType, value: unknown): string {
	const issue = z.safeParse(schema, value).error?.issues[0];
	return issue === undefined ? 'invalid params' : `${issue.message}${at(issue.path.filter((step) => typeof step !== 'symbol'))}`;
}
