import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { buildHost, setUpWindowsSandbox, type WindowsSandboxHost, windowsSandboxReadiness } from './windowsSandbox.ts';

/** A host as one could be: no machine of the tests runs Windows. */
const host = (change: Partial<WindowsSandboxHost> = {}): WindowsSandboxHost => ({
	platform: 'win32',
	modes: ['elevated', 'unelevated'],
	isSetUp: () => false,
	setUp: () => Promise.resolve(),
	...change,
});

describe('the Windows sandbox (logic only, with a made-up host)', () => {
	it('is not configured without the setting, on another system, and where this build has none', () => {
		assert.equal(windowsSandboxReadiness(null, host()), 'notConfigured');
		assert.equal(windowsSandboxReadiness('unelevated', host({ platform: 'linux' })), 'notConfigured');
		assert.equal(windowsSandboxReadiness('unelevated', host({ modes: ['elevated'] })), 'notConfigured');
		assert.equal(windowsSandboxReadiness('elevated', buildHost('win32')), 'notConfigured');
	});

	it('is ready at once with a restricted token, and after its set-up when elevated', () => {
		assert.equal(windowsSandboxReadiness('unelevated', host()), 'ready');
		assert.equal(windowsSandboxReadiness('elevated', host()), 'updateRequired');
		assert.equal(windowsSandboxReadiness('elevated', host({ isSetUp: () => true })), 'ready');
	});

	it('never sets anything up when it is only asked', () => {
		const asked = host({ setUp: () => assert.fail('was set up') });
		assert.equal(windowsSandboxReadiness('elevated', asked), 'updateRequired');
	});

	it('says why a set-up failed', async () => {
		assert.equal(await setUpWindowsSandbox('elevated', 'C:\\repo', host()), null);
		assert.match((await setUpWindowsSandbox('elevated', '/repo', buildHost('linux'))) ?? '', /only on Windows/);
		assert.match((await setUpWindowsSandbox('elevated', 'C:\\repo', buildHost('win32'))) ?? '', /no Windows sandbox/);
		assert.equal(
			await setUpWindowsSandbox('elevated', 'C:\\repo', host({ setUp: () => Promise.reject(new Error('access denied')) })),
			'access denied',
		);
	});
});
