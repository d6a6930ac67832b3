import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parse } from 'yaml';
import { skillTemplate } from './skillTemplate.ts';

describe('the template of a skill', () => {
	it('begins with front matter that has what a skill needs', () => {
		const block = /^---\n([\s\S]*?)\n---\n/.exec(skillTemplate('my-skill'))?.[1] ?? '';
		assert.deepEqual(Object.keys(parse(block)), ['name', 'description']);
		assert.equal(parse(block).name, 'my-skill');
	});
});
