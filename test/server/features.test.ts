import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { httpError, respond, say } from '../support/model/fakeModelServer.ts';
import { message } from '../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

describe('experimental features', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const started = async () => {
		const server = fixture.start();
		await server.initialize();
		return server;
	};
	const listed = async (server: Awaited<ReturnType<typeof started>>) =>
		Object.fromEntries(
			(await server.request('experimentalFeature/list', {})).data.map(({ name, enabled }: { name: string; enabled: boolean }) => [name, enabled]),
		);

	it('are listed with their state, in pages, and switched for the running server', async () => {
		fixture = await serverFixture([say('Hello.')]);
		const server = await started();
		assert.equal((await listed(server)).goals, true);
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'hi');
		assert.deepEqual(await server.request('thread/goal/get', { threadId: id }), { goal: null });

		assert.deepEqual(await server.request('experimentalFeature/enablement/set', { enablement: { goals: false } }), { enablement: { goals: false } });
		assert.equal((await listed(server)).goals, false);
		assert.match((await server.requestError('thread/goal/get', { threadId: id })).message, /disabled/);

		const first = await server.request('experimentalFeature/list', { limit: 2 });
		const rest = await server.request('experimentalFeature/list', { cursor: first.nextCursor });
		assert.equal(first.data.length, 2);
		assert.equal(rest.nextCursor, null);
		assert.match((await server.requestError('experimentalFeature/list', { cursor: 'x' })).message, /invalid cursor/);
	});

	it('are not changed at all by a request that names one that does not exist', async () => {
		fixture = await serverFixture([]);
		const server = await started();
		const wrong = { goals: false, no_such_feature: true };
		assert.match((await server.requestError('experimentalFeature/enablement/set', { enablement: wrong })).message, /`no_such_feature`/);
		assert.equal((await listed(server)).goals, true);
	});
});

describe('what the provider says of the account', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is what account/rateLimits/read answers, also when it came with a refusal', async () => {
		const headers = { 'x-codex-primary-used-percent': '41', 'x-codex-primary-window-minutes': '300', 'x-team-secondary-used-percent': '7' };
		const limit = { error: { type: 'usage_limit_reached', message: 'limit', plan_type: 'pro' } };
		fixture = await serverFixture([
			{ ...respond(message('One.')), headers: headers },
			httpError(429, limit, { 'x-codex-primary-used-percent': '100' }),
		]);
		const server = fixture.start();
		await server.initialize();
		assert.match((await server.requestError('account/rateLimits/read', undefined)).message, /authentication required/);
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'one');
		const { rateLimits, rateLimitsByLimitId } = await server.request('account/rateLimits/read', undefined);
		assert.equal(rateLimits.primary.usedPercent, 41);
		assert.deepEqual(Object.keys(rateLimitsByLimitId).sort(), ['codex', 'team']);
		assert.equal((await server.runTurn(id, 'two')).status, 'failed');
		assert.equal((await server.request('account/rateLimits/read', undefined)).rateLimits.primary.usedPercent, 100);
	});

	it('includes that another model answers', async () => {
		const rerouted = { ...respond(message('One.')), headers: { 'openai-model': 'another-model' } };
		fixture = await serverFixture([rerouted]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'one');
		const told = server.received.filter(({ method }) => method === 'model/rerouted');
		assert.equal(told.length, 1);
		assert.equal(told[0]?.params.toModel, 'another-model');
		assert.equal(told[0]?.params.threadId, id);
	});
});
