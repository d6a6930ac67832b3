import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { foldersUp } from './foldersUp.ts';
import { pathRules } from './pathRules.ts';

describe('the search for a repository', () => {
	const [linux, windows] = [pathRules('linux'), pathRules('windows')];

	it('goes up to the root', () => {
		assert.deepEqual(foldersUp('/a/b', { rules: linux, ceilings: '' }), ['/a/b', '/a', '/']);
		assert.deepEqual(foldersUp('c:\\a', { rules: windows, ceilings: '' }), ['c:\\a', 'C:\\']);
	});

	it('does not go up into a ceiling, but begins in one', () => {
		assert.deepEqual(foldersUp('/a/b/c', { rules: linux, ceilings: '/x:/a' }), ['/a/b/c', '/a/b']);
		assert.deepEqual(foldersUp('/a', { rules: linux, ceilings: '/a:relative' }), ['/a', '/']);
		assert.deepEqual(foldersUp('C:\\Work\\a\\b', { rules: windows, ceilings: 'D:\\;c:\\work' }), ['C:\\Work\\a\\b', 'C:\\Work\\a']);
	});
});
