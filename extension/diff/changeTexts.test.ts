import assert from 'node:assert/strict';
import { changeTexts } from './changeTexts.ts';

const diff = '@@ -1,3 +1,3 @@\n one\n-two\n+zwei\n three\n';
const change = { path: '/w/a', kind: { type: 'update' as const, move_path: null }, diff };

describe('texts of a change', () => {
	it('are the whole file on both sides while it has the change', () => {
		assert.deepEqual(changeTexts(change, 'one\nzwei\nthree\nfour\n'), { before: 'one\ntwo\nthree\nfour\n', after: 'one\nzwei\nthree\nfour\n' });
	});

	it('show what would change before it is applied', () => {
		assert.deepEqual(changeTexts(change, 'one\ntwo\nthree\n'), { before: 'one\ntwo\nthree\n', after: 'one\nzwei\nthree\n' });
	});

	it('are only the changed places when the file went on', () => {
		const expected = { before: 'one\ntwo\nthree\n', after: 'one\nzwei\nthree\n' };
		assert.deepEqual(changeTexts(change, 'something else\n'), expected);
		assert.deepEqual(changeTexts(change, null), expected);
		assert.deepEqual(changeTexts({ ...change, diff: 'no diff at all' }, 'x\n'), { before: '\n', after: '\n' });
	});

	it('have an empty side for files that come or go', () => {
		assert.deepEqual(changeTexts({ ...change, kind: { type: 'add' }, diff: 'new\n' }, null), { before: '', after: 'new\n' });
		assert.deepEqual(changeTexts({ ...change, kind: { type: 'delete' }, diff: 'old\n' }, null), { before: 'old\n', after: '' });
	});
});
