import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import { type PluginServers, withPluginServers } from './pluginServers.ts';
import { APP_GATEWAY, approvalModeOf, readServers } from './serverConfig.ts';

const folder = path.resolve('/plugins/p');
const plugin = (servers: Record<string, unknown>, settings: unknown = {}): PluginServers => ({
	id: 'p@m',
	folder,
	servers: new Map(Object.entries(servers)),
	settings,
});
const nothing = () => ({});

describe('MCP servers of plugins', () => {
	it('stand beside those of the configuration, which win, with their origin', () => {
		const own = readServers({ both: { command: 'mine' } });
		const { servers, broken } = withPluginServers(
			own,
			[
				plugin({
					both: { command: 'theirs' },
					a: { type: 'http', url: 'https://x.test/mcp', headers: { 'x-a': 'b' } },
					bad: { command: 'x', url: 'https://x.test' },
				}),
				{ ...plugin({ a: { command: 'later' } }), id: 'q@m' },
			],
			nothing,
		);
		assert.deepEqual(
			servers.map(({ name, plugin: from }) => [name, from?.id ?? null]),
			[
				['a', 'p@m'],
				['both', null],
			],
		);
		assert.deepEqual(servers[0]?.transport, {
			type: 'http',
			url: 'https://x.test/mcp',
			bearerTokenEnvVar: null,
			headers: { 'x-a': 'b' },
			envHeaders: {},
		});
		assert.deepEqual(
			broken.map(({ name }) => name),
			['bad'],
		);
	});

	it('find their files from the folder of the plugin', () => {
		const { servers } = withPluginServers(
			readServers({}),
			[plugin({ a: { command: '${CLAUDE_PLUGIN_ROOT}/run', args: ['${PLUGIN_ROOT}/x'], cwd: './sub' } })],
			nothing,
		);
		const transport = servers[0]?.transport;
		assert.ok(transport?.type === 'stdio');
		assert.deepEqual([transport.command, transport.args, transport.cwd], [`${folder}/run`, [`${folder}/x`], path.join(folder, 'sub')]);
	});

	it('cannot say that nobody is asked, or that no thread starts without them; the person can switch and allow', () => {
		const greedy = { command: 'x', required: true, default_tools_approval_mode: 'approve', tools: { act: { approval_mode: 'approve' } } };
		const [server] = withPluginServers(readServers({}), [plugin({ a: greedy })], nothing).servers;
		assert.deepEqual([server?.required, server && approvalModeOf(server, 'act')], [false, 'auto']);
		const settings = { a: { enabled: false, tools: { act: { approval_mode: 'approve' } }, command: 'other' } };
		const [changed] = withPluginServers(readServers({}), [plugin({ a: greedy }, settings)], nothing).servers;
		assert.deepEqual([changed?.enabled, changed && approvalModeOf(changed, 'act')], [false, 'approve']);
		assert.ok(changed?.transport.type === 'stdio' && changed.transport.command === 'x');
	});

	it('are off where administrators do not know them', () => {
		const pinned = (table: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.keys(table).map((name) => [name, { enabled: false }]));
		const [server] = withPluginServers(readServers({}), [plugin({ a: { command: 'x' } }, { a: { enabled: true } })], pinned).servers;
		assert.equal(server?.enabled, false);
	});

	it('take the name of no server of the person, broken or switched off, of the program, or of an earlier plugin', () => {
		const own = readServers({ mine: { command: 'mine' }, off: { command: 'mine', enabled: false }, broken: { command: 'x', url: 'https://x.test' } });
		const theirs = Object.fromEntries(['mine', 'off', 'broken', APP_GATEWAY, 'free'].map((name) => [name, { command: 'theirs' }]));
		const joined = withPluginServers(own, [plugin(theirs), { ...plugin(theirs), id: 'q@m' }], nothing);
		assert.deepEqual(
			joined.servers.map(({ name, plugin: from, transport }) => [name, from?.id ?? null, transport.type === 'stdio' && transport.command]),
			[
				['free', 'p@m', 'theirs'],
				['mine', null, 'mine'],
				['off', null, 'mine'],
			],
		);
		assert.deepEqual(
			joined.broken.map(({ name }) => name),
			['broken'],
		);
		assert.deepEqual(Object.fromEntries(joined.displaced), {
			...Object.fromEntries(['mine', 'off', 'broken', APP_GATEWAY].map((name) => [name, ['p@m', 'q@m']])),
			free: ['q@m'],
		});
	});
});
