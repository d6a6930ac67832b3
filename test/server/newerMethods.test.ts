import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { say } from '../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';
import methodsOf171 from './methodsOf171.json' with { type: 'json' };
import { clientRequests } from '../../server/protocol/methods.ts';
import { newerMethods } from '../../server/protocol/newerMethods.ts';
import { newerParams } from '../../server/protocol/newerParams.ts';

/** What a method needs besides, so that nothing else is wrong. */
const USUAL_PARAMS: Readonly<Record<string, (threadId: string) => object>> = {
	'externalAgentConfig/import': () => ({ migrationItems: [] }),
	'mcpServer/oauth/login': () => ({ name: 'a' }),
	'mcpServer/resource/read': () => ({ server: 'a', uri: 'a:b' }),
	'mcpServer/tool/call': (threadId) => ({ threadId, server: 'a', tool: 'b' }),
	'thread/fork': (threadId) => ({ threadId }),
	'thread/metadata/update': (threadId) => ({ threadId }),
	'thread/realtime/appendText': (threadId) => ({ threadId, text: 'a' }),
	'thread/realtime/start': (threadId) => ({ threadId, outputModality: 'text' }),
	'thread/settings/update': (threadId) => ({ threadId }),
	'thread/shellCommand': (threadId) => ({ threadId, command: 'true' }),
	'turn/start': (threadId) => ({ threadId, input: [] }),
	'turn/steer': (threadId) => ({ threadId, input: [] }),
};

describe('methods of newer programs', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture?.dispose());

	it('change the settings of a thread without a message, and tell who follows it', async () => {
		fixture = await serverFixture([say('One.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.request('thread/settings/update', { threadId, model: 'gpt-5.2', effort: 'high', permissions: ':read-only' });
		const { params } = await server.waitForNotification('thread/settings/updated');
		assert.deepEqual(
			[params.threadSettings.model, params.threadSettings.effort, params.threadSettings.sandboxPolicy.type],
			['gpt-5.2', 'high', 'readOnly'],
		);
		await server.runTurn(threadId, 'hi');
		assert.equal(fixture.model.requests[0]?.body.model, 'gpt-5.2');
		assert.match((await server.requestError('thread/settings/update', { threadId, effort: 'immense' })).message, /unknown variant `immense`/);
	});

	it('take back a turn and all after it', async () => {
		fixture = await serverFixture([say('One.'), say('Two.'), say('Three.'), say('Four.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'first');
		const second = await server.runTurn(threadId, 'second');
		await server.runTurn(threadId, 'third');
		await server.request('thread/revert', { threadId, beforeTurnId: second.id });
		await server.waitForNotification('thread/reverted', (params) => params.threadId === threadId);
		const { data } = await server.request('thread/turns/list', { threadId });
		assert.equal(data.length, 1);
		assert.match((await server.requestError('thread/revert', { threadId, beforeTurnId: second.id })).message, /has no turn/);
		await server.runTurn(threadId, 'fourth');
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		assert.ok(sent.includes('first') && sent.includes('fourth') && !sent.includes('second') && !sent.includes('third'));
	});

	it('are all served or on the list of those that are refused', () => {
		assert.ok(methodsOf171.length > 190);
		assert.deepEqual(
			methodsOf171.filter((method) => !(method in clientRequests) && !newerMethods.has(method)),
			[],
		);
		assert.deepEqual(
			[...newerMethods].filter((method) => !methodsOf171.includes(method)),
			[],
		);
	});

	it('refuse params that ask for what is not here, by name, and take those that ask for nothing', async () => {
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		for (const [method, names] of Object.entries(newerParams))
			for (const name of names) {
				const params = { ...USUAL_PARAMS[method]?.(threadId), [name]: ['something'] };
				const error = await server.requestError(method, params);
				assert.equal(error.message, `${method}: \`${name}\` of ${method} is not supported by this server`);
				assert.deepEqual(error.data, { reason: 'notSupportedByServer', method });
			}
		const nothing = { projectId: null, daybreakEnabled: false, selectedCapabilityRoots: [] };
		// The newest terminal client sends this with each list.
		assert.deepEqual((await server.request('thread/list', { currentAccountOnly: true })).data, []);
		assert.ok((await server.request('thread/start', { cwd: fixture.home.workspace, ...nothing })).thread.id);
	});

	it('that are not here are all refused by a type of their own', async () => {
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize();
		const refused = methodsOf171.filter((method) => !(method in clientRequests));
		const answers = await Promise.all(refused.map((method) => server.requestError(method, {})));
		assert.deepEqual(
			answers.map(({ code, data, message }) => ({ code, data, message })),
			refused.map((method) => ({
				code: -32601,
				data: { reason: 'notSupportedByServer', method },
				message: `${method}: ${method} is not supported by this server`,
			})),
		);
	});
});
