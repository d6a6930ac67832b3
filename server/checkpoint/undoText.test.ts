import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { changeAround } from './undoText.ts';

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;
const numbers = Array.from({ length: 20 }, (_, index) => `line ${index}`);
const put = (at: number, text: string) => numbers.toSpliced(at, 1, text);

describe('changeAround', () => {
	it('takes a change back and leaves what was changed elsewhere', () => {
		const before = lines(...numbers);
		const after = lines(...put(3, 'three'));
		const live = lines(...put(3, 'three').toSpliced(15, 1, 'mine'));
		assert.equal(changeAround(live, { from: after, to: before }), lines(...put(15, 'mine')));
	});

	it('finds the place after lines were added above it', () => {
		const after = lines(...put(10, 'ten'));
		assert.equal(changeAround(lines('new', 'new', ...put(10, 'ten')), { from: after, to: lines(...numbers) }), lines('new', 'new', ...numbers));
	});

	it('gives up where the same line was changed', () => {
		assert.equal(changeAround(lines(...put(3, 'mine')), { from: lines(...put(3, 'three')), to: lines(...numbers) }), null);
	});

	it('takes back a change of a text without a last line break, and one with CRLF', () => {
		assert.equal(changeAround('a\nb\nc', { from: 'a\nb\nc', to: 'a\nb' }), 'a\nb');
		const crlf = (...all: readonly string[]) => lines(...all).replaceAll('\n', '\r\n');
		assert.equal(changeAround(crlf('x', 'a', 'C', 'b'), { from: crlf('a', 'C', 'b'), to: crlf('a', 'c', 'b') }), crlf('x', 'a', 'c', 'b'));
	});

	it('leaves the places that were taken back before', () => {
		const after = lines(...put(3, 'three').toSpliced(15, 1, 'fifteen'));
		assert.equal(changeAround(lines(...put(15, 'fifteen')), { from: after, to: lines(...numbers) }), lines(...numbers));
	});

	it('gives the old text when nothing was changed since, whatever the texts', () => {
		const text = fc.array(fc.constantFrom('', 'a', 'b', 'c'), { maxLength: 10 }).map((all) => all.join('\n'));
		fc.assert(
			fc.property(text, text, (from, to) => {
				assert.equal(changeAround(from, { from, to }), to);
			}),
		);
	});
});
