import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ConfigError } from '../configError.ts';
import { type ConfigFlags, NO_FLAGS } from './configFlags.ts';
import { configPlaces } from './configPlaces.ts';
import { ConfigService } from './configService.ts';
import { FeatureSwitches } from '../values/features.ts';
import { tomlString, valueAt } from '../../toml/table.ts';
import { lookAnew } from '../../platform/eventRound.ts';

describe('the layers of the configuration', () => {
	let folder = '';
	let problems: string[] = [];
	beforeEach(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'tiller-config-'));
		problems = [];
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	const at = (name: string) => path.join(folder, name);
	function write(name: string, text: string): void {
		mkdirSync(path.dirname(at(name)), { recursive: true });
		writeFileSync(at(name), text);
		lookAnew();
	}
	const serviceWith = (flags: Partial<ConfigFlags> = {}) =>
		new ConfigService({
			places: configPlaces(at('home'), { platform: 'linux', env: {}, systemFolder: at('etc') }),
			flags: { ...NO_FLAGS, ...flags },
			switches: new FeatureSwitches(),
			onProblem: ({ message }) => problems.push(message),
		});
	const trust = (...folders: string[]) => folders.map((name) => `[projects.${tomlString(at(name))}]\ntrust_level = "trusted"\n`).join('');

	it('win in the documented order, and each value names its own', () => {
		write('etc/config.toml', 'review_model = "system"\nmodel = "system"\nmodel_verbosity = "low"\nservice_tier = "system"\n');
		write(
			'home/config.toml',
			`model = "user"\nprofile = "p"\nmodel_verbosity = "low"\n[profiles.p]\nmodel = "profile"\npersonality = "friendly"\n${trust('repo')}`,
		);
		write('repo/.git/HEAD', 'ref: refs/heads/main\n');
		write('repo/.codex/config.toml', 'model = "root"\ncompact_prompt = "root"\n');
		write('repo/a/.codex/config.toml', 'model = "folder"\n');
		write('etc/managed_config.toml', 'service_tier = "managed"\n');
		const service = serviceWith({ values: ['model_verbosity="high"', 'model_context_window=7'] });
		const { config, origin, layers } = bound(
			service.snapshot({ cwd: at('repo/a'), request: { model_context_window: 8, 'tools.view_image': false } }),
		);
		assert.deepEqual(
			[
				config.model,
				config.review_model,
				config.personality,
				config.compact_prompt,
				config.model_verbosity,
				config.model_context_window,
				config.service_tier,
			],
			['folder', 'system', 'friendly', 'root', 'high', 8, 'managed'],
		);
		assert.equal(config.tools?.view_image, false);
		assert.deepEqual(
			['model', 'review_model', 'personality', 'model_verbosity', 'model_context_window'].map((key) => origin([key])?.source.type),
			['project', 'system', 'user', 'sessionFlags', 'request'],
		);
		assert.equal(layers.filter(({ source }) => source.type === 'project').length, 2);
	});

	it('of a project count when it is trusted, and never say who is asked or trusted', () => {
		write('home/config.toml', `model = "user"\n${trust('repo')}`);
		for (const repo of ['repo', 'other']) {
			write(`${repo}/.git/HEAD`, 'ref: refs/heads/main\n');
			write(`${repo}/.codex/config.toml`, `model = "mine"\nmodel_provider = "evil"\nnotify = ["touch", "x"]\n${trust('other')}`);
		}
		const trusted = serviceWith().snapshot({ cwd: at('repo') });
		assert.deepEqual([trusted.config.model, trusted.config.model_provider, trusted.config.notify], ['mine', undefined, undefined]);
		assert.deepEqual(Object.keys(trusted.config.projects ?? {}), [at('repo')]);
		assert.equal(serviceWith().snapshot({ cwd: at('other') }).config.model, 'user');
	});

	it('that break while the server runs count as they were; broken from the start they stop what needs them', () => {
		write('home/config.toml', 'approval_policy = "untrusted"\n');
		const service = serviceWith();
		assert.equal(service.snapshot().config.approval_policy, 'untrusted');
		write('home/config.toml', 'approval_policy = "sometimes"\nmodel = "x"\n');
		assert.equal(service.snapshot().config.approval_policy, 'untrusted');
		write('home/config.toml', 'approval_policy = [\n');
		assert.equal(service.snapshot().config.approval_policy, 'untrusted');
		assert.equal(service.snapshot({ request: { model: 'y' } }).config.approval_policy, 'untrusted');
		assert.equal(problems.length, 2, problems.join('\n'));
		assert.match(problems[0] ?? '', /unknown variant `sometimes`.*\nin .*config\.toml:1:19, key `approval_policy`/);
		assert.throws(() => serviceWith().snapshot(), ConfigError);
		assert.deepEqual(serviceWith().lenient().config, {});
		write('home/config.toml', 'approval_policy = "never"\n');
		assert.equal(service.snapshot().config.approval_policy, 'never');
	});

	it('read a profile of its own file, above a table of the same name, and never a file elsewhere', () => {
		write('home/config.toml', 'model = "user"\n[profiles.quick]\nmodel = "table"\npersonality = "friendly"\n');
		write('home/quick.config.toml', 'model = "file"\n');
		const snapshot = serviceWith({ profile: 'quick' }).snapshot();
		assert.deepEqual(
			[snapshot.config.model, snapshot.config.personality, snapshot.origin(['model'])?.file],
			['file', 'friendly', at('home/quick.config.toml')],
		);
		write('home/config.toml', '');
		assert.equal(serviceWith({ profile: 'quick' }).snapshot().config.model, 'file');
		write('away.config.toml', 'model = "away"\n');
		assert.throws(() => serviceWith({ profile: '../away' }).snapshot(), /config profile `\.\.\/away` not found/);
	});

	it('name a profile that is missing, and a null of a request', () => {
		write('home/config.toml', 'profile = "nobody"\n');
		assert.throws(() => serviceWith().snapshot(), /config profile `nobody` not found/);
		write('home/config.toml', '');
		assert.throws(() => serviceWith().snapshot({ request: { model: null } }), /config\.model is null/);
	});

	it('of a folder go on as they were when the file of the person no longer fits them, with the trust in that folder', () => {
		const server = '[mcp_servers.x]\ncommand = "x"\n';
		write('home/config.toml', `${server}${trust('repo', 'third')}`);
		for (const repo of ['repo', 'other']) write(`${repo}/.git/HEAD`, 'ref: refs/heads/main\n');
		write('repo/.codex/config.toml', 'model = "mine"\n[mcp_servers.x]\nenabled = true\n');
		const service = serviceWith();
		service.snapshot({ cwd: at('repo/a') });
		write('home/config.toml', trust('repo', 'other'));
		assert.deepEqual(Object.keys(service.snapshot({ cwd: at('other') }).config.projects ?? {}), [at('repo'), at('other')]);
		for (const _ of ['once', 'again']) {
			const { config, table } = service.snapshot({ cwd: at('repo/a') });
			assert.deepEqual([config.model, config.mcp_servers?.['x']?.['command']], ['mine', 'x']);
			assert.deepEqual(
				[config.projects, table['projects']],
				[{ [at('repo')]: { trust_level: 'trusted' } }, { [at('repo')]: { trust_level: 'trusted' } }],
			);
		}
		assert.match(problems.join(), /`command` or a `url`/);
		write('home/config.toml', `${server}${trust('repo', 'other')}`);
		assert.equal(Object.keys(service.snapshot({ cwd: at('repo/a') }).config.projects ?? {}).length, 2);
	});

	describe('in memory', () => {
		const COUNT = 40;
		// Names as long as those of people.
		const names = (count: number) => Array.from({ length: count }, (_, index) => `folder-with-a-name-of-usual-length-${index}`);

		it('share what is said of projects, however many folders are worked in', () => {
			write('home/config.toml', trust(...names(3000)));
			const service = serviceWith();
			service.snapshot({ cwd: at('first') });
			const grown = grownBy(() => names(COUNT).forEach((name) => service.snapshot({ cwd: at(name) })));
			assert.ok(grown < 5, `${grown} MiB`);
			assert.equal(service.snapshot({ cwd: at(names(1)[0] ?? '') }).config.projects?.[at(names(9)[8] ?? '')]?.trust_level, 'trusted');
		});

		it('do not keep the lists and the texts of before, when a folder is added with each start', () => {
			const service = serviceWith();
			const startIn = (index: number) => {
				write('home/config.toml', `sandbox_mode = "workspace-write"\n${trust(...names(1500 + index))}`);
				service.snapshot({ cwd: at(names(1500 + index).at(-1) ?? '') });
			};
			startIn(1);
			const grown = grownBy(() => {
				for (let index = 2; index < COUNT; index++) startIn(index);
			});
			assert.ok(grown < 2, `${grown} MiB`);
			assert.equal(service.snapshot({ cwd: at('first') }).config.sandbox_mode, 'workspace-write');
		});
	});

	it('are merged as a slow model merges them', () => {
		for (let seed = 1; seed <= 60; seed++) {
			const random = randomFrom(seed);
			const stack = Array.from({ length: 5 }, () => randomLayer(random));
			const [system = {}, user = {}, root = {}, near = {}, request = {}] = stack;
			write('etc/config.toml', toToml(system));
			write('home/config.toml', `${toToml(user)}${trust('repo')}`);
			write('repo/.git/HEAD', 'ref: refs/heads/main\n');
			write('repo/.codex/config.toml', toToml(root));
			write('repo/a/.codex/config.toml', toToml(near));
			const { table } = serviceWith().snapshot({ cwd: at('repo/a'), request });
			const expected = new Map<string, unknown>();
			for (const layer of [system, user, root, near, request]) for (const [key, value] of Object.entries(layer)) expected.set(key, value);
			for (const key of KEYS) assert.deepEqual(valueAt(table, key.split('.')), expected.get(key), `seed ${seed}: ${key}`);
		}
	});
});

/** MiB that live on after something. */
function grownBy(work: () => void): number {
	const live = () => {
		collect();
		return process.memoryUsage().heapUsed / 2 ** 20;
	};
	const before = live();
	work();
	return live() - before;
}

v8.setFlagsFromString('--expose-gc');
const collect: () => void = vm.runInNewContext('gc');

const bound = (snapshot: ReturnType<ConfigService['snapshot']>) => ({
	config: snapshot.config,
	layers: snapshot.layers,
	origin: snapshot.origin.bind(snapshot),
});

const KEYS = [
	'model',
	'review_model',
	'sandbox_workspace_write.network_access',
	'shell_environment_policy.inherit',
	'features.goals',
	'tools.view_image',
];
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
	model: ['a', 'b'],
	review_model: ['a', 'b'],
	'sandbox_workspace_write.network_access': [true, false],
	'shell_environment_policy.inherit': ['all', 'none'],
	'features.goals': [true, false],
	'tools.view_image': [true, false],
};

function randomFrom(seed: number): (below: number) => number {
	let state = seed * 2_654_435_761;
	return (below) => {
		state = (state * 1_664_525 + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** By dotted key. */
function randomLayer(random: (below: number) => number): Record<string, unknown> {
	return Object.fromEntries(KEYS.flatMap((key) => (random(2) === 0 ? [] : [[key, VALUES[key]?.[random(2)]]])));
}

const toToml = (layer: Readonly<Record<string, unknown>>) =>
	Object.entries(layer)
		.map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
		.join('');
