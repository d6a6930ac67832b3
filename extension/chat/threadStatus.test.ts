import assert from 'node:assert/strict';
import type { RateLimitSnapshot } from '../../server/protocol/account/account.ts';
import type { Client } from '../server/client.ts';
import { limitsOf, readThreadStatus } from './threadStatus.ts';

describe('the status of a thread', () => {
	const window = (usedPercent: number, windowDurationMins: number | null) => ({ usedPercent, windowDurationMins, resetsAt: 5 });
	const snapshot = (limitName: string, change: Partial<RateLimitSnapshot>): RateLimitSnapshot => ({
		limitId: limitName,
		limitName,
		primary: null,
		secondary: null,
		credits: null,
		planType: null,
		rateLimitReachedType: null,
		...change,
	});

	it('lists every window of every limit', () => {
		const main = snapshot('main', { primary: window(40, 300), secondary: window(10, null) });
		assert.deepEqual(limitsOf({ rateLimits: main, rateLimitsByLimitId: null }), [
			{ name: null, minutes: 300, usedPercent: 40, resetsAt: 5 },
			{ name: null, minutes: null, usedPercent: 10, resetsAt: 5 },
		]);
		const both = limitsOf({ rateLimits: main, rateLimitsByLimitId: { main, other: snapshot('other', { primary: window(1, 60) }) } });
		assert.deepEqual(
			both.map(({ name }) => name),
			['main', 'main', 'other'],
		);
	});

	it('leaves out what a server does not tell', async () => {
		const client = { request: () => Promise.reject(new Error('unknown method')) } as unknown as Client;
		assert.deepEqual(await readThreadStatus(client, 't', {}), { context: null, limits: [], credits: null, cost: null });
	});
});
