import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type ConsentingClient, ExportConsent } from './exportConsent.ts';

describe('consent to telemetry', () => {
	it('is given by all connected clients together, and can be taken back', () => {
		let clients: readonly ConsentingClient[] = [];
		const consent = new ExportConsent(() => clients);
		assert.equal(consent.isGiven, true);
		clients = [
			{ id: 1, client: { telemetry: true } },
			{ id: 2, client: null },
		];
		assert.equal(consent.isGiven, true);
		consent.set(1, false);
		assert.equal(consent.isGiven, false);
		consent.set(1, true);
		clients = [...clients, { id: 3, client: { telemetry: false } }];
		assert.equal(consent.isGiven, false);
		clients = clients.slice(0, 2);
		consent.set(1, false);
		consent.forget(1);
		assert.equal(consent.isGiven, true);
	});
});
