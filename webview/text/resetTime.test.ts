import assert from 'node:assert/strict';
import { resetTime } from './resetTime.ts';

describe('the time a limit ends', () => {
	const message = 'The usage limit is reached. It is free again from 2026-11-21 14:05 UTC.';
	const at = Date.UTC(2026, 10, 21, 14, 5);

	it('is a time of day when it is near, and a date else, in the language of the page', () => {
		const time = new Date(at).toLocaleTimeString('de', { hour: 'numeric', minute: '2-digit' });
		assert.equal(resetTime(message, at - 3_600_000, 'de'), time);
		const far = resetTime(message, at - 3 * 86_400_000, 'de') ?? '';
		assert.match(far, /2026/);
		assert.ok(far.includes(time));
	});

	it('is not known when the message names none', () => {
		assert.equal(resetTime('The limit is reached.', at, 'en'), null);
		assert.equal(resetTime('until 2026-99-99 14:05 UTC', at, 'en'), null);
	});
});
