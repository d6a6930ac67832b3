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
		assert.deepEqual(serverEnvironment(env, { proxy: '', noProxy: [], runAsNode: false }), {
			PATH: '/bin',
			HOME: '/home/a',
			NODE_EXTRA_CA_CERTS: '/ca.pem',
		});
	});

	it('makes the desktop program behave as Node', () => {
		assert.deepEqual(serverEnvironment({}, { proxy: '', noProxy: [], runAsNode: true }), { ELECTRON_RUN_AS_NODE: '1' });
	});

	it("passes on VS Code's proxy, but not over one that the user has set", () => {
		const options = { proxy: 'http://p:1', noProxy: ['inside.test'], runAsNode: false };
		assert.deepEqual(serverEnvironment({ NO_PROXY: 'own.test' }, options), {
			HTTP_PROXY: 'http://p:1',
			HTTPS_PROXY: 'http://p:1',
			NO_PROXY: 'own.test,localhost,127.0.0.1,::1,inside.test',
		});
		assert.deepEqual(serverEnvironment({ https_proxy: 'http://q:2' }, options), { https_proxy: 'http://q:2' });
	});
});
