import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ChatgptSignIn } from '../../auth/signIn.ts';
import { PluginCache } from '../pluginCache.ts';
import { PluginError } from '../pluginError.ts';
import { PluginBackend, type PluginBackendOptions } from './pluginBackend.ts';
import { PluginShares } from './pluginShares.ts';
import { RemoteCatalogue } from './remoteCatalogue.ts';
import { RemotePlugins } from './remotePlugins.ts';
import { packPlugin } from './sharedFiles.ts';
import { ShareMapping } from './shareMapping.ts';

const bundleUrl = 'https://files.example.test/saw.tar.gz';
const entry = (id: string, change: object = {}) => ({
	...{ id, name: 'saw', scope: 'GLOBAL', installation_policy: 'AVAILABLE', authentication_policy: 'ON_USE', status: 'ENABLED' },
	release: { version: '1.0.0', display_name: 'Saw', bundle_download_url: bundleUrl, app_ids: [], keywords: [], skills: [] },
	...change,
});

const signIn: ChatgptSignIn = {
	type: 'chatgpt',
	accessToken: 't',
	accountId: 'acc',
	email: null,
	plan: 'pro',
	planName: 'pro',
	userId: null,
	keptBy: 'us',
};

/** The service is a function here: what it is asked is what counts. */
describe('plugins of the ChatGPT catalogue', () => {
	let folder: string;
	let asked: string[];
	let signedIn: boolean;
	let failure: Error | null;
	let routes: Record<string, (body: unknown) => unknown>;
	let changes: number;
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-remote-')));
		[asked, signedIn, failure, routes, changes] = [[], true, null, {}, 0];
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function make() {
		const answerTo = (key: string, more: string, body: unknown): Response => {
			asked.push(`${key}${more}`);
			const answer = routes[key]?.(body);
			if (answer === undefined) return new Response(JSON.stringify({ detail: 'no such route' }), { status: 404 });
			return answer instanceof Response ? answer : new Response(JSON.stringify(answer));
		};
		const service: PluginBackendOptions['service'] = {
			signIn: async () => (signedIn ? signIn : null),
			ask: async ({ method, path: at, query, body }) => {
				if (failure !== null) throw failure;
				const answer = answerTo(`${method} ${at}`, query === undefined ? '' : `?${new URLSearchParams(query).toString()}`, body);
				return { status: answer.status, headers: {}, body: await answer.text() };
			},
		};
		const transfer: PluginBackendOptions['transfer'] = async (url, init = {}) =>
			answerTo(`${init.method} ${String(url)}`, new Headers(init.headers).has('authorization') ? '' : ' without sign-in', init.body);
		const backend = new PluginBackend({ service, transfer });
		const catalogue = new RemoteCatalogue(backend);
		const mapping = new ShareMapping(folder);
		const cache = new PluginCache({ home: folder, onProblem: (message) => assert.fail(message) });
		const remote = new RemotePlugins({ backend, catalogue, cache, changed: () => changes++, onProblem: () => {} });
		return { remote, catalogue, mapping, cache, shares: new PluginShares({ backend, catalogue, mapping }) };
	}
	async function bundle(name = 'saw'): Promise<Uint8Array<ArrayBuffer>> {
		const source = path.join(folder, 'source');
		fs.mkdirSync(path.join(source, '.codex-plugin'), { recursive: true });
		fs.writeFileSync(path.join(source, '.codex-plugin/plugin.json'), JSON.stringify({ name, version: '1.0.0' }));
		fs.mkdirSync(path.join(source, 'skills/cut'), { recursive: true });
		fs.writeFileSync(path.join(source, 'skills/cut/SKILL.md'), '---\ndescription: Cuts.\n---\n');
		return packPlugin(source);
	}
	const installedPage = (...plugins: readonly object[]) => ({ plugins, pagination: { next_page_token: null } });

	it('are not asked for while nobody is signed in', async () => {
		signedIn = false;
		const { remote, shares } = make();
		assert.equal(await remote.list('chatgpt-global'), null);
		assert.deepEqual(await remote.active(), []);
		await assert.rejects(remote.uninstall('plugin_a'), /sign in with ChatGPT/);
		await assert.rejects(shares.list(), /sign in with ChatGPT/);
		assert.deepEqual(asked, []);
	});

	it('are fetched without the sign-in, run from the cache, and are what the account says', async () => {
		const bytes = await bundle();
		let installed: object[] = [];
		routes = {
			'GET /ps/plugins/plugin_a': () => entry('plugin_a'),
			[`GET ${bundleUrl}`]: () => new Response(bytes),
			'POST /ps/plugins/plugin_a/install': () => ((installed = [{ ...entry('plugin_a'), enabled: true }]), { id: 'plugin_a', enabled: true }),
			'GET /ps/plugins/installed': () => installedPage(...installed),
			'POST /plugins/plugin_a/uninstall': () => ((installed = []), { id: 'plugin_a', enabled: false }),
		};
		const { remote } = make();
		await remote.install('chatgpt-global', 'plugin_a');
		assert.ok(asked.includes(`GET ${bundleUrl} without sign-in`));
		const active = await remote.active();
		assert.deepEqual(
			active.map(({ id, folder: at }) => [id, path.relative(folder, at)]),
			[['saw@chatgpt-global', 'plugins/cache/chatgpt-global/saw/1.0.0']],
		);
		await remote.uninstall('plugin_a');
		assert.deepEqual(await remote.active(), []);
		assert.equal(fs.existsSync(path.join(folder, 'plugins/cache/chatgpt-global/saw')), false);
		assert.equal(changes, 2);
	});

	it('that are not what they say, or not allowed, change neither the account nor the disk', async () => {
		const wrong = await bundle('other');
		routes = { 'GET /ps/plugins/plugin_a': () => entry('plugin_a'), [`GET ${bundleUrl}`]: () => new Response(wrong) };
		const { remote } = make();
		const install = () => remote.install('chatgpt-global', 'plugin_a');
		await assert.rejects(install(), /calls itself "other"/);
		const release = (url: string) => ({ ...entry('plugin_a').release, bundle_download_url: url });
		for (const [change, why] of [
			[{ release: release('http://files.example.test/x') }, /https/],
			[{ release: release('file:///etc/passwd') }, /https/],
			[{ name: '../x' }, /characters/],
			[{ installation_policy: 'NOT_AVAILABLE' }, /does not offer/],
			[{ status: 'DISABLED_BY_ADMIN' }, /administrator/],
			[{ id: 'plugin_b' }, /instead of/],
		] as const) {
			routes['GET /ps/plugins/plugin_a'] = () => entry('plugin_a', change);
			await assert.rejects(install(), why);
		}
		assert.equal(
			asked.some((each) => each.startsWith('POST')),
			false,
		);
		assert.equal(fs.existsSync(path.join(folder, 'plugins/cache')), false);
	});

	it('have ids and skills that are never a path, and pages that end', async () => {
		const { catalogue } = make();
		for (const id of ['../x', 'a/b', '', 'a?b', '..']) await assert.rejects(catalogue.find(id), /not the id/);
		for (const skill of ['..', '', ' ']) await assert.rejects(catalogue.skillText('plugin_a', skill));
		assert.deepEqual(asked, []);
		routes = { 'GET /ps/plugins/workspace/created': () => ({ plugins: [entry('plugin_a')], pagination: { next_page_token: 'again' } }) };
		assert.equal((await catalogue.created()).length, 2, 'a token that comes back is no other page');
	});

	it('that answer rubbish, too much or nothing say so', async () => {
		const { catalogue } = make();
		for (const answer of ['rubbish', '[]', '{"plugins": 7}', '{"plugins": [{}]}']) {
			routes['GET /ps/plugins/workspace/created'] = () => new Response(answer);
			await assert.rejects(catalogue.created(), /cannot be read/);
		}
		const { remote } = make();
		routes[`GET ${bundleUrl}`] = () => new Response(new Uint8Array(51 * 1024 * 1024));
		routes['GET /ps/plugins/plugin_a'] = () => entry('plugin_a');
		await assert.rejects(remote.install('chatgpt-global', 'plugin_a'), /more than 50 MiB/);
		for (const [error, why] of [
			[new Error('no route to host'), /^ChatGPT cannot be asked GET \/ps\/plugins\/workspace\/created: no route to host$/],
			[new DOMException('The operation was aborted due to timeout', 'TimeoutError'), /did not answer in time/],
		] as const) {
			failure = error;
			await assert.rejects(catalogue.created(), (given) => given instanceof PluginError && why.test(given.message));
		}
	});

	it('are shared with whom the person says, and remembered by their folder until they are not', async () => {
		await bundle();
		const source = path.join(folder, 'source');
		const bodies: unknown[] = [];
		routes = {
			'POST /public/plugins/workspace/upload-url': () => ({ file_id: 'f', upload_url: 'https://up.example.test/1', etag: 'e' }),
			'PUT https://up.example.test/1': () => new Response('', { status: 201 }),
			'POST /public/plugins/workspace': (body) => (bodies.push(body), { plugin_id: 'plugin_n', share_url: 'https://x.test/s' }),
			'DELETE /public/plugins/workspace/plugin_n': () => new Response(null, { status: 204 }),
		};
		const { shares, mapping } = make();
		const audience = { discoverability: 'UNLISTED', targets: [{ type: 'user', id: 'u1' }] } as const;
		assert.deepEqual(await shares.save(source, { id: null, audience }), { id: 'plugin_n', url: 'https://x.test/s' });
		const targets = [
			{ principal_type: 'user', principal_id: 'u1' },
			{ principal_type: 'workspace', principal_id: 'acc' },
		];
		assert.deepEqual(bodies, [{ file_id: 'f', etag: 'e', discoverability: 'UNLISTED', share_targets: targets }]);
		assert.ok(asked.includes('PUT https://up.example.test/1 without sign-in'));
		assert.deepEqual([...(await mapping.read())], [['plugin_n', source]]);
		await shares.delete('plugin_n');
		assert.equal(fs.existsSync(path.join(folder, '.tmp/plugin-share-local-paths-v1.json')), false);
		const before = asked.length;
		await assert.rejects(shares.save(source, { id: null, audience: { discoverability: 'LISTED', targets: null } }), /LISTED/);
		await assert.rejects(shares.save(source, { id: 'plugin_n', audience }), /updateTargets/);
		await assert.rejects(
			shares.save(source, { id: null, audience: { discoverability: null, targets: [{ type: 'workspace', id: 'w' }] } }),
			/workspace/,
		);
		await assert.rejects(shares.save(path.join(folder, 'nothing'), { id: null, audience: { discoverability: null, targets: null } }), /no folder/);
		assert.equal(asked.length, before);
	});
});
