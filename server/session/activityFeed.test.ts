import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ActivityChange } from '../activity/activities.ts';
import { ActivityFeed } from './activityFeed.ts';
import type { Session } from './session.ts';
import { createLogger } from '../telemetry/logger.ts';

describe('what clients are told of threads', () => {
	beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
	afterEach(() => mock.timers.reset());

	const begun = () => {
		const heard: ((change: ActivityChange) => void)[] = [];
		const looks: (() => void)[] = [];
		const feed = new ActivityFeed({
			activities: {
				watch: (listener) => {
					heard.push(listener);
					return () => void heard.splice(heard.indexOf(listener), 1);
				},
			},
			rows: async () => {
				await new Promise<void>((resolve) => looks.push(resolve));
				return [];
			},
			log: createLogger({ level: 'off', format: 'text', write: () => {}, redact: (line) => line }),
		});
		const session = { notify: () => {} } as unknown as Session;
		return { feed, session, heard, looks };
	};

	it('goes on when something happens during the look with which a client begins', async () => {
		const { feed, session, heard, looks } = begun();
		const asked = feed.watch(session, { steps: false });
		heard[0]?.('state');
		// The look takes longer than it takes until others would be told.
		mock.timers.tick(120);
		looks.shift()?.();
		(await asked).begin();
		assert.equal(heard.length, 1);
		feed.dispose();
		assert.equal(heard.length, 0);
	});

	it('ends with the client, also when it went, or asked for nothing more, before it had its answer', async () => {
		for (const end of ['forget', 'unwatch'] as const) {
			const { feed, session, heard, looks } = begun();
			const asked = feed.watch(session, { steps: false });
			feed[end](session);
			looks.shift()?.();
			(await asked).begin();
			mock.timers.tick(120);
			// Nobody is told anything, so nothing is looked at.
			assert.deepEqual([heard.length, looks.length], [0, 0], end);
		}
	});

	it('of a client that is gone is not begun', async () => {
		const { feed, session, heard, looks } = begun();
		feed.forget(session);
		const asked = feed.watch(session, { steps: false });
		looks.shift()?.();
		(await asked).begin();
		mock.timers.tick(120);
		assert.deepEqual([heard.length, looks.length], [0, 0]);
	});
});
