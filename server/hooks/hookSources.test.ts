import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { findHooks, type HookSurroundings } from './hookSources.ts';
import { mayRun, withTrust } from './hookTrust.ts';

describe('finding hooks', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-hooks-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
	const events = (command: string) => ({ Stop: [{ hooks: [{ type: 'command', command }] }] });
	const write = (file: string, value: unknown) => {
		fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		fs.writeFileSync(path.join(folder, file), typeof value === 'string' ? value : JSON.stringify(value));
	};
	const find = (surroundings: Partial<HookSurroundings>) =>
		findHooks({ managed: [], layers: [], plugins: [], isFolder: (at) => fs.existsSync(at), ...surroundings });

	it('lists managed ones first, then layer by layer with hooks.json before the configuration, then those of plugins', async () => {
		write('home/hooks.json', { hooks: events('json') });
		write('plugin/hooks/hooks.json', { hooks: events('plugin') });
		const { hooks, warnings } = await find({
			managed: [{ source: 'system', folder, hooks: events('managed') }],
			layers: [
				{
					source: 'user',
					folder: path.join(folder, 'home'),
					table: { file: '/home/config.toml', hooks: { ...events('toml'), state: { x: { enabled: true } } } },
				},
				{ source: 'project', folder: path.join(folder, 'none'), table: { file: '/project/config.toml', hooks: events('project') } },
			],
			plugins: [{ pluginId: 'p@m', file: path.join(folder, 'plugin/hooks/hooks.json'), relativeFile: 'hooks/hooks.json' }],
		});
		assert.deepEqual(
			hooks.map(({ command, source, key }) => [command, source, key.replace(folder, '.')]),
			[
				['managed', 'system', '.:stop:0:0'],
				['json', 'user', './home/hooks.json:stop:0:0'],
				['toml', 'user', '/home/config.toml:stop:0:0'],
				['project', 'project', '/project/config.toml:stop:0:0'],
				['plugin', 'plugin', 'p@m:hooks/hooks.json:stop:0:0'],
			],
		);
		assert.equal(warnings.length, 1);
		assert.match(warnings[0] ?? '', /both/);
	});

	it('uses no managed hooks without their folder', async () => {
		for (const missing of [null, path.join(folder, 'gone'), 'relative']) {
			const { hooks, warnings } = await find({ managed: [{ source: 'system', folder: missing, hooks: events('x') }] });
			assert.deepEqual([hooks.length, warnings.length], [0, 1]);
		}
	});

	it('names a file that is broken, a folder, or a pipe, and goes on', async () => {
		write('broken/hooks.json', '{ not json');
		write('list/hooks.json', '[]');
		fs.mkdirSync(path.join(folder, 'folder/hooks.json'), { recursive: true });
		write('good/hooks.json', { hooks: events('good') });
		const layer = (name: string) => ({ source: 'user', folder: path.join(folder, name), table: null }) as const;
		const { hooks, warnings } = await find({ layers: ['broken', 'list', 'folder', 'missing', 'good'].map(layer) });
		assert.deepEqual(
			hooks.map(({ command }) => command),
			['good'],
		);
		assert.equal(warnings.length, 3);
	});

	it('lets run only what is trusted as it is now, and switched on', async () => {
		const { hooks } = await find({
			layers: [{ source: 'user', folder: null, table: { file: '/c', hooks: events('x') } }],
			managed: [{ source: 'system', folder, hooks: events('m') }],
		});
		const [managed, own] = hooks;
		assert.ok(managed && own);
		const run = (state: unknown) => withTrust(hooks, state).map((status) => [status.trust, mayRun(status)]);
		assert.deepEqual(run(undefined), [
			['managed', true],
			['untrusted', false],
		]);
		assert.deepEqual(run({ [own.key]: { trusted_hash: own.hash } }), [
			['managed', true],
			['trusted', true],
		]);
		assert.deepEqual(run({ [own.key]: { trusted_hash: 'sha256:other' } }), [
			['managed', true],
			['modified', false],
		]);
		assert.deepEqual(run({ [own.key]: { trusted_hash: own.hash, enabled: false }, [managed.key]: { enabled: false } }), [
			['managed', true],
			['trusted', false],
		]);
		assert.deepEqual(run({ [own.key]: 'x' }), [
			['managed', true],
			['untrusted', false],
		]);
	});
});
