import assert from 'node:assert/strict';
import { backoffPolicy } from './restartPolicy.ts';

describe('restart policy', () => {
	const limits = { crashes: 4, withinMs: 60_000, firstDelayMs: 100, maxDelayMs: 250 };

	it('waits longer after each crash and gives up when they come too fast', () => {
		const policy = backoffPolicy(limits, () => 0);
		assert.deepEqual(
			[policy.serverEnded(), policy.serverEnded(), policy.serverEnded(), policy.serverEnded()],
			[
				{ type: 'restart', attempt: 1, delayMs: 100 },
				{ type: 'restart', attempt: 2, delayMs: 200 },
				{ type: 'restart', attempt: 3, delayMs: 250 },
				{ type: 'giveUp' },
			],
		);
	});

	it('starts again for ever when crashes are rare', () => {
		let time = 0;
		const policy = backoffPolicy(limits, () => time);
		for (let i = 0; i < 20; i++) {
			assert.deepEqual(policy.serverEnded(), { type: 'restart', attempt: 1, delayMs: 100 });
			time += 60_000;
		}
	});

	it('begins anew after a person asked for a restart', () => {
		const policy = backoffPolicy(limits, () => 0);
		for (let i = 0; i < 4; i++) policy.serverEnded();
		policy.reset();
		assert.equal(policy.serverEnded().type, 'restart');
	});
});
