import assert from 'node:assert/strict';
import { type AwakeRefusal, KeepAwake } from './keepAwake.ts';

function fixture(platform: string, { remote = false, startsNot = '' } = {}) {
	const log: string[] = [];
	const refusals: AwakeRefusal[] = [];
	let end: (reason: string) => void = () => {};
	const awake = new KeepAwake(
		{
			platform,
			remote,
			start: (program, args, ended) => {
				log.push(`start ${program} ${args.join(' ').slice(0, 24)}`);
				end = ended;
				if (startsNot !== '') ended(startsNot);
				return { end: () => (log.push('end'), ended('exit code 0')) };
			},
		},
		(refusal) => refusals.push(refusal),
	);
	return { awake, log, refusals, crash: (reason: string) => end(reason) };
}

describe('keeping the computer awake', () => {
	it('lasts as long as a turn runs, with what the system has for it', () => {
		const programs: Readonly<Record<string, string>> = { linux: 'systemd-inhibit', darwin: 'caffeinate', win32: 'powershell.exe' };
		for (const [platform, program] of Object.entries(programs)) {
			const { awake, log, refusals } = fixture(platform);
			awake.set(false);
			for (const wanted of [true, true, false, false, true]) awake.set(wanted);
			awake.dispose();
			assert.deepEqual(
				log.map((line) => line.split(' ').slice(0, 2).join(' ')),
				[`start ${program}`, 'end', `start ${program}`, 'end'],
			);
			assert.deepEqual(refusals, []);
		}
	});

	it('is refused by name, once, where it does not work', () => {
		const cases: readonly (readonly [ReturnType<typeof fixture>, AwakeRefusal])[] = [
			[fixture('linux', { remote: true }), { type: 'remote' }],
			[fixture('aix'), { type: 'platform', platform: 'aix' }],
			[fixture('constructor'), { type: 'platform', platform: 'constructor' }],
			[fixture('linux', { startsNot: 'ENOENT' }), { type: 'failed', program: 'systemd-inhibit', reason: 'ENOENT' }],
		];
		for (const [{ awake, refusals }, refusal] of cases) {
			for (const wanted of [true, false, true]) awake.set(wanted);
			assert.deepEqual(refusals, [refusal]);
		}
	});

	it('that ends by itself in a turn is told, and not begun again', () => {
		const { awake, log, refusals, crash } = fixture('linux');
		awake.set(true);
		crash('Access denied');
		awake.set(true);
		assert.deepEqual(refusals, [{ type: 'failed', program: 'systemd-inhibit', reason: 'Access denied' }]);
		assert.equal(log.length, 1);
	});
});
