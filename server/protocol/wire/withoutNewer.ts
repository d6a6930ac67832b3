import * as z from 'zod/mini';
import { isNewer } from './define.ts';
import { discriminatedOptions, isDiscriminated, isObject, schemaDef } from './schemaDef.ts';

type Strip = (value: unknown) => unknown;

/** What a client of the base protocol gets of a value with this schema: the same without the members marked as `newer`. */
export function withoutNewer<T>(schema: z.core.$ZodType, value: T): T {
	return (stripOf(schema)?.(value) ?? value) as T;
}

const strips = new WeakMap<object, Strip | { readonly none: true }>();
const NONE = { none: true } as const;

/** Null where nothing has to go. Made once of a schema; only the ways to marked members are walked. */
function stripOf(schema: z.core.$ZodType): Strip | null {
	let known = strips.get(schema);
	if (known === undefined) {
		known = made(schema) ?? NONE;
		strips.set(schema, known);
	}
	return typeof known === 'function' ? known : null;
}

function made(schema: z.core.$ZodType): Strip | null {
	const def = schemaDef(schema);
	switch (def.type) {
		case 'optional':
		case 'nullable':
		case 'default':
			return stripOf(def.innerType);
		case 'array':
			return ofArray(stripOf(def.element));
		case 'record':
			return ofRecord(stripOf(def.valueType));
		case 'object':
			return ofObject(def.shape);
		case 'union':
			return ofUnion(def);
		default:
			return null;
	}
}

function ofArray(strip: Strip | null): Strip | null {
	return strip && ((value) => (Array.isArray(value) ? value.map(strip) : value));
}

function ofRecord(strip: Strip | null): Strip | null {
	return strip && ((value) => (isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, strip(member)])) : value));
}

function ofObject(shape: Readonly<Record<string, z.core.$ZodType>>): Strip | null {
	const newer = new Set(Object.keys(shape).filter((name) => isNewer(shape[name] ?? {})));
	const inner = new Map(
		Object.entries(shape).flatMap(([name, member]) => {
			const strip = newer.has(name) ? null : stripOf(member);
			return strip ? [[name, strip] as const] : [];
		}),
	);
	if (newer.size === 0 && inner.size === 0) return null;
	return (value) => {
		if (!isObject(value)) return value;
		const known: Record<string, unknown> = {};
		for (const name of Object.keys(value)) if (!newer.has(name)) known[name] = inner.get(name)?.(value[name]) ?? value[name];
		return known;
	};
}

function ofUnion(def: z.core.$ZodUnionDef): Strip | null {
	if (!def.options.some((option) => stripOf(option))) return null;
	if (isDiscriminated(def)) {
		const options = discriminatedOptions(def);
		return (value) => {
			const option = isObject(value) ? options.get(String(value[def.discriminator])) : undefined;
			return option ? withoutNewer(option, value) : value;
		};
	}
	return (value) => {
		const option = def.options.find((each) => z.safeParse(each, value).success);
		return option ? withoutNewer(option, value) : value;
	};
}
