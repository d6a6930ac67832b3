import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import type { Json } from './canonical.ts';
import { isRecord } from './canonical.ts';
import { compareGenerations } from './comparison.ts';
import { type Digest, digestOf, schemaOf } from './digest.ts';
import { generations, referenceFile, referenceSchema } from './reference.ts';

describe('our protocol beside that of the releases', () => {
	const reports = compareGenerations();

	for (const generation of generations) {
		it(`differs from ${generation} only for reasons (npm run conformance:schema tells where; explained.json says why)`, () => {
			const { unexplained, stale, differences } = reports[generation];
			assert.deepEqual(unexplained.map(({ where, what }) => `${where}: ${what}`), []);
			assert.deepEqual(stale, [], 'reasons without a difference');
			assert.ok(differences > 100, 'something was compared');
		});

		it(`is compared with notes of ${generation} that lose nothing`, () => {
			for (const line of readFileSync(referenceFile(generation), 'utf8').trim().split('\n')) {
				const [name, digest] = JSON.parse(line) as [string, Digest];
				assert.deepEqual(digestOf(schemaOf(digest)), digest, name);
			}
		});
	}

	it('is seen to differ when a release has more, less or something else', () => {
		const changed = compareGenerations(generation => {
			const schema = referenceSchema(generation);
			if (generation === '0.130') return schema;
			const thread = typeNamed(schema, 'Thread');
			thread['brandNew'] = { type: 'string' };
			delete thread['preview'];
			thread['ephemeral'] = { type: 'string' };
			typeNamed(schema, 'ThreadListParams')['brandNew'] = { type: 'string' };
			return schema;
		});
		const found = changed['0.171'].unexplained.map(({ where }) => where);
		for (const where of ['Thread.brandNew', 'Thread.ephemeral boolean', 'Thread.ephemeral strings', 'ThreadListParams.brandNew'])
			assert.ok(found.includes(where), `${where} is not among ${found.join(', ')}`);
		// The base has it, so it stays.
		assert.ok(!found.includes('Thread.preview'));
	});
});

/** The members of a type, to change them. */
function typeNamed(schema: Json, name: string): { [member: string]: Json } {
	const types = isRecord(schema) && isRecord(schema.definitions) && isRecord(schema.definitions.v2) ? schema.definitions.v2 : {};
	const type = types[name];
	assert.ok(isRecord(type) && isRecord(type.properties), `the release has ${name}`);
	return type.properties;
}
