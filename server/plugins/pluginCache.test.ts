import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { copyFolder } from './copyFolder.ts';
import { PluginCache } from './pluginCache.ts';

describe('installed plugins', () => {
	let folder: string;
	let home: string;
	const id = { plugin: 'tool', marketplace: 'shop' };
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-plugin-cache-')));
		home = path.join(folder, 'home');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
	const cache = () => new PluginCache({ home, onProblem: (message, error) => assert.fail(`${message}: ${String(error)}`) });
	const write = (file: string, content: string) => {
		fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		fs.writeFileSync(path.join(folder, file), content);
	};
	const tree = (at: string): string[] =>
		fs
			.readdirSync(at, { recursive: true, withFileTypes: true })
			.filter((entry) => !entry.isDirectory())
			.map((entry) => path.relative(at, path.join(entry.parentPath, entry.name)))
			.sort();

	it('are copied whole, without links, pipes and the repository they come from', async () => {
		write('source/a.txt', 'a');
		write('source/deep/er/run.sh', '#!/bin/sh');
		fs.chmodSync(path.join(folder, 'source/deep/er/run.sh'), 0o755);
		write('source/.git/config', 'x');
		write('secret', 'secret');
		fs.symlinkSync(path.join(folder, 'secret'), path.join(folder, 'source/link'));
		fs.symlinkSync(folder, path.join(folder, 'source/linked-folder'));
		const installed = await cache().install(id, { version: '1.0.0', from: path.join(folder, 'source') });
		assert.deepEqual(tree(installed), ['a.txt', 'deep/er/run.sh']);
		assert.equal(fs.statSync(path.join(installed, 'deep/er/run.sh')).mode & 0o111, 0o111);
		assert.equal(await cache().folderOf(id), installed);
	});

	it('have one version, and none after they were removed, once or twice', async () => {
		write('source/a.txt', 'a');
		const from = path.join(folder, 'source');
		await cache().install(id, { version: '1.0.0', from });
		const second = await cache().install(id, { version: '2.0.0', from });
		assert.deepEqual(tree(path.join(home, 'plugins')), ['cache/shop/tool/2.0.0/a.txt']);
		assert.equal(await cache().folderOf(id), second);
		await cache().remove(id);
		await cache().remove(id);
		assert.equal(await cache().folderOf(id), null);
		assert.deepEqual(tree(path.join(home, 'plugins')), []);
	});

	it('stay as they were when the new version is too much', async () => {
		write('source/a.txt', 'a');
		await cache().install(id, { version: '1.0.0', from: path.join(folder, 'source') });
		let deep = 'big';
		for (let level = 0; level < 40; level++) deep = path.join(deep, 'd');
		write(path.join(deep, 'x'), 'x');
		await assert.rejects(cache().install(id, { version: '2.0.0', from: path.join(folder, 'big') }), /nested/);
		assert.deepEqual(tree(path.join(home, 'plugins')), ['cache/shop/tool/1.0.0/a.txt']);
		await assert.rejects(
			copyFolder(path.join(folder, 'source'), path.join(folder, 'x'), { limits: { files: 0, bytes: 10, depth: 3 } }),
			/more than 0 files/,
		);
		write('source/b.txt', 'longer than ten bytes');
		await assert.rejects(copyFolder(path.join(folder, 'source'), path.join(folder, 'y'), { limits: { files: 9, bytes: 10, depth: 3 } }), /MiB/);
	});

	it('are the old or the new ones after a kill at any moment, never something between', async function () {
		this.timeout(240_000);
		for (let index = 0; index < 200; index++) write(`source/f${index}.txt`, 'new');
		write('first/f0.txt', 'old');
		const script = `const { PluginCache } = await import(${JSON.stringify(new URL('./pluginCache.ts', import.meta.url).href)});
			process.stdout.write('go');
			await new PluginCache({ home: ${JSON.stringify(home)}, onProblem: () => {} }).install(${JSON.stringify(id)}, { version: '2.0.0', from: ${JSON.stringify(path.join(folder, 'source'))} });`;
		// A hundred on a machine that has time; on a slow one as many as there is time for, but enough to say something.
		const kills = Number(process.env.TILLER_CRASHES ?? 100);
		const until = performance.now() + (process.env.TILLER_CRASHES === undefined ? 20_000 : Number.POSITIVE_INFINITY);
		for (let round = 0; round < kills && (round < 8 || performance.now() < until); round++) {
			await cache().install(id, { version: '1.0.0', from: path.join(folder, 'first') });
			const child = spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--input-type=module', '-e', script], {
				stdio: ['ignore', 'pipe', 'inherit'],
			});
			await once(child.stdout, 'data');
			const ended = once(child, 'exit');
			// Not a wait: the moment of the kill is what is tried.
			const timer = setTimeout(() => child.kill('SIGKILL'), Math.random() * 60);
			await ended;
			clearTimeout(timer);
			const found = await cache().folderOf(id);
			assert.ok(found !== null, 'neither the old nor the new one is there');
			const files = tree(found).length;
			assert.ok(files === 1 || files === 200, `${found} has ${files} files`);
		}
	});
});
