import type * as z from 'zod/mini';

export type SchemaDef = z.core.$ZodTypes['_zod']['def'];

/** What a schema was built from, for code that walks schemas. */
export function schemaDef(schema: z.core.$ZodType): SchemaDef {
	return (schema as z.core.$ZodTypes)._zod.def;
}

/** May the member that has this schema be left out of an object? */
export function isOptional(schema: z.core.$ZodType): boolean {
	const def = schemaDef(schema);
	return def.type === 'optional' || def.type === 'default';
}

export type UnionOption =
	| { readonly type: 'names'; readonly names: readonly string[] }
	| { readonly type: 'named'; readonly name: string; readonly content: z.core.$ZodType };

/**
 * The options of a union in which each is a name, or an object with one member whose name says what it holds.
 * Null for any other union.
 */
export function namedOptions(def: z.core.$ZodUnionDef): readonly UnionOption[] | null {
	const options = def.options.map(namedOption);
	return options.some((option) => option === null) ? null : options.filter((option) => option !== null);
}

function namedOption(option: z.core.$ZodType): UnionOption | null {
	const def = schemaDef(option);
	if (def.type === 'literal') return { type: 'names', names: def.values.map(String) };
	if (def.type === 'enum') return { type: 'names', names: Object.keys(def.entries) };
	if (def.type !== 'object') return null;
	const [member, ...others] = Object.entries(def.shape);
	return member === undefined || others.length > 0 ? null : { type: 'named', name: member[0], content: member[1] };
}

/** The option of a union that `type` or `kind` selects, by the value of that member. */
export function discriminatedOptions(def: z.core.$ZodDiscriminatedUnionDef): ReadonlyMap<string, z.core.$ZodType> {
	const options = new Map<string, z.core.$ZodType>();
	for (const option of def.options) {
		const shape = schemaDef(option);
		const tag = shape.type === 'object' ? shape.shape[def.discriminator] : undefined;
		const values = tag === undefined ? undefined : schemaDef(tag);
		if (values?.type === 'literal') for (const value of values.values) options.set(String(value), option);
	}
	return options;
}

export function isDiscriminated(def: z.core.$ZodUnionDef): def is z.core.$ZodDiscriminatedUnionDef {
	return 'discriminator' in def && typeof def.discriminator === 'string';
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
