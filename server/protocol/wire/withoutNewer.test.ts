import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as z from 'zod/mini';
import { newer } from './define.ts';
import { lazy } from './lazy.ts';
import { withoutNewer } from './withoutNewer.ts';

const maybe = z.optional(z.nullable(z.string()));
const item = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('a'), text: z.string(), since: newer(maybe) }),
		z.object({ type: z.literal('b'), text: z.string() }),
	]),
);
const answer = lazy(() =>
	z.object({
		name: z.string(),
		model: newer(maybe),
		items: z.array(item),
		byName: z.record(z.string(), z.nullable(item)),
		either: z.optional(z.union([z.string(), z.object({ deep: z.object({ model: newer(maybe) }) })])),
	}),
);

describe('withoutNewer', () => {
	it('leaves out what is marked, wherever it stands', () => {
		const value = {
			name: 'n',
			model: null,
			items: [
				{ type: 'a' as const, text: 'x', since: 's' },
				{ type: 'b' as const, text: 'y' },
			],
			byName: { one: { type: 'a' as const, text: 'z', since: null }, two: null },
			either: { deep: { model: 'm' } },
		};
		const before = structuredClone(value);
		assert.deepEqual(withoutNewer(answer, value), {
			name: 'n',
			items: [
				{ type: 'a', text: 'x' },
				{ type: 'b', text: 'y' },
			],
			byName: { one: { type: 'a', text: 'z' }, two: null },
			either: { deep: {} },
		});
		assert.deepEqual(value, before, 'what others get stays as it is');
	});

	it('keeps falsy members, members that it does not know, and values of another shape', () => {
		const odd = { name: '', items: [{ type: 'c', since: 's' }, null], byName: 'none', extra: 0, either: 'text' };
		assert.deepEqual(withoutNewer<unknown>(answer, odd), odd);
	});

	it('gives back the same value where a schema marks nothing', () => {
		const value = { a: [1, 2] };
		assert.equal(withoutNewer<unknown>(z.object({ a: z.array(z.number()) }), value), value);
	});
});
