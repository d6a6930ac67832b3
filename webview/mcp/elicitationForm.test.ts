import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { McpElicitationSchema } from '../../server/protocol/approval/elicitation.ts';
import { contentOf, firstValues, formFields, problemOf } from './elicitationForm.ts';

const schema = {
	type: 'object',
	required: ['name', 'many', 'sure'],
	properties: {
		name: { type: 'string', title: 'Name', description: 'Who', minLength: 2, maxLength: 5 },
		mail: { type: 'string', format: 'email' },
		when: { type: 'string', format: 'date' },
		age: { type: 'integer', minimum: 0, maximum: 150 },
		ratio: { type: 'number', default: 0.5 },
		sure: { type: 'boolean', default: true },
		size: { type: 'string', enum: ['s', 'm'], enumNames: ['Small', 'Medium'], default: 'm' },
		colour: { type: 'string', oneOf: [{ const: 'r', title: 'Red' }] },
		many: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string', enum: ['a', 'b', 'c'] } },
	},
} as unknown as McpElicitationSchema;
const fields = formFields(schema);
const field = (name: string) => fields.find((each) => each.name === name)!;
const problem = (name: string, value: string | readonly string[]) => problemOf(field(name), value)?.type ?? null;

describe('a form of an MCP server', () => {
	it('has a field of the right kind for each property, with its defaults', () => {
		assert.deepEqual(
			fields.map(({ kind }) => kind),
			['text', 'text', 'text', 'number', 'number', 'flag', 'choice', 'choice', 'choices'],
		);
		const size = field('size');
		assert.deepEqual(size.kind === 'choice' && size.options, [
			{ value: 's', label: 'Small' },
			{ value: 'm', label: 'Medium' },
		]);
		assert.deepEqual(firstValues(schema), { name: '', mail: '', when: '', age: '', ratio: '0.5', sure: true, size: 'm', colour: '', many: [] });
	});

	it('says what is wrong with a field', () => {
		assert.deepEqual(
			[problem('name', ''), problem('name', 'x'), problem('name', 'abcdef'), problem('name', 'Ann')],
			['missing', 'tooShort', 'tooLong', null],
		);
		assert.deepEqual([problem('mail', ''), problem('mail', 'no'), problem('mail', 'a@b')], [null, 'format', null]);
		assert.deepEqual(
			[problem('age', 'x'), problem('age', '1.5'), problem('age', '-1'), problem('age', '151'), problem('age', '7')],
			['number', 'whole', 'tooSmall', 'tooLarge', null],
		);
		assert.deepEqual([problem('many', []), problem('many', ['a']), problem('many', ['a', 'b', 'c'])], ['missing', null, 'tooMany']);
		assert.equal(problem('when', '2026-13-01'), 'format');
	});

	it('sends what was filled in, and nothing else', () => {
		const values = { ...firstValues(schema), name: 'Ann', age: '3', many: ['a'], colour: '' };
		assert.deepEqual(contentOf(fields, values), { name: 'Ann', age: 3, ratio: 0.5, sure: true, size: 'm', many: ['a'] });
	});
});
