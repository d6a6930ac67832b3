import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { count, exitCode, httpStatus, millisecondsOf, wholeNumber } from './wholeNumber.ts';

describe('a number of a record', () => {
	it('is told to clients when they can take it', () => {
		assert.deepEqual([5, 2.6, -1, 1e300, Number.NaN, '5', null].map(wholeNumber), [5, 3, -1, null, null, null, null]);
		assert.deepEqual([5, -1, 1e300].map(count), [5, null, null]);
		assert.deepEqual([0, -15, 2 ** 31].map(exitCode), [0, -15, null]);
		assert.deepEqual([503, 70_000].map(httpStatus), [503, null]);
		assert.deepEqual([millisecondsOf(1, 500_000_000), millisecondsOf(1e300, 0), millisecondsOf('1', 0)], [1500, null, null]);
	});
});
