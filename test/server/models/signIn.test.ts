import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { until } from '../../support/deadline.ts';
import { chatgptToken, FakeIssuer } from '../../support/model/fakeIssuer.ts';
import { httpError, say, type ScriptEntry } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

/** What a person's browser does: follows to the end, like a page that was opened. */
async function browse(url: string): Promise<{ readonly status: number; readonly text: string }> {
	const answer = await fetch(url);
	return { status: answer.status, text: await answer.text() };
}

describe('signing in with ChatGPT', () => {
	let issuer: FakeIssuer;
	let fixture: ServerFixture;
	beforeEach(async () => {
		issuer = await FakeIssuer.start();
	});
	afterEach(async () => {
		await fixture.dispose();
		await issuer.stop();
	});

	const start = async (script: readonly ScriptEntry[] = [], extra: { readonly config?: string; readonly port?: number } = {}) => {
		fixture = await serverFixture(script);
		const file = path.join(fixture.home.codexHome, 'config.toml');
		const config = readFileSync(file, 'utf8').replace(/(base_url = .*)/, '$1\nrequires_openai_auth = true');
		await fixture.home.config(`${extra.config ?? ''}\n${config}\n[tiller]\nlogin_issuer = "${issuer.url}"\nlogin_port = ${extra.port ?? 0}\n`);
		const server = fixture.start({ env: { RUST_LOG: 'debug' } });
		await server.initialize({ experimentalApi: true });
		return server;
	};
	const authFile = () => path.join(fixture.home.codexHome, 'auth.json');
	const kept = () => JSON.parse(readFileSync(authFile(), 'utf8')) as Record<string, unknown> & { tokens: Record<string, string> };
	const ended = (server: AppServerProcess, loginId: string) =>
		server.waitForNotification('account/login/completed', (params) => params.loginId === loginId).then(({ params }) => params);

	it('in the browser: the page says so, the tokens are kept, a model gets them', async () => {
		const server = await start([say('Hello.')]);
		const { loginId, authUrl } = await server.request('account/login/start', { type: 'chatgpt' });
		const page = await browse(authUrl);
		assert.equal(page.status, 200);
		assert.match(page.text, /You are signed in/);
		assert.doesNotMatch(page.text, /(?:src|href)=|@import|url\(/, 'the page loads nothing');
		assert.match(page.text, /<svg width="20" height="20"/);
		assert.match(page.text, /color-scheme: light dark/);
		assert.deepEqual(await ended(server, loginId), { loginId, success: true, error: null });
		await server.waitForNotification('account/updated', ({ authMode, planType }) => authMode === 'chatgpt' && planType === 'pro');
		assert.deepEqual(await server.request('account/read', {}), {
			account: { type: 'chatgpt', email: 'ada@example.invalid', planType: 'pro' },
			requiresOpenaiAuth: true,
		});
		assert.deepEqual(Object.keys(kept()).toSorted(), ['OPENAI_API_KEY', 'auth_mode', 'last_refresh', 'tokens']);
		assert.deepEqual(Object.keys(kept().tokens).toSorted(), ['access_token', 'account_id', 'id_token', 'refresh_token']);
		if (process.platform !== 'win32') assert.equal(statSync(authFile()).mode & 0o777, 0o600);
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'go');
		const [request] = fixture.model.requests;
		assert.equal(request?.headers.authorization, `Bearer ${kept().tokens['access_token']}`);
		assert.equal(request?.headers['chatgpt-account-id'], 'ws-1');
	});

	it('with a device code, that is asked for until somebody has entered it', async () => {
		const server = await start();
		const { loginId, verificationUrl, userCode } = await server.request('account/login/start', { type: 'chatgptDeviceCode' });
		assert.deepEqual([verificationUrl, userCode], [`${issuer.url}/codex/device`, 'WXYZ-1234']);
		await until('the code is asked for again', () => issuer.bodies('/api/accounts/deviceauth/token').length > 1);
		assert.deepEqual(issuer.bodies('/api/accounts/deviceauth/token')[0], { device_auth_id: 'device-1', user_code: 'WXYZ-1234' });
		issuer.codeEntered = true;
		assert.equal((await ended(server, loginId)).success, true);
		assert.equal((await server.request('getAuthStatus', { includeToken: true })).authToken, kept().tokens['access_token']);
	});

	it('a refusal is shown as text, and told', async () => {
		const server = await start();
		issuer.decision = 'deny';
		const { loginId, authUrl } = await server.request('account/login/start', { type: 'chatgpt' });
		const page = await browse(authUrl);
		assert.match(page.text, /The &lt;b&gt;person&lt;\/b&gt; said no/);
		assert.match(page.text, /access_denied/);
		assert.match((await ended(server, loginId)).error, /refused: The <b>person/);
		assert.equal(existsSync(authFile()), false);
	});

	it('a page of somebody else has no effect: not without the state, not with another method', async () => {
		const server = await start();
		const { loginId, authUrl } = await server.request('account/login/start', { type: 'chatgpt' });
		const back = new URL(authUrl).searchParams.get('redirect_uri') ?? '';
		assert.equal((await browse(`${back}?code=x&state=wrong`)).status, 400);
		assert.equal((await browse(`${back}?code=x`)).status, 400);
		assert.equal((await browse(new URL('/elsewhere', back).href)).status, 404);
		assert.equal((await fetch(`${back}?state=x`, { method: 'POST' })).status, 404);
		assert.equal((await browse(authUrl)).status, 200, 'the person still can');
		assert.equal((await ended(server, loginId)).success, true);
	});

	it('a code that the issuer does not take is a failure, on the page too', async () => {
		const server = await start();
		const { loginId, authUrl } = await server.request('account/login/start', { type: 'chatgpt' });
		const query = new URL(authUrl).searchParams;
		const page = await browse(`${query.get('redirect_uri')}?code=foreign-code-1&state=${query.get('state')}`);
		assert.match(page.text, /You are not signed in/);
		const { success, error } = await ended(server, loginId);
		assert.deepEqual([success, error], [false, 'The sign-in was not completed: the code is not valid.']);
	});

	it('can be cancelled before anything waits, and a second one ends the first (S193)', async () => {
		const server = await start();
		const first = await server.request('account/login/start', { type: 'chatgpt' });
		const second = await server.request('account/login/start', { type: 'chatgptDeviceCode' });
		assert.equal((await ended(server, first.loginId)).success, false);
		assert.deepEqual(await server.request('account/login/cancel', { loginId: first.loginId }), { status: 'notFound' });
		assert.deepEqual(await server.request('account/login/cancel', { loginId: second.loginId }), { status: 'canceled' });
		assert.match((await ended(server, second.loginId)).error, /cancelled/);
		issuer.codeEntered = true;
		assert.equal((await server.request('account/read', {})).account, null);
	});

	it('takes the port from another sign-in that waits there, and names it when it cannot', async () => {
		const other = http.createServer((request, response) => {
			response.end();
			if (request.url === '/cancel') other.close();
		});
		await new Promise<void>((resolve) => {
			other.listen(0, '127.0.0.1', resolve);
		});
		const { port } = other.address() as AddressInfo;
		const server = await start([], { port });
		const { authUrl } = await server.request('account/login/start', { type: 'chatgpt' });
		assert.equal(new URL(authUrl).searchParams.get('redirect_uri'), `http://localhost:${port}/auth/callback`);
		const stubborn = http.createServer((_request, response) => response.end());
		await server.request('account/login/start', { type: 'chatgptDeviceCode' });
		await new Promise<void>((resolve) => {
			stubborn.listen(port, '127.0.0.1', resolve);
		});
		try {
			await assert.rejects(server.request('account/login/start', { type: 'chatgpt' }), new RegExp(`Port ${port}.*device code`));
		} finally {
			stubborn.close();
		}
	});

	it('another workspace than the allowed one is not kept, and given back', async () => {
		issuer.account = { account: 'ws-other' };
		const server = await start([], { config: 'forced_chatgpt_workspace_id = ["ws-1", "ws-2"]' });
		const { loginId, authUrl } = await server.request('account/login/start', { type: 'chatgpt' });
		assert.equal(new URL(authUrl).searchParams.get('allowed_workspace_id'), 'ws-1,ws-2');
		await browse(authUrl);
		assert.match((await ended(server, loginId)).error, /another ChatGPT workspace/);
		assert.equal(existsSync(authFile()), false);
		assert.match(issuer.bodies('/oauth/revoke')[0]?.['token'] ?? '', /^refresh-token/);
	});

	it('a turn whose token was refused goes on with a renewed one; an ended sign-in says what to do', async () => {
		const refused = () => httpError(401, { error: { message: 'expired' } });
		const server = await start([refused(), refused(), say('Renewed.'), refused(), refused()]);
		const { authUrl } = await server.request('account/login/start', { type: 'chatgpt' });
		await browse(authUrl);
		await server.waitForNotification('account/updated');
		const before = kept().tokens;
		const threadId = await server.startThread(fixture.home);
		assert.equal((await server.runTurn(threadId, 'go')).status, 'completed');
		assert.equal(fixture.model.requests[2]?.headers.authorization, `Bearer ${kept().tokens['access_token']}`);
		assert.notEqual(kept().tokens['refresh_token'], before['refresh_token']);
		issuer.refuseRenewal = { status: 401, body: { error: { code: 'refresh_token_expired' } } };
		const { status, error } = await server.runTurn(threadId, 'go');
		assert.deepEqual([status, error?.codexErrorInfo], ['failed', 'unauthorized']);
		assert.match(error?.message ?? '', /could not be renewed: it has expired\. Sign in again\./);
		await assert.rejects(server.request('account/read', { refreshToken: true }), /Sign in again/);
		// Nothing secret in the log, the rollout or what the client was told.
		const secrets = [before['access_token'], before['refresh_token'], kept().tokens['access_token'], kept().tokens['refresh_token']];
		const rollout = readFileSync((await server.request('thread/read', { threadId })).thread.path, 'utf8');
		for (const secret of secrets) {
			assert.ok(secret);
			for (const [place, text] of Object.entries({ log: server.stderr, rollout, wire: JSON.stringify(server.received) }))
				assert.ok(!text.includes(secret), `${secret.slice(0, 20)} stands in the ${place}`);
		}
	});

	it('what the command line of the first program changes is seen, and the other way round', async () => {
		const server = await start([say('Theirs.')]);
		writeFileSync(
			authFile(),
			JSON.stringify({
				auth_mode: 'chatgpt',
				OPENAI_API_KEY: null,
				tokens: {
					id_token: chatgptToken({ plan: 'plus' }),
					access_token: chatgptToken({ serial: 'theirs' }),
					refresh_token: 'r',
					account_id: 'ws-1',
				},
				last_refresh: new Date().toISOString(),
				login_owner_id: 'kept',
			}),
		);
		assert.equal((await server.request('account/read', {})).account.planType, 'plus');
		await server.waitForNotification('account/updated', ({ planType }) => planType === 'plus');
		await server.request('account/login/start', { type: 'apiKey', apiKey: 'sk-of-ours-123' });
		assert.deepEqual(kept(), { auth_mode: 'apikey', OPENAI_API_KEY: 'sk-of-ours-123', login_owner_id: 'kept' });
	});
});
