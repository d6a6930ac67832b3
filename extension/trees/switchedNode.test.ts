import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { switchedNode } from './switchedNode.ts';

const [x, y] = [{ id: 'x' }, { id: 'y' }];

describe('the row that has the keyboard', () => {
	it('is the one whose selection was switched, selected or not', () => {
		assert.equal(switchedNode({ before: [], switched: [y], after: [] }), y);
		assert.equal(switchedNode({ before: [x], switched: [{ ...x }, y], after: [x] }), y);
		assert.deepEqual(switchedNode({ before: [x], switched: [], after: [{ ...x }] }), x);
	});

	it('is the selected one where none has it, so that nothing was switched', () => {
		assert.equal(switchedNode({ before: [x], switched: [x], after: [x] }), x);
	});

	it('is not told by a tree that is being redrawn meanwhile, whose selection seems to be empty', () => {
		// `x` is selected, `y` has the keyboard; the redraw ends after the first, second or third look, or later.
		assert.equal(switchedNode({ before: [], switched: [x, y], after: [x] }), null);
		assert.equal(switchedNode({ before: [], switched: [], after: [x] }), null);
		assert.equal(switchedNode({ before: [], switched: [], after: [] }), null);
		// `x` is selected and has the keyboard.
		assert.equal(switchedNode({ before: [], switched: [], after: [x] }), null);
		assert.equal(switchedNode({ before: [], switched: [x, y], after: [] }), null);
	});
});
