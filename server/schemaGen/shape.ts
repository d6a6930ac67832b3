import * as z from 'zod/mini';
import { experimentalName, isNewer } from '../protocol/wire/define.ts';
import { JsonValue } from '../protocol/wire/jsonValue.ts';
import type { IntegerFormat } from '../protocol/wire/scalar.ts';
import { integerFormat } from '../protocol/wire/scalar.ts';
import { isOptional, schemaDef } from '../protocol/wire/schemaDef.ts';

export interface Member {
	readonly name: string;
	/** May be left out. */
	readonly optional: boolean;
	/** What the reader sees when it was left out. */
	readonly fallback: JsonValue | undefined;
	readonly shape: Shape;
	readonly description: string | undefined;
}

/** A schema as both generators see it: named types are references, experimental members are gone when hidden. */
export type Shape =
	| { readonly kind: 'string' | 'boolean' | 'number' | 'null' | 'json' | 'unknown' }
	| { readonly kind: 'integer'; readonly format: IntegerFormat }
	| { readonly kind: 'names'; readonly names: readonly string[] }
	| { readonly kind: 'array'; readonly items: Shape }
	| { readonly kind: 'record'; readonly values: Shape }
	| { readonly kind: 'object'; readonly members: readonly Member[]; readonly rest: Shape | null }
	| { readonly kind: 'union'; readonly options: readonly Shape[] }
	| { readonly kind: 'reference'; readonly name: string };

export interface ShapeContext {
	readonly nameOf: ReadonlyMap<object, string>;
	readonly experimental: boolean;
	/** Members that only newer clients get are hidden. */
	readonly base: boolean;
}

/** A named schema's own shape, or a reference to it. */
export function shapeOf(schema: z.core.$ZodType, context: ShapeContext): Shape {
	const name = context.nameOf.get(schema);
	return name === undefined ? contentOf(schema, context) : { kind: 'reference', name };
}

/** The shape behind a name. */
export function contentOf(schema: z.core.$ZodType, context: ShapeContext): Shape {
	if (schema === JsonValue) return { kind: 'json' };
	const def = schemaDef(schema);
	switch (def.type) {
		case 'string':
		case 'boolean':
		case 'null':
		case 'unknown':
			return { kind: def.type };
		case 'number': {
			const format = integerFormat(schema);
			return format === undefined ? { kind: 'number' } : { kind: 'integer', format };
		}
		case 'literal':
			return { kind: 'names', names: def.values.map(String) };
		case 'enum':
			return { kind: 'names', names: Object.keys(def.entries) };
		// What is read in more than one spelling is described as it is written.
		case 'pipe':
			return contentOf(def.out, context);
		case 'optional':
		case 'default':
			return shapeOf(def.innerType, context);
		case 'nullable':
			return { kind: 'union', options: [shapeOf(def.innerType, context), { kind: 'null' }] };
		case 'array':
			return { kind: 'array', items: shapeOf(def.element, context) };
		case 'record':
			return { kind: 'record', values: shapeOf(def.valueType, context) };
		// Of a type that holds itself.
		case 'lazy':
			return shapeOf(def.getter(), context);
		case 'union':
			return { kind: 'union', options: def.options.map((option) => shapeOf(option, context)) };
		case 'object':
			return {
				kind: 'object',
				members: membersOf(def.shape, context),
				// Whether other members are refused or passed over is nothing that a client needs to know.
				rest: def.catchall === undefined || schemaDef(def.catchall).type === 'never' ? null : shapeOf(def.catchall, context),
			};
		default:
			throw new Error(`The generators do not know schemas of type ${def.type}; add it to contentOf.`);
	}
}

function membersOf(shape: Readonly<Record<string, z.core.$ZodType>>, context: ShapeContext): readonly Member[] {
	return Object.entries(shape)
		.filter(([, schema]) => (context.experimental || experimentalName(schema) === undefined) && !(context.base && isNewer(schema)))
		.map(([name, schema]) => ({
			name,
			optional: isOptional(schema),
			fallback: fallbackOf(schema),
			shape: shapeOf(schema, context),
			description: descriptionOf(schema),
		}));
}

function fallbackOf(schema: z.core.$ZodType): JsonValue | undefined {
	const def = schemaDef(schema);
	return def.type === 'default' ? JsonValue.parse(def.defaultValue) : undefined;
}

/** The text given with `.register(z.globalRegistry, { description })`. */
export function descriptionOf(schema: z.core.$ZodType): string | undefined {
	return z.globalRegistry.get(schema)?.description;
}

/** The names a shape mentions. */
export function referencesOf(shape: Shape): readonly string[] {
	switch (shape.kind) {
		case 'reference':
			return [shape.name];
		case 'array':
			return referencesOf(shape.items);
		case 'record':
			return referencesOf(shape.values);
		case 'union':
			return shape.options.flatMap(referencesOf);
		case 'object':
			return [...shape.members.flatMap((member) => referencesOf(member.shape)), ...(shape.rest === null ? [] : referencesOf(shape.rest))];
		default:
			return [];
	}
}
