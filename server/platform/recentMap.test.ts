import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RecentMap } from './recentMap.ts';

describe('a map of what was used last', () => {
	it('lets go of what was used longest ago', () => {
		const map = new RecentMap<string, number>(2);
		map.set('a', 1);
		map.set('b', 2);
		assert.equal(map.get('a'), 1);
		map.set('c', 3);
		assert.deepEqual([map.get('a'), map.get('b'), map.get('c'), map.size], [1, undefined, 3, 2]);
		map.set('a', 4);
		map.set('d', 5);
		assert.deepEqual([map.get('a'), map.get('c'), map.get('d')], [4, undefined, 5]);
		map.delete('a');
		assert.deepEqual([map.get('a'), map.size], [undefined, 1]);
	});
});
