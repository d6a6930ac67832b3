import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { chatgptToken } from '../../support/model/fakeIssuer.ts';
import { FakeModelServer, say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const HEADER = 'x-oai-attestation';
const signIn = { type: 'chatgptAuthTokens', accessToken: chatgptToken(), chatgptAccountId: 'ws-1' };

describe('attestation (S225, S226)', () => {
	let fixture: ServerFixture;
	let elsewhere: FakeModelServer | null = null;
	afterEach(async () => {
		await fixture.dispose();
		await elsewhere?.stop();
		elsewhere = null;
	});

	/** Signed in to ChatGPT; the model is served by its host, or by another one. */
	const start = async ({ capabilities = {}, isChatgpt = true }: { readonly capabilities?: object; readonly isChatgpt?: boolean } = {}) => {
		fixture = await serverFixture(['One.', 'Two.'].map(say));
		elsewhere = await FakeModelServer.start();
		const file = path.join(fixture.home.codexHome, 'config.toml');
		const chatgpt = isChatgpt ? fixture.model.url : elsewhere.url;
		await fixture.home.config(
			`chatgpt_base_url = "${chatgpt}"\n${readFileSync(file, 'utf8').replace(/(base_url = .*)/, '$1\nrequires_openai_auth = true')}`,
		);
		const server = fixture.start();
		await server.initialize({ experimentalApi: true, ...capabilities });
		await server.request('account/login/start', signIn);
		return server;
	};
	const headers = () => fixture.model.requests.map((request) => request.headers[HEADER] ?? null);

	it('a client that can is asked for each request, and its value goes along unchanged', async () => {
		const server = await start({ capabilities: { requestAttestation: true } });
		let count = 0;
		server.answer('attestation/generate', () => ({ token: `v1.${(count += 1)}` }));
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'one');
		await server.runTurn(threadId, 'two');
		assert.deepEqual(headers(), ['v1.1', 'v1.2']);
		assert.ok(!server.stderr.includes('v1.1'));
	});

	it('a client without the capability is not asked', async () => {
		const server = await start();
		await server.runTurn(await server.startThread(fixture.home), 'one');
		assert.deepEqual(headers(), [null]);
		assert.ok(!server.received.some(({ method }) => method === 'attestation/generate'));
	});

	it('another host gets none, nor does one who is signed in with a key', async () => {
		const server = await start({ capabilities: { requestAttestation: true }, isChatgpt: false });
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'one');
		await server.request('account/logout');
		await server.request('account/login/start', { type: 'apiKey', apiKey: 'sk-test-key' });
		await server.runTurn(threadId, 'two');
		assert.deepEqual(headers(), [null, null]);
		assert.ok(!server.received.some(({ method }) => method === 'attestation/generate'));
	});

	it('a client that has none does not hold up the request', async () => {
		const server = await start({ capabilities: { requestAttestation: true } });
		let count = 0;
		server.answer('attestation/generate', () => ((count += 1) === 1 ? Promise.reject(new Error('no key')) : { token: 'two\nlines' }));
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'one');
		await server.runTurn(threadId, 'two');
		assert.deepEqual(headers(), [null, null]);
	});

	it('with ChatGPT the models of OpenAI come from its address', async () => {
		const server = await start({ capabilities: { requestAttestation: true } });
		server.answer('attestation/generate', () => ({ token: 'v1.x' }));
		const config = { model_provider: 'openai', 'features.responses_websockets': false };
		const threadId = await server.startThread(fixture.home, { config });
		await server.runTurn(threadId, 'one');
		const [request] = fixture.model.requests;
		assert.deepEqual([request?.path, request?.headers['chatgpt-account-id'], request?.headers[HEADER]], ['/v1/codex/responses', 'ws-1', 'v1.x']);
	});
});
