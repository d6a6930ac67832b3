import * as z from 'zod/mini';
import { isNewer, isOwn } from './define.ts';
import { discriminatedOptions, isDiscriminated, isObject, schemaDef } from './schemaDef.ts';

type Strip = (value: unknown) => unknown;

/** What a client of the base protocol gets of a value with this schema: the same without the members marked as `newer` or `own`. */
export function withoutNewer<T>(schema: z.core.$ZodType, value: T): T {
	return (stripOf(schema, newerOrOwn)?.(value) ?? value) as T;
}

/** What a client of the newest protocol gets that is not made for this server: the same without the members marked as `own`. */
export function withoutOwn<T>(schema: z.core.$ZodType, value: T): T {
	return (stripOf(schema, onlyOwn)?.(value) ?? value) as T;
}

/** Which members go, and what was made of a schema for that. */
interface Marks {
	readonly isMarked: (schema: object) => boolean;
	readonly strips: WeakMap<object, Strip | { readonly none: true }>;
}

const newerOrOwn: Marks = { isMarked: (schema) => isNewer(schema) || isOwn(schema), strips: new WeakMap() };
const onlyOwn: Marks = { isMarked: isOwn, strips: new WeakMap() };
const NONE = { none: true } as const;

/** Null where nothing has to go. Made once of a schema; only the ways to marked members are walked. */
function stripOf(schema: z.core.$ZodType, marks: Marks): Strip | null {
	let known = marks.strips.get(schema);
	if (known === undefined) {
		known = made(schema, marks) ?? NONE;
		marks.strips.set(schema, known);
	}
	return typeof known === 'function' ? known : null;
}

function made(schema: z.core.$ZodType, marks: Marks): Strip | null {
	const def = schemaDef(schema);
	switch (def.type) {
		case 'optional':
		case 'nullable':
		case 'default':
			return stripOf(def.innerType, marks);
		case 'array':
			return ofArray(stripOf(def.element, marks));
		case 'record':
			return ofRecord(stripOf(def.valueType, marks));
		case 'object':
			return ofObject(def.shape, marks);
		case 'union':
			return ofUnion(def, marks);
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

function ofObject(shape: Readonly<Record<string, z.core.$ZodType>>, marks: Marks): Strip | null {
	const marked = new Set(Object.keys(shape).filter((name) => marks.isMarked(shape[name] ?? {})));
	const inner = new Map(
		Object.entries(shape).flatMap(([name, member]) => {
			const strip = marked.has(name) ? null : stripOf(member, marks);
			return strip ? [[name, strip] as const] : [];
		}),
	);
	if (marked.size === 0 && inner.size === 0) return null;
	return (value) => {
		if (!isObject(value)) return value;
		const known: Record<string, unknown> = {};
		for (const name of Object.keys(value)) if (!marked.has(name)) known[name] = inner.get(name)?.(value[name]) ?? value[name];
		return known;
	};
}

function ofUnion(def: z.core.$ZodUnionDef, marks: Marks): Strip | null {
	if (!def.options.some((option) => stripOf(option, marks))) return null;
	if (isDiscriminated(def)) {
		const options = discriminatedOptions(def);
		return (value) => {
			const option = isObject(value) ? options.get(String(value[def.discriminator])) : undefined;
			return option ? (stripOf(option, marks)?.(value) ?? value) : value;
		};
	}
	return (value) => {
		const option = def.options.find((each) => z.safeParse(each, value).success);
		return option ? (stripOf(option, marks)?.(value) ?? value) : value;
	};
}
