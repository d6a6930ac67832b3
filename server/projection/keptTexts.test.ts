import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { KeptTexts } from './keptTexts.ts';

describe('texts that are kept for the next reading', () => {
	it('are no more than so many characters; what was used longest ago goes first', () => {
		const kept = new KeptTexts({ maxLength: 10 });
		kept.set('a', ['1234']);
		kept.set('b', ['12', '34']);
		assert.deepEqual(kept.get('a'), ['1234']);
		kept.set('c', ['1234']);
		assert.deepEqual([kept.get('a'), kept.get('b'), kept.get('c')], [['1234'], undefined, ['1234']]);
		kept.set('d', ['12345678901']);
		assert.deepEqual([kept.get('a'), kept.get('d')], [['1234'], undefined]);
		kept.set('a', ['1']);
		kept.set('e', ['12345']);
		assert.deepEqual([kept.get('a'), kept.get('c'), kept.get('e')], [['1'], ['1234'], ['12345']]);
		kept.clear();
		assert.equal(kept.get('a'), undefined);
	});

	it('go when nobody has used them for a time', async () => {
		const kept = new KeptTexts({ keepMs: 1 });
		kept.set('a', ['1']);
		// A timer that is set later with the same time fires later.
		await new Promise((resolve) => setTimeout(resolve, 1));
		await new Promise((resolve) => setTimeout(resolve, 1));
		assert.equal(kept.get('a'), undefined);
	});
});
