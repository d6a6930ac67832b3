import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import { relativeInside } from './host.ts';

describe('a file in a folder', () => {
	const root = path.resolve('/work');

	it('is told by names, and nothing that only looks like one is', () => {
		assert.equal(relativeInside(root, path.join(root, 'src', 'a.ts')), 'src/a.ts');
		assert.equal(relativeInside(root, path.join(root, '..name', 'a.ts')), '..name/a.ts');
		assert.equal(relativeInside(root, root), '');
		for (const file of [`${root}2`, path.join(root, '..'), path.join(root, '..', 'other')]) assert.equal(relativeInside(root, file), null, file);
	});
});
