import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkInputSchema } from '../../tools/inputSchema.ts';
import { writeOutRefs } from './schemaRefs.ts';

describe('a schema that refers to its parts', () => {
	it('is written out, also where parts are put together', () => {
		const schema = {
			type: 'object',
			properties: {
				where: { $ref: '#/$defs/Place', description: 'Where' },
				who: { allOf: [{ $ref: '#/definitions/Person' }, { required: ['age'] }] },
				either: { anyOf: [{ $ref: '#/$defs/Place' }, { type: 'null' }] },
			},
			$defs: { Place: { type: 'string', enum: ['here', 'there'] } },
			definitions: { Person: { type: 'object', properties: { age: { type: 'integer' } } } },
		};
		assert.deepEqual(writeOutRefs(schema), {
			type: 'object',
			properties: {
				where: { type: 'string', enum: ['here', 'there'], description: 'Where' },
				who: { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] },
				either: { anyOf: [{ type: 'string', enum: ['here', 'there'] }, { type: 'null' }] },
			},
		});
	});

	it('is cut where it refers to itself, to nothing, or grows without end', () => {
		const tree = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } };
		assert.equal(checkInputSchema(writeOutRefs(tree)).ok, true);
		assert.deepEqual(
			writeOutRefs({ type: 'object', properties: { a: { $ref: '#/$defs/none' }, b: { $ref: 'https://example.test/x' } } }).properties,
			{ a: {}, b: {} },
		);
		const names = Array.from({ length: 30 }, (_, at) => `D${at}`);
		const bomb = {
			type: 'object',
			properties: { a: { $ref: '#/$defs/D0' } },
			$defs: Object.fromEntries(
				names.map((name, at) => [name, { type: 'object', properties: { x: { $ref: `#/$defs/D${at + 1}` }, y: { $ref: `#/$defs/D${at + 1}` } } }]),
			),
		};
		assert.ok(JSON.stringify(writeOutRefs(bomb)).length < 1_000_000);
	});
});
