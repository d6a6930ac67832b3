import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { insidePath } from './insidePath.ts';
import { readManifest } from './manifest.ts';
import { readMarketplace, rootOfMarketplaceFile } from './marketplaceFile.ts';
import { parsePluginId } from './pluginId.ts';
import { inEnglish } from '../words/l10n.ts';

describe('files of plugins', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-plugin-')));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
	const write = (file: string, value: unknown) => {
		fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		fs.writeFileSync(path.join(folder, file), typeof value === 'string' ? value : JSON.stringify(value));
	};
	const manifest = async (value: unknown) => {
		write('.codex-plugin/plugin.json', value);
		const read = await readManifest(folder);
		return read.type === 'manifest' ? read.manifest : inEnglish(read.problem);
	};

	it('never name a place outside of their folder, whatever they say', async () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string(),
					fc.array(fc.constantFrom('..', '.', '/', '\\', 'a', './', '\0')).map((parts) => parts.join('')),
				),
				(named) => {
					const found = insidePath('/plugins/p', named);
					assert.ok(found === null || (found.startsWith('/plugins/p/') && !found.split('/').includes('..')), `${named} -> ${found}`);
				},
			),
		);
		const read = await manifest({
			name: 'p',
			skills: '../other',
			mcpServers: '/etc/passwd',
			apps: './../x',
			hooks: 'hooks.json',
			interface: { displayName: 'P', composerIcon: '../icon.png', logo: './logo.png', screenshots: ['./a.png', '/etc/b.png', 'c.png'] },
		});
		assert.ok(typeof read !== 'string');
		assert.deepEqual(read.places, { skills: null, mcpServers: null, apps: null, hooks: null });
		assert.deepEqual(
			[read.interface?.composerIcon, read.interface?.logo, read.interface?.screenshots],
			[null, path.join(folder, 'logo.png'), [path.join(folder, 'a.png')]],
		);
	});

	it('give at most three prompts, no empty ones, and no interface when nothing is in it', async () => {
		const prompts = async (defaultPrompt: unknown) => {
			const read = await manifest({ interface: { defaultPrompt } });
			return typeof read === 'string' ? read : (read.interface?.defaultPrompt ?? null);
		};
		assert.deepEqual(await prompts(['one', ' ', 'two', 'three', 'four']), ['one', 'two', 'three']);
		assert.deepEqual(await prompts('one'), ['one']);
		assert.equal(await prompts(''), null);
		const empty = await manifest({ interface: {} });
		assert.ok(typeof empty !== 'string' && empty.interface === null);
	});

	it('are read from the place of other programs too, and named when they are broken, missing or a link to elsewhere', async () => {
		assert.match(String(await manifest('{ broken')), /plugin\.json/);
		assert.match(String(await manifest({ mcpServers: { inside: {} } })), /mcpServers/);
		assert.match(String(await manifest([])), /manifest/);
		fs.rmSync(path.join(folder, '.codex-plugin'), { recursive: true });
		assert.equal((await readManifest(folder)).type, 'broken');
		write('.claude-plugin/plugin.json', { name: 'c' });
		assert.equal((await readManifest(folder)).type, 'manifest');
		const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-outside-'));
		fs.writeFileSync(path.join(outside, 'plugin.json'), '{"name":"c"}');
		fs.rmSync(path.join(folder, '.claude-plugin/plugin.json'));
		fs.symlinkSync(path.join(outside, 'plugin.json'), path.join(folder, '.claude-plugin/plugin.json'));
		assert.equal((await readManifest(folder)).type, 'broken');
		fs.rmSync(outside, { recursive: true });
	});

	it('of marketplaces offer what they can and name the entries that are wrong', async () => {
		write('.agents/plugins/marketplace.json', {
			name: 'shop',
			plugins: [
				{ name: 'good', source: './plugins/good', category: 'Tools' },
				{ name: 'bad-policy', source: './bad', policy: { installation: 'SOMETIMES' } },
				{ name: 'escape', source: './../x' },
				{ name: 'root', source: './' },
				{ name: 'npm', source: { source: 'npm', package: 'x' } },
				{ name: 'sub', source: { source: 'git-subdir', url: 'https://e.invalid/y.git', path: 'sub/dir', ref: 'main', sha: 'abc' } },
				{ name: 'elsewhere only', source: './x', policy: { products: ['CHATGPT'] } },
				{ name: 'odd name', source: './x' },
				{ name: 'good', source: './plugins/again' },
				7,
			],
		});
		const read = await readMarketplace(folder);
		assert.ok(read.type === 'marketplace');
		assert.deepEqual(
			read.marketplace.entries.map(({ name, source }) => [name, source]),
			[
				['good', { type: 'local', folder: path.join(folder, 'plugins/good') }],
				['sub', { type: 'git', url: 'https://e.invalid/y.git', path: 'sub/dir', refName: 'main', sha: 'abc' }],
			],
		);
		assert.equal(read.marketplace.problems.length, 3);
		assert.match(inEnglish(read.marketplace.problems[0] ?? ''), /bad-policy/);
		assert.equal(rootOfMarketplaceFile(read.marketplace.file), folder);
		assert.equal(rootOfMarketplaceFile(path.join(folder, 'marketplace.json')), null);
	});

	it('have ids that are never a path', () => {
		assert.deepEqual(parsePluginId('a_b-1@shop'), { plugin: 'a_b-1', marketplace: 'shop' });
		for (const text of ['', 'a', 'a@', '@b', '../x@inst', 'a@../b', 'a@b@c', 'a b@c']) assert.equal(parsePluginId(text), null, text);
	});
});
