import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess, Message } from '../../support/appServerProcess.ts';
import { say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('providers, profiles and diagnosis, as newer clients ask', () => {
	let fixture: ServerFixture;
	let server: AppServerProcess;
	beforeEach(async () => {
		fixture = await serverFixture([say('One.')]);
		server = fixture.start();
		await server.initialize();
	});
	afterEach(() => fixture.dispose());

	const gateway = (settings: object) => ({ settings: { type: 'customGateway', ...settings } });
	const written = () => readFile(path.join(fixture.home.codexHome, 'config.toml'), 'utf8');
	const refusal = async (method: string, params: object) => (await server.requestError(method, params)).message;
	const provider = async (id: string) => {
		const { data } = await server.request('modelProvider/list');
		return data.find((each: { id: string }) => each.id === id);
	};

	it('say who serves models, and show no secret', async () => {
		const { defaultProviderId, canChangeDefault } = await server.request('modelProvider/list');
		assert.deepEqual([defaultProviderId, canChangeDefault], ['fake', true]);
		assert.deepEqual(await provider('fake'), {
			id: 'fake',
			name: 'Fake',
			canEdit: true,
			baseUrl: fixture.model.url,
			settings: { type: 'customGateway', auth: { mode: 'none' } },
		});
		assert.deepEqual((await provider('openai')).settings, { type: 'openai' });
		const edits = [{ keyPath: 'model_providers.fake.base_url', value: 'http://me:secret@localhost/v1', mergeStrategy: 'replace' }];
		await server.request('config/batchWrite', { edits, reloadUserConfig: true });
		assert.equal((await provider('fake')).baseUrl, null);
	});

	it('say window, price and limits of models to a client that is made for them, and to no other', async () => {
		const entry = {
			id: 'maker/model',
			name: 'Maker: Model',
			context_length: 131_072,
			pricing: { prompt: '0.0000006', completion: '0.0000022', input_cache_read: '0.00000011' },
			supported_parameters: ['reasoning', 'temperature'],
			architecture: { input_modalities: ['text'] },
		};
		const odd = { id: 'odd', context_length: 'many', pricing: { prompt: -1, completion: '0' }, supported_parameters: 'tools', capabilities: [] };
		const lister = http.createServer((_request, response) => response.end(JSON.stringify({ data: [entry, odd, entry] })));
		await new Promise<void>((resolve) => lister.listen(0, '127.0.0.1', resolve));
		try {
			const baseUrl = `http://127.0.0.1:${(lister.address() as AddressInfo).port}/v1`;
			await server.request('modelProvider/config/write', gateway({ name: 'Lister', baseUrl }));
			const { data } = await server.request('model/list', { modelProvider: 'lister' });
			assert.deepEqual(
				data.map((model: { model: string; displayName: string; inputModalities: string[] }) => [
					model.model,
					model.displayName,
					model.inputModalities,
				]),
				[
					['maker/model', 'Maker: Model', ['text']],
					['odd', 'odd', ['text', 'image']],
				],
			);
			assert.equal(data[0].facts, undefined);
			const own = fixture.start();
			await own.initialize({ experimentalApi: true, applyFileChanges: true });
			const { data: seen } = await own.request('model/list', { modelProvider: 'lister' });
			assert.deepEqual(
				seen.map((model: { facts: object }) => model.facts),
				[
					{ contextWindow: 131_072, supportsTools: false, price: { input: 0.6, output: 2.2, cachedInput: 0.11, currency: 'USD' } },
					{ contextWindow: null, supportsTools: null, price: null },
				],
			);
		} finally {
			lister.close();
		}
	});

	it('write a provider of one’s own, and leave the rest of the file alone', async () => {
		const before = await written();
		const first = await server.request(
			'modelProvider/config/write',
			gateway({ name: 'My Gate!', baseUrl: 'http://127.0.0.1:9/v1', envKey: 'GATE_KEY' }),
		);
		assert.deepEqual(first.provider, {
			id: 'my-gate',
			name: 'My Gate!',
			canEdit: true,
			baseUrl: 'http://127.0.0.1:9/v1',
			settings: { type: 'customGateway', auth: { mode: 'environmentVariable', envKey: 'GATE_KEY' } },
		});
		const second = await server.request('modelProvider/config/write', gateway({ name: 'My gate', baseUrl: 'http://127.0.0.1:8/v1' }));
		assert.equal(second.provider.id, 'my-gate-2');
		const changed = await server.request('modelProvider/config/write', gateway({ providerId: 'my-gate', envKey: null }));
		assert.deepEqual([changed.provider.name, changed.provider.settings.auth], ['My Gate!', { mode: 'none' }]);
		const after = await written();
		assert.ok(after.startsWith(before.trimEnd()), after);
		for (const [params, reason] of [
			[gateway({ providerId: 'none', name: 'x' }), /Unknown provider ID/],
			[gateway({ providerId: 'openai', name: 'x' }), /built-in/],
			[gateway({ name: ' ', baseUrl: 'http://localhost/v1' }), /provider name/],
			[gateway({ name: 'x' }), /base_url/],
			[gateway({ providerId: 'my-gate', baseUrl: null }), /base_url/],
			[gateway({ providerId: 'my-gate', baseUrl: 'http://a:b@localhost/' }), /without credentials/],
			[gateway({ providerId: 'my-gate', envKey: 'A B' }), /environment variable/],
			[{ settings: { type: 'bedrock', providerId: 'amazon-bedrock' } }, /not supported by this server/],
		] as const) {
			assert.match(await refusal('modelProvider/config/write', params), reason);
		}
		assert.equal(await written(), after, 'what is refused writes nothing');
	});

	it('choose the provider of new threads', async () => {
		assert.match(await refusal('modelProvider/default/set', { providerId: 'none' }), /`none` is not configured/);
		assert.equal((await server.request('modelProvider/default/set', { providerId: 'demo' })).status, 'ok');
		assert.equal((await server.request('modelProvider/list')).defaultProviderId, 'demo');
		const { modelProvider } = await server.request('thread/start', { cwd: fixture.home.workspace });
		assert.equal(modelProvider, 'demo');
	});

	it('name the profiles of permissions, with what an administrator allows', async () => {
		const ids = async (params: object = {}) => (await server.request('permissionProfile/list', params)).data.map((each: { id: string }) => each.id);
		const builtIn = [':read-only', ':workspace', ':danger-full-access'];
		assert.deepEqual(await ids(), builtIn);
		await fixture.home.config(
			`${await written()}\n[permissions.dev]\ndescription = "For work"\n[permissions.dev.filesystem]\n":root" = "read"\n[permissions.broken]\nfilesystem = 1\n`,
		);
		await server.close();
		server = fixture.start();
		await server.initialize();
		const { data, nextCursor } = await server.request('permissionProfile/list', { limit: 4 });
		assert.deepEqual(data.at(-1), { id: 'dev', description: 'For work', allowed: true });
		assert.deepEqual((await server.request('permissionProfile/list', { cursor: nextCursor })).data, [
			{ id: 'broken', description: null, allowed: false },
		]);
		assert.match(await refusal('permissionProfile/list', { cursor: 'x' }), /invalid cursor/);
		for (const permissions of builtIn) {
			const { activePermissionProfile } = await server.request('thread/start', { cwd: fixture.home.workspace, permissions });
			assert.equal(activePermissionProfile.id, permissions);
		}
	});

	it('tell what the server works on', async () => {
		await server.startThread(fixture.home);
		const { process, gauges } = await server.request('server/diagnostics');
		assert.ok(process.id === server.process.pid && process.residentMemoryBytes > 1e6);
		const values = Object.fromEntries(gauges.map(({ name, value }: Message['result']) => [name, value]));
		assert.deepEqual([values['app.requests.in_flight'], values['app.threads.loaded'], values['app.turns.running']], [1, 1, 0]);
	});

	it('get a key that a client keeps: it is used for requests, and stands in no file', async () => {
		const asked: (string | undefined)[] = [];
		const gate = http.createServer((request, response) => {
			asked.push(request.headers.authorization);
			response.writeHead(request.headers.authorization === 'Bearer sk-kept-by-the-client' ? 200 : 401, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ data: [{ id: 'gate-model' }] }));
		});
		await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
		try {
			const baseUrl = `http://127.0.0.1:${(gate.address() as AddressInfo).port}/v1`;
			const { provider: made } = await server.request('modelProvider/config/write', gateway({ name: 'Gate', baseUrl, envKey: 'GATE_KEY' }));
			await server.request('modelProvider/key/set', { envKey: 'GATE_KEY', key: 'sk-kept-by-the-client' });
			const { data } = await server.request('model/list', { modelProvider: made.id });
			assert.ok(
				data.some(({ model }: { model: string }) => model === 'gate-model'),
				JSON.stringify(data),
			);
			assert.equal((await server.request('modelProvider/read', { modelProvider: made.id })).listsModels, true);
			assert.equal(asked.at(-1), 'Bearer sk-kept-by-the-client');
			assert.doesNotMatch(await written(), /sk-kept/);
			const check = () => server.request('modelProvider/check', { modelProvider: made.id });
			assert.deepEqual(await check(), { status: 'listed' });
			await server.request('modelProvider/key/set', { envKey: 'GATE_KEY', key: 'sk-of-yesterday' });
			const refused = await check();
			assert.deepEqual([refused.status, refused.reason, refused.httpStatus], ['failed', 'keyRefused', 401]);
			assert.doesNotMatch(JSON.stringify(refused), /sk-/);
			await server.request('modelProvider/key/set', { envKey: 'GATE_KEY', key: null });
			assert.equal((await check()).reason, 'noKey');
			// Nothing listens at port 1.
			await server.request('modelProvider/config/write', {
				settings: { type: 'customGateway', providerId: made.id, baseUrl: 'http://127.0.0.1:1/v1', envKey: null },
			});
			assert.equal((await check()).reason, 'connectionRefused');
			assert.match(await refusal('modelProvider/check', { modelProvider: 'nobody' }), /not found/);
			assert.match(await refusal('modelProvider/key/set', { envKey: 'not a name', key: 'x' }), /name of a variable/);
			assert.match(await refusal('modelProvider/key/set', { envKey: 'GATE_KEY', key: ' ' }), /empty/);
			assert.match(await refusal('modelProvider/read', { modelProvider: 'nobody' }), /not found/);
		} finally {
			gate.close();
		}
	});
});
