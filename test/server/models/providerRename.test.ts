import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { FakeModelServer, say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

/** `[model_providers.old]` is the fake model; `other` another one. */
describe('a provider with another id, and one that is gone', () => {
	let fixture: ServerFixture;
	let other: FakeModelServer;
	let server: AppServerProcess;

	const file = () => path.join(fixture.home.codexHome, 'config.toml');
	const written = () => readFile(file(), 'utf8');
	const start = async () => {
		server = fixture.start();
		await server.initialize();
	};
	const rename = (providerId: string, newId: string) => server.request('modelProvider/rename', { providerId, newId });
	const turn = async (threadId: string, text: string, more: Readonly<Record<string, unknown>> = {}) => await server.runTurn(threadId, text, more);
	const begin = async () => {
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		assert.equal((await turn(thread.id, 'First')).status, 'completed');
		return thread.id as string;
	};

	beforeEach(async () => {
		fixture = await serverFixture(Array.from({ length: 6 }, () => say('Of the first.')));
		other = await FakeModelServer.start(Array.from({ length: 6 }, () => say('Of the other.')));
		const address = (url: string) => `base_url = "${url}" # where it is\nwire_api = "responses"\n`;
		await fixture.home.config(
			[
				'model_provider = "old" # the usual one',
				'model = "mock-model"',
				'[model_providers.old] # mine',
				`name = "Mine"\n${address(fixture.model.url)}`,
				'[model_providers.old.http_headers]\nX-Mine = "1"',
				'[model_providers.other]',
				`name = "Other"\n${address(other.url)}`,
				'[profiles.work]\nmodel_provider = "old"',
			].join('\n'),
		);
		await start();
	});
	afterEach(async () => {
		await fixture.dispose();
		await other.stop();
	});

	it('changes the id in the file, and nothing else of it', async () => {
		const before = await written();
		const { provider } = await rename('old', 'new');
		assert.deepEqual([provider.id, provider.name, provider.canEdit], ['new', 'Mine', true]);
		const expected = before.replaceAll('model_provider = "old"', 'model_provider = "new"').replaceAll('[model_providers.old', '[model_providers.new');
		assert.equal(await written(), `${expected.trimEnd()}\n\n[tiller.renamed_providers]\nold = "new"\n`);
		const { data, defaultProviderId } = await server.request('modelProvider/list');
		assert.ok(data.some(({ id }: { id: string }) => id === 'new') && !data.some(({ id }: { id: string }) => id === 'old'));
		assert.equal(defaultProviderId, 'new');
	});

	it('keeps threads going, those that are open and those that are opened later, and lists them under either id', async () => {
		const threadId = await begin();
		await rename('old', 'new');
		assert.equal((await turn(threadId, 'Second')).status, 'completed');
		await rename('new', 'newest');
		assert.equal((await turn(threadId, 'Third')).status, 'completed');
		await server.close();
		await start();
		const listed = await server.request('thread/list', { modelProviders: ['newest'] });
		assert.deepEqual(
			listed.data.map(({ id }: { id: string }) => id),
			[threadId],
		);
		const resumed = await server.request('thread/resume', { threadId });
		assert.deepEqual([resumed.modelProvider, resumed.thread.modelProvider], ['newest', 'newest']);
		assert.equal((await turn(threadId, 'Fourth')).status, 'completed');
		assert.equal(fixture.model.requests.length, 4);
		// A name of yesterday in another file, or of a client, is understood.
		assert.equal((await server.request('thread/start', { cwd: fixture.home.workspace, modelProvider: 'old' })).modelProvider, 'newest');
		await rename('newest', 'old');
		assert.doesNotMatch(await written(), /old = "old"/);
		assert.equal((await turn(threadId, 'Fifth')).status, 'completed');
	});

	it('refuses an id that is taken, was somebody else’s, or is none, and writes nothing', async () => {
		await rename('other', 'elsewhere');
		const before = await written();
		for (const [id, newId, reason] of [
			['old', 'elsewhere', /Another model provider has the ID/],
			['old', 'openai', /Another model provider has the ID/],
			['old', 'other', /Threads know the model provider `elsewhere`/],
			['old', 'a b', /letters, digits/],
			['old', '', /letters, digits/],
			['none', 'new', /Unknown provider ID/],
			['openai', 'new', /built-in/],
		] as const) {
			assert.match((await server.requestError('modelProvider/rename', { providerId: id, newId })).message, reason, newId);
		}
		assert.equal(await written(), before);
		const { provider } = await server.request('modelProvider/config/write', {
			settings: { type: 'customGateway', name: 'Other', baseUrl: 'http://127.0.0.1:9/v1' },
		});
		assert.equal(provider.id, 'other-2', 'the id of a renamed provider stays free for the threads that name it');
	});

	it('leaves a thread whose provider is gone readable, says so, and goes on with another model', async () => {
		const threadId = await begin();
		const gone = { keyPath: 'model_providers.old', value: null, mergeStrategy: 'replace' };
		await server.request('config/batchWrite', { edits: [gone], reloadUserConfig: true });
		const failed = async () => {
			const { status, error } = await turn(threadId, 'Second');
			assert.equal(status, 'failed');
			assert.match(error.message, /^The model provider `old` is not configured anymore\. Choose a model of another provider to continue/);
			assert.equal(error.codexErrorInfo, 'badRequest');
		};
		await failed();
		await server.close();
		// The usual provider is gone, too: only what is new needs it.
		await start();
		assert.equal((await server.request('thread/read', { threadId, includeTurns: true })).thread.turns.length, 2);
		const resumed = await server.request('thread/resume', { threadId });
		assert.equal(resumed.modelProvider, 'old');
		assert.equal(resumed.thread.turns.length, 2);
		await failed();
		assert.equal((await turn(threadId, 'Third', { modelProvider: 'other', model: 'mock-model' })).status, 'completed');
		assert.match(JSON.stringify(other.requests.at(-1)?.body), /First.*Second.*Third/);
		assert.match((await server.requestError('thread/start', { cwd: fixture.home.workspace })).message, /Model provider `old` not found/);
	});
});
