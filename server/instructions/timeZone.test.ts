import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { localDate, timeZoneName } from './timeZone.ts';

describe('the zone and the day where the machine is', () => {
	let before: string | undefined;
	beforeEach(() => {
		before = process.env['TZ'];
	});
	afterEach(() => {
		if (before === undefined) delete process.env['TZ'];
		else process.env['TZ'] = before;
	});

	it('are those of the runtime, however the zone is told', () => {
		for (const zone of [
			'Europe/Berlin',
			'America/Argentina/Ushuaia',
			'Asia/Tokyo',
			'UTC',
			'Etc/UTC',
			'GMT',
			'CET-1CEST',
			':Europe/Berlin',
			'No/Such',
			'',
		]) {
			process.env['TZ'] = zone;
			const told = new Intl.DateTimeFormat().resolvedOptions().timeZone;
			const timeZone = told === 'Etc/Unknown' ? 'UTC' : told;
			assert.equal(timeZoneName(), timeZone, zone);
			const day = (at: number) => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
			for (const at of [Date.UTC(2026, 0, 1, 0, 30), Date.UTC(2026, 5, 30, 23, 30), Date.UTC(2026, 10, 21, 12)])
				assert.equal(localDate(at), day(at), `${zone} ${at}`);
		}
	});

	it('come from the link of the system when nothing is set', () => {
		delete process.env['TZ'];
		assert.equal(
			timeZoneName(undefined, () => '/usr/share/zoneinfo/Europe/Berlin'),
			'Europe/Berlin',
		);
		assert.equal(
			timeZoneName(undefined, () => '/var/db/timezone/zoneinfo/posix/America/New_York'),
			'America/New_York',
		);
		assert.equal(
			timeZoneName(undefined, () => '../usr/share/zoneinfo/Etc/UTC'),
			'UTC',
		);
		for (const odd of [null, '/etc/zone', '/usr/share/zoneinfo/../../secret'])
			assert.equal(
				timeZoneName(undefined, () => odd),
				new Intl.DateTimeFormat().resolvedOptions().timeZone,
			);
	});
});
