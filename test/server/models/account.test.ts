import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('signing in', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	async function started(config: Readonly<Record<string, string>> = {}) {
		fixture = await serverFixture([], config);
		const server = fixture.start();
		await server.initialize();
		return server;
	}

	it('keeps to the way that the configuration fixes', async () => {
		const server = await started({ forced_login_method: '"chatgpt"' });
		assert.match((await server.requestError('account/login/start', { type: 'apiKey', apiKey: 'sk-x' })).message, /API key login is disabled/);
		assert.equal((await server.request('account/read', {})).account, null);
	});

	it('has nothing to cancel when nothing runs', async () => {
		const server = await started();
		const loginId = '00000000-0000-4000-8000-000000000000';
		assert.deepEqual(await server.request('account/login/cancel', { loginId }), { status: 'notFound' });
		assert.match((await server.requestError('account/login/cancel', { loginId: 'x' })).message, /invalid login id: x/);
	});
});
