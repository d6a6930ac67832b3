import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Marketplaces } from './marketplaces.ts';
import { readManifest } from './manifest.ts';
import { PluginCache } from './pluginCache.ts';
import { readContents } from './pluginContents.ts';
import { PluginError } from './pluginError.ts';
import { Plugins } from './plugins.ts';

describe('plugins that mean harm', () => {
	let folder: string;
	let tables: Record<string, Record<string, unknown>>;
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-attack-')));
		tables = { plugins: {}, marketplaces: {} };
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
	const at = (...names: readonly string[]) => path.join(folder, ...names);
	const write = (name: string, value: unknown) => {
		fs.mkdirSync(path.dirname(at(name)), { recursive: true });
		fs.writeFileSync(at(name), typeof value === 'string' ? value : JSON.stringify(value));
	};
	const market = (...plugins: readonly object[]) => {
		write('shop/.agents/plugins/marketplace.json', { name: 'shop', plugins });
		return at('shop/.agents/plugins/marketplace.json');
	};
	function make() {
		const settings = {
			read: () => ({ plugins: tables.plugins, marketplaces: tables.marketplaces }),
			write: ([table = '', name = '']: readonly string[], value: unknown) => {
				if (value === undefined) delete tables[table]?.[name];
				else tables[table] = { ...tables[table], [name]: { enabled: value } };
				return Promise.resolve();
			},
		};
		const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
		const cache = new PluginCache({ home: at('home'), onProblem: (message) => assert.fail(message) });
		const marketplaces = new Marketplaces({ home: at('home'), cwd: folder, env: () => env, settings, now: () => 0 });
		return new Plugins({ userHome: at('nobody'), env, settings, cache, marketplaces, repositoryOf: () => null, changed: () => {} });
	}
	const refused = (work: Promise<unknown>, why: RegExp) => assert.rejects(work, (error) => error instanceof PluginError && why.test(error.message));
	const listed = async () => (await make().list([at('shop')])).marketplaces[0]?.plugins ?? [];

	it('reach no file outside of their folder, whatever field of the manifest names it', async () => {
		write('secret.json', { mcpServers: { stolen: { command: 'x' } }, apps: { stolen: { id: 'x' } }, hooks: { Stop: [] } });
		write('skills-elsewhere/x/SKILL.md', '---\ndescription: x\n---\n');
		const places = [
			'../secret.json',
			'./../secret.json',
			'./a/../../secret.json',
			'..\\secret.json',
			at('secret.json'),
			'~/secret.json',
			'./',
			'.',
			'\0./x',
		];
		for (const named of places) {
			write('shop/p/.codex-plugin/plugin.json', {
				...{ name: 'p', skills: named, mcpServers: named, apps: named, hooks: named },
				interface: { displayName: 'P', composerIcon: named, logo: named, screenshots: [named] },
			});
			const read = await readManifest(at('shop/p'));
			assert.ok(read.type === 'manifest');
			const { interface: shown, places: found } = read.manifest;
			assert.deepEqual(found, { skills: null, mcpServers: null, apps: null, hooks: null }, named);
			assert.deepEqual([shown?.composerIcon, shown?.logo, shown?.screenshots], [null, null, []], named);
			const contents = await readContents(at('shop/p'), read.manifest);
			assert.deepEqual([contents.mcpServers.size, contents.apps, contents.hooks, contents.skillFolders], [0, [], null, [at('shop/p/skills')]], named);
		}
	});

	it('reach no file outside by links, and leave none behind', async () => {
		write('secret.json', { mcpServers: { stolen: { command: 'x' } }, apps: { stolen: { id: 'x' } }, hooks: { Stop: [] } });
		write('shop/p/.codex-plugin/plugin.json', { name: 'p', apps: './apps.json' });
		for (const name of ['.mcp.json', 'apps.json', 'hooks.json']) fs.symlinkSync(at('secret.json'), at('shop/p', name));
		fs.mkdirSync(at('shop/p/hooks'));
		fs.symlinkSync('../../../secret.json', at('shop/p/hooks/hooks.json'));
		const file = market({ name: 'p', source: './p' });
		await make().read(file, 'p', ({ contents }) => {
			assert.deepEqual([contents.mcpServers.size, contents.apps, contents.hooks], [0, [], null]);
			return Promise.resolve();
		});
		fs.linkSync(at('secret.json'), at('shop/p/hard.json'));
		const { contents } = await make().install(file, 'p');
		assert.deepEqual([contents.mcpServers.size, contents.apps, contents.hooks], [0, [], null]);
		const installed = at('home/plugins/cache/shop/p/local');
		assert.deepEqual(fs.readdirSync(installed).sort(), ['.codex-plugin', 'hard.json', 'hooks']);
		// A second name of a file is a file of its own once it is installed: who changes one does not change the other.
		assert.notEqual(fs.statSync(path.join(installed, 'hard.json')).ino, fs.statSync(at('secret.json')).ino);
	});

	it('are in no folder above their marketplace, and have no name that is a path', async () => {
		write('outside/.codex-plugin/plugin.json', { name: 'outside' });
		fs.mkdirSync(at('shop'));
		fs.symlinkSync(at('outside'), at('shop/linked'));
		market(
			...['../outside', './../outside', at('outside'), './', '.'].map((source, index) => ({ name: `n${index}`, source })),
			...['../x', 'a/b', '..', '', 'a@b', 'x'.repeat(200)].map((name) => ({ name, source: './linked' })),
		);
		assert.deepEqual(await listed(), []);
	});

	it('with a version or a name that is a path are refused, and nothing is written', async () => {
		const file = market({ name: 'p', source: './p' });
		for (const version of ['../../x', '..', 'a/b', '.hidden', '', 'x'.repeat(300)]) {
			write('shop/p/.codex-plugin/plugin.json', { name: 'p', version });
			await refused(make().install(file, 'p'), /not a version/);
		}
		write('shop/p/.codex-plugin/plugin.json', { name: '../p' });
		await refused(make().install(file, 'p'), /calls itself/);
		assert.equal(fs.existsSync(at('home/plugins/cache')), false);
		assert.deepEqual(tables.plugins, {});
	});

	it('are removed once, and again, but not when there was never such a plugin', async () => {
		const file = market({ name: 'p', source: './p' }, { name: 'offered', source: './p' });
		write('shop/p/.codex-plugin/plugin.json', { name: 'p' });
		write('home/plugins/cache/shop/stray/local/x', '');
		const plugins = make();
		await plugins.install(file, 'p');
		await plugins.uninstall('p@shop');
		await plugins.uninstall('p@shop');
		assert.deepEqual(tables.plugins, {});
		// Only here, or only in the settings: what is left of a plugin can be removed.
		tables.plugins = { 'gone@nowhere': { enabled: true }, 'broken@nowhere': { enabled: 'perhaps' } };
		for (const id of ['gone@nowhere', 'broken@nowhere', 'stray@shop']) await make().uninstall(id);
		assert.deepEqual([tables.plugins, fs.existsSync(at('home/plugins/cache/shop'))], [{}, false]);
		for (const id of ['never@shop', 'p@elsewhere', 'constructor@shop', 'toString@constructor'])
			await refused(make().uninstall(id), /neither installed nor offered/);
		// The marketplace of a folder is known once it was looked at, an added one always.
		await refused(make().uninstall('offered@shop'), /neither installed nor offered/);
		await plugins.list([at('shop')]);
		await plugins.uninstall('offered@shop');
		tables.marketplaces = { shop: { source_type: 'local', source: at('shop') } };
		await make().uninstall('offered@shop');
		await refused(make().uninstall('never@shop'), /neither installed nor offered/);
	});

	it('cannot make git run a program or read this disk: addresses, refs and folders that are options or something else are refused', async () => {
		const marker = at('ran');
		const urls = [
			`--upload-pack=touch ${marker}`,
			`ext::sh -c touch% ${marker}`,
			`file://${folder}`,
			folder,
			'-u',
			`https://x.test/ --upload-pack=${marker}`,
			'fd::17',
		];
		const sources: readonly object[] = [
			...urls.map((url) => ({ source: 'url', url })),
			...[`--upload-pack=touch ${marker}`, '-x', 'a..b', 'a b'].map((ref) => ({ source: 'url', url: 'https://127.0.0.1:1/x.git', ref })),
			...['--upload-pack', '../..', '/etc', '-x'].map((below) => ({ source: 'git-subdir', url: 'https://127.0.0.1:1/x.git', path: below })),
		];
		for (const [index, source] of sources.entries()) {
			const file = market({ name: `p${index}`, source });
			await refused(make().install(file, `p${index}`), /not an https|not a branch|not a folder/);
			await refused(
				make().read(file, `p${index}`, () => Promise.resolve()),
				/not an https|not a branch|not a folder/,
			);
		}
		assert.equal(fs.existsSync(marker), false);
	});

	it('are listed also when there are ten thousand of them', async function () {
		this.timeout(120_000);
		write('shop/p7/.codex-plugin/plugin.json', { name: 'p7', interface: { displayName: 'Seven' } });
		market(...Array.from({ length: 10_000 }, (_, index) => ({ name: `p${index}`, source: `./p${index}` })));
		const plugins = await listed();
		assert.equal(plugins.length, 10_000);
		assert.equal(plugins[7]?.interface?.displayName, 'Seven');
	});
});
