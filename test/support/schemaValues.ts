import * as fc from 'fast-check';
import type * as z from 'zod/mini';
import { integerFormat } from '../../server/protocol/wire/scalar.ts';
import { schemaDef } from '../../server/protocol/wire/schemaDef.ts';

/** What a text is likely to mean, told by the name of its member: paths and ids that exist reach further than any random text. */
export interface Surroundings {
	/** Of threads that there are, and of some that there never were. */
	readonly threadIds: readonly string[];
	/** Files, folders, links, and what only looks like them. All of them may be lost. */
	readonly paths: readonly string[];
	/** Programs with their arguments that do no harm and soon end. */
	readonly commands: readonly (readonly string[])[];
}

const awkward: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
	...[null, true, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, '', ' ', '\u0000', '\ud800', '\u202e', '__proto__', '../../..', 'x'.repeat(5000)],
	...[[], {}, [[]], [null], { __proto__: null, type: 'x' }, { type: null }, JSON.parse('{"__proto__":{"a":1}}')],
);

const text = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom('a', 'gpt-5.4', 'main', 'hello', '1', 'tiller', '%', '{}', '[', 'a.b.c', 'https://127.0.0.1:9/', 'YQ==') },
	{ weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
	{ weight: 1, arbitrary: fc.constantFrom('', '\u0000', '\ud83d', '\n', 'é'.repeat(3000), '-', '--', '~', '$HOME', '..') },
);

/**
 * Values of a schema, now and then with something in them that does not belong there: a wrong type, a member too few or too many. Deep
 * enough to pass most checks and reach what lies behind them.
 */
export function valuesOf(schema: z.core.$ZodType, surroundings: Surroundings): fc.Arbitrary<unknown> {
	const of = (part: z.core.$ZodType, key: string): fc.Arbitrary<unknown> =>
		fc.oneof({ weight: 60, arbitrary: fc.constant(null).chain(() => proper(part, key)) }, { weight: 1, arbitrary: awkward });
	const proper = (part: z.core.$ZodType, key: string): fc.Arbitrary<unknown> => {
		const def = schemaDef(part);
		switch (def.type) {
			case 'optional':
			case 'nullable':
			case 'default':
				return fc.oneof({ weight: 2, arbitrary: of(def.innerType, key) }, { weight: 1, arbitrary: fc.constantFrom(null, undefined) });
			case 'pipe':
				return fc.oneof(of(def.out, key), of(def.in, key));
			case 'string':
				return textFor(key, surroundings);
			case 'boolean':
				return fc.boolean();
			case 'number':
				return numberFor(part);
			case 'literal':
				return fc.constantFrom(...def.values);
			case 'enum':
				return fc.constantFrom(...Object.values(def.entries));
			case 'array':
				if (/^(command|argv)$/.test(key)) return fc.constantFrom(...surroundings.commands);
				return fc.array(of(def.element, key), { maxLength: 3 });
			case 'record':
				return fc.dictionary(fc.oneof(text, fc.constantFrom('model', '__proto__', 'a.b', 'constructor')), of(def.valueType, key), { maxKeys: 3 });
			case 'object':
				return fc
					.record(Object.fromEntries(Object.entries(def.shape).map(([name, member]) => [name, of(member, name)])))
					.chain((object) =>
						fc.oneof(
							{ weight: 30, arbitrary: fc.constant(object) },
							{ weight: 1, arbitrary: fc.constantFrom('', ...Object.keys(object)).map((gone) => ({ ...object, [gone]: undefined })) },
							{ weight: 1, arbitrary: awkward.map((value) => ({ ...object, more: value })) },
						),
					);
			case 'union':
				return fc.oneof(...def.options.map((option) => of(option, key)));
			default:
				return fc.jsonValue({ maxDepth: 2 });
		}
	};
	return of(schema, 'params');
}

function textFor(key: string, { threadIds, paths, commands }: Surroundings): fc.Arbitrary<string> {
	if (/thread.*id$|^conversationId$|^ids$/i.test(key)) return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...threadIds) }, text);
	// Nothing but these: some methods remove what they are given.
	if (/path|cwd|root|folder|dir|file|source|destination/i.test(key)) return fc.constantFrom(...paths);
	if (/command|script|cmd|program/i.test(key)) return fc.constantFrom(...commands.map((words) => words.join(' ')));
	return text;
}

function numberFor(schema: z.core.$ZodType): fc.Arbitrary<number> {
	const format = integerFormat(schema);
	const usual = fc.integer({ min: 0, max: 200 });
	if (format === undefined) return fc.oneof(usual, fc.double({ noNaN: true, noDefaultInfinity: true }));
	return fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(format.minimum, format.maximum, 0, 1) });
}
