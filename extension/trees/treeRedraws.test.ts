import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { TreeRedraws } from './treeRedraws.ts';

describe('redraws of a tree', () => {
	beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
	afterEach(() => mock.timers.reset());

	it('wait for who holds them; many changes cost one', async () => {
		let drawn = 0;
		const redraws = new TreeRedraws(() => drawn++);
		redraws.soon();
		redraws.soon();
		mock.timers.tick(60);
		assert.equal(drawn, 1);
		redraws.soon();
		const answer = await redraws.hold(async () => {
			mock.timers.tick(60);
			redraws.soon();
			mock.timers.tick(60);
			return drawn;
		});
		assert.equal(answer, 1);
		mock.timers.tick(60);
		assert.equal(drawn, 2);
		await assert.rejects(redraws.hold(() => Promise.reject(new Error('no'))));
		redraws.soon();
		mock.timers.tick(60);
		assert.equal(drawn, 3);
	});
});
