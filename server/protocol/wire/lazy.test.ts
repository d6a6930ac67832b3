import assert from 'node:assert/strict';
import * as z from 'zod/mini';
import { lazy } from './lazy.ts';

describe('lazy', () => {
	it('builds a schema when it is first used, once', () => {
		let built = 0;
		const schema = lazy(() => {
			built += 1;
			return z.object({ name: z.string() });
		});
		assert.equal(built, 0);
		assert.deepEqual(schema.parse({ name: 'x' }), { name: 'x' });
		assert.equal(schema.safeParse({}).success, false);
		assert.equal(built, 1);
	});

	it('works as a part of other schemas', () => {
		const part = lazy(() => z.discriminatedUnion('type', [z.object({ type: z.literal('a'), n: z.number() }), z.object({ type: z.literal('b') })]));
		const whole = z.object({ list: z.array(part), one: z.nullish(part), map: z.record(z.string(), part) });
		const value = { list: [{ type: 'a', n: 1 }, { type: 'b' }], one: null, map: { x: { type: 'b' } } };
		assert.deepEqual(whole.parse(value), value);
		assert.equal(whole.safeParse({ list: [{ type: 'c' }], map: {} }).success, false);
	});
});
