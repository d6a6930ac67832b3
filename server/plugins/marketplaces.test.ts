import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { parseMarketplaceSource } from './marketplaceSource.ts';
import { Marketplaces } from './marketplaces.ts';
import { PluginError } from './pluginError.ts';

describe('marketplaces', () => {
	let folder: string;
	let tables: Record<string, unknown>;
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-shops-')));
		tables = {};
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
	const write = (file: string, value: unknown) => {
		fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		fs.writeFileSync(path.join(folder, file), typeof value === 'string' ? value : JSON.stringify(value));
	};
	const shop = (at: string, name: string, plugins: readonly string[] = []) =>
		write(`${at}/.agents/plugins/marketplace.json`, { name, plugins: plugins.map((each) => ({ name: each, source: `./${each}` })) });
	const make = () =>
		new Marketplaces({
			home: path.join(folder, 'home'),
			cwd: folder,
			env: () => ({ PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' }),
			now: () => 0,
			settings: {
				read: () => ({ plugins: {}, marketplaces: tables }),
				write: (keys, value) => {
					const name = keys[1] ?? '';
					if (value === undefined) delete tables[name];
					else tables[name] = value;
					return Promise.resolve();
				},
			},
		});
	const add = (source: string, refName: string | null = null, sparsePaths: readonly string[] = []) => make().add({ source, refName, sparsePaths });

	it('that are folders are known by where they really lie, once', async () => {
		shop('shop', 'conf-shop');
		shop('other', 'conf-shop');
		fs.symlinkSync(path.join(folder, 'shop'), path.join(folder, 'link'));
		assert.deepEqual(await add('./shop'), { name: 'conf-shop', root: path.join(folder, 'shop'), alreadyAdded: false });
		assert.deepEqual(await add(path.join(folder, 'link')), { name: 'conf-shop', root: path.join(folder, 'shop'), alreadyAdded: true });
		await assert.rejects(add('./other'), /already added/);
		assert.deepEqual(tables, { 'conf-shop': { last_updated: '1970-01-01T00:00:00Z', source_type: 'local', source: path.join(folder, 'shop') } });
		assert.equal(await make().remove('conf-shop'), null);
		assert.ok(fs.existsSync(path.join(folder, 'shop')));
		assert.deepEqual(tables, {});
	});

	it('are refused with the reason, and then nothing was changed', async () => {
		shop('shop', 'conf-shop');
		shop('odd', 'odd name!');
		write('broken/.agents/plugins/marketplace.json', '{ "name": ');
		fs.mkdirSync(path.join(folder, 'empty'));
		const sources = ['', 'not a thing', './nowhere', './empty', './broken', './odd', 'file:///etc', '--upload-pack=touch x', 'ext::sh -c x'];
		for (const source of sources) await assert.rejects(add(source), PluginError, source);
		await assert.rejects(add('./shop', 'main'), /folder/);
		await assert.rejects(add('./shop', null, ['x']), /folder/);
		for (const ref of ['--upload-pack=x', '-b', 'a..b', 'a b']) await assert.rejects(add('https://example.invalid/x.git', ref), /not a branch/);
		for (const sparse of ['../x', '/etc', '-x', '']) await assert.rejects(add('https://example.invalid/x.git', null, [sparse]), /not a folder/);
		await assert.rejects(make().remove('../x'), /no marketplace/);
		assert.deepEqual(tables, {});
	});

	it('are recognised by their source', () => {
		assert.deepEqual(parseMarketplaceSource('acme/tools', '/'), { type: 'git', url: 'https://github.com/acme/tools.git' });
		assert.deepEqual(parseMarketplaceSource('git@host.example:acme/tools.git', '/'), { type: 'git', url: 'git@host.example:acme/tools.git' });
		assert.deepEqual(parseMarketplaceSource('../x', '/a/b'), { type: 'local', folder: path.resolve('/a/x') });
	});

	describe('in git', () => {
		const url = 'https://example.invalid/conf/shop.git';
		const git = (...args: readonly string[]) =>
			execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.invalid', '-c', 'init.defaultBranch=main', ...args], {
				cwd: path.join(folder, 'repo'),
				env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
				stdio: 'pipe',
			});
		const commit = () => {
			git('add', '-A');
			git('commit', '-qm', 'x');
		};
		beforeEach(() => {
			shop('repo', 'git-shop', ['one']);
			write('repo/one/a.txt', 'a');
			write('repo/two/b.txt', 'b');
			git('init', '-q');
			commit();
			git('branch', 'stable');
			write('.gitconfig', `[url "file://${path.join(folder, 'repo')}"]\n\tinsteadOf = ${url}\n`);
		});
		const entries = () =>
			(
				JSON.parse(fs.readFileSync(path.join(folder, 'home/.tmp/marketplaces/git-shop/.agents/plugins/marketplace.json'), 'utf8')) as {
					plugins: unknown[];
				}
			).plugins.length;

		it('are fetched, upgraded and removed, and nothing else stays', async () => {
			const root = path.join(folder, 'home/.tmp/marketplaces/git-shop');
			assert.deepEqual(await add(url), { name: 'git-shop', root, alreadyAdded: false });
			assert.equal((await add(url)).alreadyAdded, true);
			await assert.rejects(add(url, 'stable'), /already added/);
			shop('repo', 'git-shop', ['one', 'two']);
			commit();
			assert.deepEqual(await make().upgrade('git-shop'), { selected: ['git-shop'], upgradedRoots: [root], errors: [] });
			assert.equal(entries(), 2);
			shop('repo', 'renamed-shop');
			commit();
			const { errors } = await make().upgrade(null);
			assert.match(errors[0]?.message ?? '', /renamed-shop/);
			assert.equal(entries(), 2);
			assert.equal(await make().remove('git-shop'), root);
			assert.deepEqual(fs.readdirSync(path.dirname(root)), []);
			await assert.rejects(make().upgrade('git-shop'), /no marketplace/);
		});

		it('can be a branch and a part of the repository', async () => {
			shop('repo', 'git-shop', ['one', 'two']);
			commit();
			const { root } = await add(url, 'stable', ['.agents', 'one']);
			assert.equal(entries(), 1);
			assert.deepEqual([fs.existsSync(path.join(root, 'one')), fs.existsSync(path.join(root, 'two'))], [true, false]);
			assert.deepEqual(tables['git-shop'], {
				last_updated: '1970-01-01T00:00:00Z',
				source_type: 'git',
				source: url,
				ref: 'stable',
				sparse_paths: ['.agents', 'one'],
			});
		});

		it('bring no submodules, no links and none of their hooks', async () => {
			const marker = path.join(folder, 'ran');
			write('inner/x.txt', 'inner');
			const inner = (...args: readonly string[]) => git('-C', path.join(folder, 'inner'), ...args);
			inner('init', '-q');
			inner('add', '-A');
			inner('commit', '-qm', 'x');
			git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', path.join(folder, 'inner'), 'module');
			fs.symlinkSync('/etc', path.join(folder, 'repo/link'));
			write('repo/.githooks/post-checkout', `#!/bin/sh\ntouch ${marker}\n`);
			fs.chmodSync(path.join(folder, 'repo/.githooks/post-checkout'), 0o755);
			write('repo/.gitattributes', '*.txt filter=evil\n');
			commit();
			const { root } = await add(url);
			assert.deepEqual(fs.readdirSync(path.join(root, 'module')), []);
			assert.equal(fs.lstatSync(path.join(root, 'link')).isSymbolicLink(), false);
			assert.equal(fs.existsSync(marker), false);
		});

		it('that cannot be fetched leave nothing behind and say what git said', async () => {
			await assert.rejects(add(url, 'no-such-branch'), /could not be fetched/);
			assert.deepEqual(fs.readdirSync(path.join(folder, 'home/.tmp/marketplaces')), []);
			assert.deepEqual(tables, {});
		});
	});
});
