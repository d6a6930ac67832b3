import assert from 'node:assert/strict';
import { threadOfTab } from './threadOfTab.ts';

describe('the thread of a tab that comes back', () => {
	it('is the one that its page has kept', () => {
		assert.deepEqual(threadOfTab('b', ['a', 'b']), { thread: 'b', left: ['a'] });
		assert.deepEqual(threadOfTab(null, ['a', '']), { thread: null, left: ['a'] });
		assert.deepEqual(threadOfTab('a', []), { thread: 'a', left: [] });
	});

	it('is one that no other tab shows when the page was kept too early', () => {
		assert.deepEqual(threadOfTab(null, ['a', 'b']), { thread: 'a', left: ['b'] });
		assert.deepEqual(threadOfTab('old', ['a']), { thread: 'a', left: [] });
	});
});
