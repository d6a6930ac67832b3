import assert from 'node:assert/strict';
import { checkInputSchema } from './inputSchema.ts';

describe('the schema of a tool', () => {
	it('keeps what models take and leaves out the rest', () => {
		const given = {
			type: 'object',
			properties: {
				anything: true,
				limited: { type: ['string', 'null'], minLength: 3 },
				listed: { enum: [1] },
				fixed: { const: 'x', description: 'Always x.' },
				list: { items: {} },
				either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
			},
			required: ['fixed'],
			additionalProperties: false,
			$comment: 'not for models',
		};
		assert.deepEqual(checkInputSchema(given), {
			ok: true,
			schema: {
				type: 'object',
				properties: {
					anything: { type: 'string' },
					limited: { type: ['string', 'null'] },
					listed: { type: 'string', enum: [1] },
					fixed: { type: 'string', description: 'Always x.', enum: ['x'] },
					list: { type: 'array', items: { type: 'string' } },
					either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
				},
				required: ['fixed'],
				additionalProperties: false,
			},
		});
	});

	it('is an object whatever was said', () => {
		assert.deepEqual(checkInputSchema({}), { ok: true, schema: { type: 'object', properties: {} } });
		assert.deepEqual(checkInputSchema({ type: 'whatever' }), { ok: true, schema: { type: 'object', properties: {} } });
	});

	it('is refused with the reason when it makes no sense', () => {
		const problem = (value: unknown) => {
			const checked = checkInputSchema(value);
			return checked.ok ? null : checked.message;
		};
		assert.equal(problem('text'), 'invalid type: string "text", expected struct JsonSchema');
		assert.equal(problem(null), 'invalid type: null, expected struct JsonSchema');
		assert.equal(problem({ type: 'null' }), 'tool input schema must not be a singleton null type');
		assert.equal(problem({ type: 'object', properties: 3 }), 'invalid type: integer `3`, expected a map');
		assert.equal(problem({ properties: { a: 5 } }), 'invalid type: integer `5`, expected struct JsonSchema');
	});

	it('may be as deep as somebody likes', () => {
		let schema: unknown = { type: 'string' };
		for (let depth = 0; depth < 5000; depth++) schema = { type: 'object', properties: { a: schema } };
		assert.equal(checkInputSchema(schema).ok, true);
	});
});
