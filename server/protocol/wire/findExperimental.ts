import * as z from 'zod/mini';
import type { RequestDefinition } from './define.ts';
import { experimentalName } from './define.ts';
import { discriminatedOptions, isDiscriminated, isObject, schemaDef } from './schemaDef.ts';

/**
 * The first experimental thing that a request uses, as it is named in the refusal: the method itself, a member of the
 * params, or a variant. Null when it uses none. Takes parsed params. A member that is absent, null or false is not used.
 */
export function findExperimental(definition: RequestDefinition, params: unknown): string | null {
	return definition.experimental ? definition.method : find(definition.params, params);
}

function find(schema: z.core.$ZodType, value: unknown): string | null {
	if (value === undefined || value === null || !mentionsExperimental(schema)) return null;
	const name = experimentalName(schema);
	if (name !== undefined) return value === false ? null : name;
	const def = schemaDef(schema);
	switch (def.type) {
		case 'optional':
		case 'nullable':
		case 'default':
			return find(def.innerType, value);
		case 'array':
			return Array.isArray(value) ? firstOf(value, (item) => find(def.element, item)) : null;
		case 'record':
			return isObject(value) ? firstOf(Object.values(value), (item) => find(def.valueType, item)) : null;
		case 'object':
			return isObject(value) ? firstOf(Object.entries(def.shape), ([key, member]) => find(member, value[key])) : null;
		case 'union': {
			const option = optionOf(def, value);
			return option === undefined ? null : find(option, value);
		}
		default:
			return null;
	}
}

function optionOf(def: z.core.$ZodUnionDef, value: unknown): z.core.$ZodType | undefined {
	if (isDiscriminated(def)) return isObject(value) ? discriminatedOptions(def).get(String(value[def.discriminator])) : undefined;
	return def.options.find((option) => z.safeParse(option, value).success);
}

function firstOf<T>(values: readonly T[], check: (value: T) => string | null): string | null {
	for (const value of values) {
		const found = check(value);
		if (found !== null) return found;
	}
	return null;
}

const mentions = new WeakMap<object, boolean>();

/** Most params have nothing experimental in them: these are not walked again. */
function mentionsExperimental(schema: z.core.$ZodType): boolean {
	const known = mentions.get(schema);
	if (known !== undefined) return known;
	const found = experimentalName(schema) !== undefined || parts(schema).some(mentionsExperimental);
	mentions.set(schema, found);
	return found;
}

function parts(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
	const def = schemaDef(schema);
	switch (def.type) {
		case 'optional':
		case 'nullable':
		case 'default':
			return [def.innerType];
		case 'array':
			return [def.element];
		case 'record':
			return [def.valueType];
		case 'object':
			return Object.values(def.shape);
		case 'union':
			return def.options;
		default:
			return [];
	}
}
