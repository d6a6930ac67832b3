import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { noTurns } from './storedTurns.ts';

describe('a store that has threads as a whole only', () => {
	it('answers with a status of its own for turns and their items (S056)', async () => {
		assert.deepEqual(noTurns.listTurns({ path: '/x' }), { type: 'unsupported' });
		assert.deepEqual(await noTurns.listTurnItems({ path: '/x' }, 'turn', () => () => true), { type: 'unsupported' });
	});
});
