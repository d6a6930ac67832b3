import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { blameLines } from './blame.ts';

const text = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('who wrote a line', () => {
	const original = text('a', 'b', 'c');
	const first = text('a', 'B', 'c');
	const second = text('a', 'B', 'new', 'c');

	it('is the change that brought it, through later ones', () => {
		const changes = [
			{ source: 'one', before: original, after: first },
			{ source: 'two', before: first, after: second },
		];
		assert.deepEqual(blameLines(changes, second), [null, 'one', 'two', null]);
	});

	it('is nobody for what others wrote before, between and after', () => {
		const between = text('mine', 'a', 'B', 'c');
		const changes = [
			{ source: 'one', before: original, after: first },
			{ source: 'two', before: between, after: text('mine', 'a', 'B', 'c', 'end') },
		];
		assert.deepEqual(blameLines(changes, text('later', 'mine', 'a', 'B', 'C', 'end')), [null, null, null, 'one', null, 'two']);
		assert.deepEqual(blameLines([], original), [null, null, null]);
	});

	it('is the one of before again when a change was taken back', () => {
		const changes = [
			{ source: 'one', before: null, after: first },
			{ source: 'two', before: first, after: text('x', 'y') },
			{ source: null, before: text('x', 'y'), after: first },
		];
		assert.deepEqual(blameLines(changes, first), ['one', 'one', 'one']);
	});

	it('outlives a content that is not kept, other line ends, and a file that went and came', () => {
		assert.deepEqual(blameLines([{ source: 'one', before: null, after: null }], original), [null, null, null]);
		assert.deepEqual(blameLines([{ source: 'one', before: original, after: first }], first.replaceAll('\n', '\r\n')), [null, 'one', null]);
		const back = [
			{ source: 'one', before: null, after: first },
			{ source: 'two', before: first, after: '' },
			{ source: 'three', before: null, after: original },
		];
		assert.deepEqual(blameLines(back, original), ['three', 'three', 'three']);
	});
});
