import * as fc from 'fast-check';
import { clientRequests } from '../../server/protocol/methods.ts';

/** Methods that end or change what a test itself stands on, or that could reach files outside it. */
const LEFT_OUT = new Set(['initialize', 'account/login/start', 'account/logout', 'fs/remove', 'fs/writeFile', 'fs/copy', 'fs/createDirectory']);

/** Every method that may be called with anything. */
export const hostileMethods: readonly string[] = Object.keys(clientRequests).filter((method) => !LEFT_OUT.has(method));

/** What no well-behaved client sends as params. */
const params = fc.oneof(
	fc.jsonValue({ maxDepth: 3 }),
	fc.dictionary(
		fc.constantFrom('threadId', 'turnId', 'input', 'path', 'cwd', 'cursor', 'limit', 'config', '__proto__', 'constructor'),
		fc.jsonValue({ maxDepth: 2 }),
	),
	fc.constantFrom(
		JSON.parse('{"__proto__": {"threadId": "x"}}'),
		{ threadId: '../../etc/passwd' },
		{ threadId: '00000000-0000-7000-8000-000000000000', input: [] },
		{ cursor: 'AAAA', limit: 1e308 },
		{ cwd: '\u0000', config: { 'a.b.c': 1, '__proto__.x': 2, '': 3 } },
		{ cwd: '/nowhere', config: { model_provider: { toString: 1 } } },
	),
);

/** A request that must be answered once it has an id; something else that is JSON; or text that is not. */
export type HostileInput = { readonly request: object } | { readonly other: unknown } | { readonly raw: string };

const hostile: fc.Arbitrary<HostileInput> = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ method: fc.constantFrom(...hostileMethods), params }).map((request) => ({ request })) },
	{
		weight: 1,
		arbitrary: fc
			.record({ method: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty')), params })
			.map((request) => ({ request })),
	},
	{
		weight: 1,
		arbitrary: fc
			.record({ method: fc.constantFrom(...hostileMethods), params, trace: fc.jsonValue({ maxDepth: 2 }) })
			.map((request) => ({ request })),
	},
	// Answers to what nobody asked, also with ids that the server has not given out.
	{ weight: 1, arbitrary: fc.record({ id: fc.oneof(fc.integer(), fc.string()), result: fc.jsonValue() }).map((other) => ({ other })) },
	{ weight: 1, arbitrary: fc.record({ id: fc.integer(), error: fc.jsonValue() }).map((other) => ({ other })) },
	{ weight: 1, arbitrary: fc.jsonValue().map((other) => ({ other })) },
	{ weight: 1, arbitrary: fc.record({ id: fc.jsonValue({ maxDepth: 2 }), method: fc.jsonValue({ maxDepth: 1 }) }).map((other) => ({ other })) },
	{ weight: 2, arbitrary: fc.string({ unit: 'binary' }).map((raw) => ({ raw: raw.replaceAll('\n', ' ') })) },
	{ weight: 1, arbitrary: fc.integer({ min: 1, max: 4000 }).map((depth) => ({ raw: '['.repeat(depth) + ']'.repeat(depth) })) },
	{ weight: 1, arbitrary: fc.string().map((text) => ({ raw: `{"__proto__":${JSON.stringify(text)},"method":"thread/list","params":{` })) },
);

/** The same sample every time, so that a failure can be seen again. */
export function hostileInputs(count: number, seed = 20261121): readonly HostileInput[] {
	return fc.sample(hostile, { numRuns: count, seed });
}

/**
 * The inputs as texts, and how many answers each request id must get. Some ids are given out twice, which no client should do: then
 * both are answered.
 */
export function hostileTexts(inputs: readonly HostileInput[]): { readonly texts: readonly string[]; readonly asked: ReadonlyMap<string, number> } {
	const asked = new Map<string, number>();
	const texts = inputs.map((input, n) => {
		if ('raw' in input) return input.raw;
		if ('other' in input) return JSON.stringify(input.other);
		const id = `bad-${n - (n % 7 === 1 ? 1 : 0)}`;
		asked.set(id, (asked.get(id) ?? 0) + 1);
		return JSON.stringify({ ...input.request, id });
	});
	return { texts, asked };
}
