export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonRecord = { [key: string]: Json };

/** A schema without the ways of writing it: what values it accepts, by kind. */
export interface Canonical {
	readonly any: boolean;
	readonly nullable: boolean;
	readonly boolean: boolean;
	/** All strings, or only these. */
	readonly strings: 'all' | ReadonlySet<string>;
	readonly number: 'none' | 'integer' | 'unsigned' | 'number';
	readonly items: readonly Node[];
	readonly objects: readonly ObjectForm[];
}

export interface ObjectForm {
	readonly properties: ReadonlyMap<string, Property>;
	readonly rest: Node | 'any' | null;
}

export interface Property {
	readonly required: boolean;
	readonly fallback: boolean;
	readonly node: Node;
}

/** A schema in its document, not looked into yet: types refer to themselves. */
export interface Node {
	readonly schema: Json;
	readonly root: Json;
	/** The name it was reached by, when it has one. */
	readonly name: string | null;
}

export function node(schema: Json, root: Json): Node {
	return { schema, root, name: null };
}

export function isRecord(value: Json | undefined): value is JsonRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function resolve(reference: string, root: Json): Node {
	const steps = reference.replace(/^#\//, '').split('/');
	let schema: Json | undefined = root;
	for (const step of steps) schema = isRecord(schema) ? schema[step] : undefined;
	if (schema === undefined) throw new Error(`${reference} leads nowhere`);
	return { schema, root, name: steps.at(-1) ?? null };
}

const nothing: Canonical = { any: false, nullable: false, boolean: false, strings: new Set(), number: 'none', items: [], objects: [] };

export function canonical({ schema, root }: Node): Canonical {
	if (schema === true) return { ...nothing, any: true };
	if (!isRecord(schema)) return nothing;
	if (typeof schema.$ref === 'string') return canonical(resolve(schema.$ref, root));
	const options = alternatives(schema);
	if (options !== null) {
		const common = ownProperties(schema, root);
		const all = options.map(option => canonical(node(option, root)));
		return merge(all.map(option => (common.size === 0 ? option : { ...option, objects: option.objects.map(form => withCommon(form, common)) })));
	}
	const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
	if (types.length === 0) return { ...nothing, any: true };
	return merge(types.map(type => ofType(String(type), schema, root)));
}

function alternatives(schema: JsonRecord): readonly Json[] | null {
	for (const key of ['oneOf', 'anyOf', 'allOf']) {
		const options = schema[key];
		if (Array.isArray(options)) return options;
	}
	return null;
}

function withCommon(form: ObjectForm, common: ReadonlyMap<string, Property>): ObjectForm {
	return { ...form, properties: new Map([...common, ...form.properties]) };
}

function ofType(type: string, schema: JsonRecord, root: Json): Canonical {
	switch (type) {
		case 'null':
			return { ...nothing, nullable: true };
		case 'boolean':
			return { ...nothing, boolean: true };
		case 'string':
			return { ...nothing, strings: Array.isArray(schema.enum) ? new Set(schema.enum.map(String)) : 'all' };
		case 'integer':
			return { ...nothing, number: typeof schema.minimum === 'number' && schema.minimum >= 0 ? 'unsigned' : 'integer' };
		case 'number':
			return { ...nothing, number: 'number' };
		case 'array':
			return { ...nothing, items: [node(schema.items ?? true, root)] };
		case 'object': {
			const rest = schema.additionalProperties;
			return {
				...nothing,
				objects: [
					{ properties: ownProperties(schema, root), rest: rest === undefined || rest === false ? null : rest === true ? 'any' : node(rest, root) },
				],
			};
		}
		default:
			throw new Error(`unknown type ${type}`);
	}
}

function ownProperties(schema: JsonRecord, root: Json): ReadonlyMap<string, Property> {
	const required = new Set(Array.isArray(schema.required) ? schema.required : []);
	const properties = isRecord(schema.properties) ? schema.properties : {};
	return new Map(
		Object.entries(properties).map(([name, property]) => [
			name,
			{ required: required.has(name), fallback: isRecord(property) && property.default !== undefined, node: node(property, root) },
		]),
	);
}

function merge(all: readonly Canonical[]): Canonical {
	return {
		any: all.some(one => one.any),
		nullable: all.some(one => one.nullable),
		boolean: all.some(one => one.boolean),
		strings: all.some(one => one.strings === 'all') ? 'all' : new Set(all.flatMap(one => (one.strings === 'all' ? [] : [...one.strings]))),
		number: all.map(one => one.number).find(number => number !== 'none') ?? 'none',
		items: all.flatMap(one => one.items),
		objects: all.flatMap(one => one.objects),
	};
}
