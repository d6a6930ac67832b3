import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RpcFailure } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import { noTurns } from '../../store/turns/storedTurns.ts';
import { turnSource } from './turnSource.ts';

describe('the turns of a thread in a store that has threads as a whole only', () => {
	const subscriptions = { turnsOf: () => undefined } as unknown as ThreadSubscriptions;

	it('are refused by name (S056), and not read as none', () => {
		const source = turnSource({ store: noTurns, subscriptions }, { id: 'thread', path: '/x' });
		assert.throws(
			() => source.stored(),
			(error) => error instanceof RpcFailure && /reading the turns of threads in this store/.test(error.error.message),
		);
	});

	it('are those of the loaded one when it is not kept', () => {
		const source = turnSource({ store: noTurns, subscriptions }, { id: 'thread', path: null });
		assert.equal(source.stored(), null);
		assert.deepEqual(source.live(), []);
	});
});
