import assert from 'node:assert/strict';
import { serverEnvironment } from './serverEnvironment.ts';

describe('environment of the server', () => {
	it('is the one of the user without what VS Code set for itself', () => {
		const env = {
			PATH: '/bin',
			HOME: '/home/a',
			VSCODE_IPC_HOOK: 'x',
			ELECTRON_NO_ASAR: '1',
			NODE_OPTIONS: '--inspect',
			NODE_EXTRA_CA_CERTS: '/ca.pem',
		};
		assert.deepEqual(serverEnvironment(env, { proxy: '', runAsNode: false }), { PATH: '/bin', HOME: '/home/a', NODE_EXTRA_CA_CERTS: '/ca.pem' });
	});

	it('makes the desktop program behave as Node', () => {
		assert.deepEqual(serverEnvironment({}, { proxy: '', runAsNode: true }), { ELECTRON_RUN_AS_NODE: '1' });
	});

	it("passes on VS Code's proxy, but not over one that the user has set", () => {
		assert.deepEqual(serverEnvironment({}, { proxy: 'http://p:1', runAsNode: false }), { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://p:1' });
		assert.deepEqual(serverEnvironment({ https_proxy: 'http://q:2' }, { proxy: 'http://p:1', runAsNode: false }), { https_proxy: 'http://q:2' });
	});
});
