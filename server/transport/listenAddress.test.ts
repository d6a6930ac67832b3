import assert from 'node:assert/strict';
import { ListenAddressError, parseListenAddress } from './listenAddress.ts';

describe('parseListenAddress', () => {
	it('knows every form', () => {
		assert.deepEqual(parseListenAddress('stdio://'), { type: 'stdio' });
		assert.deepEqual(parseListenAddress('off'), { type: 'off' });
		assert.deepEqual(parseListenAddress('unix://'), { type: 'unix', path: null });
		assert.deepEqual(parseListenAddress('unix:///run/x.sock'), { type: 'unix', path: '/run/x.sock' });
		assert.deepEqual(parseListenAddress('ws://127.0.0.1:80'), { type: 'webSocket', host: '127.0.0.1', port: 80 });
		assert.deepEqual(parseListenAddress('ws://[::1]:0'), { type: 'webSocket', host: '::1', port: 0 });
	});

	for (const bad of [
		'',
		'stdio',
		'stdio://x',
		'http://127.0.0.1:1',
		'ws://127.0.0.1',
		'ws://127.0.0.1:99999',
		'ws://localhost:1',
		'ws://999.0.0.1:1',
		'unix://relative',
	]) {
		it(`refuses ${JSON.stringify(bad)} and says what is understood`, () => {
			assert.throws(
				() => parseListenAddress(bad),
				(error) => error instanceof ListenAddressError && error.message.includes(bad),
			);
		});
	}
});
