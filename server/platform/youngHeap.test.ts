import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { bounded, youngHeap } from './youngHeap.ts';

describe('the part of the heap for new objects', () => {
	it('grows until it is large enough, and again after it has shrunk', () => {
		const said: number[] = [];
		const heap = { size: 8 * 1024 * 1024, grow: (factor: number) => void said.push(factor) };
		const look = bounded(heap);
		look();
		heap.size = 16 * 1024 * 1024;
		look();
		look();
		heap.size = 2 * 1024 * 1024;
		look();
		assert.deepEqual(said, [1, 2]);
		bounded(null)();
	});

	it('is one that the engine knows', () => {
		assert.ok(youngHeap !== null && youngHeap.size > 0);
		youngHeap.grow(2);
	});
});
