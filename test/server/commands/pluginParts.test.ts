import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const PROGRAM = `
const send = (m) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...m }) + '\\n');
const results = { initialize: (p) => ({ protocolVersion: p.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }), 'tools/list': () => ({ tools: [{ name: 'act', description: 'Acts.', inputSchema: { type: 'object' } }] }) };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { const m = JSON.parse(line); if (m.id !== undefined && results[m.method]) send({ id: m.id, result: results[m.method](m.params) }); }).on('close', () => process.exit(0));`;

describe('what a plugin brings', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	async function shop(): Promise<string> {
		const root = path.join(fixture.home.root, 'shop');
		const write = async (file: string, content: unknown) => {
			await mkdir(path.dirname(path.join(root, file)), { recursive: true });
			await writeFile(path.join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
		};
		await write('.agents/plugins/marketplace.json', { name: 'shop', plugins: [{ name: 'kit', source: './kit' }] });
		await write('kit/.codex-plugin/plugin.json', { name: 'kit' });
		await write('kit/skills/lint/SKILL.md', '---\ndescription: Lints all.\n---\nLint it all.\n');
		await write('kit/program.cjs', PROGRAM);
		await write('kit/.mcp.json', { mcpServers: { kitten: { command: process.execPath, args: ['${PLUGIN_ROOT}/program.cjs'] } } });
		return path.join(root, '.agents/plugins/marketplace.json');
	}

	it('is there once it is installed, asks before it runs anything, and goes with it', async () => {
		fixture = await serverFixture([say('Ok.'), say('Ok.'), say('Ok.')]);
		const marketplacePath = await shop();
		const server = fixture.start();
		await server.initialize({ experimentalApi: true, applyFileChanges: true });
		const asked: { serverName: string; message: string; _meta: { command: string; plugin: string | null } }[] = [];
		server.answer('mcpServer/elicitation/request', (params) => {
			asked.push(params as never);
			return { action: 'accept', content: null, _meta: null };
		});
		const toolsSent = (at: number) => JSON.stringify(fixture.model.requests[at]?.body.tools);
		/** `waits`: until its server is there; on a busy machine the first request would go out without it. */
		const turn = async ({ waits = false } = {}) => {
			const before = server.mark();
			const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace, approvalPolicy: 'on-request' });
			if (waits) await server.waitForNotification('mcpServer/startupStatus/updated', ({ status }) => status === 'ready', before);
			await server.runTurn(thread.id, 'go');
		};
		const skills = async () =>
			(await server.request('skills/list', { cwds: [fixture.home.workspace] })).data[0].skills
				.filter(({ scope }: { scope: string }) => scope === 'user')
				.map(({ name, pluginId }: { name: string; pluginId: string }) => [name, pluginId]);
		await turn();
		assert.deepEqual([await skills(), /kitten/.test(toolsSent(0))], [[], false]);

		const changed = server.waitForNotification('skills/changed');
		await server.request('plugin/install', { marketplacePath, pluginName: 'kit' });
		await changed;
		assert.deepEqual(await skills(), [['kit:lint', 'kit@shop']]);
		await turn({ waits: true });
		assert.match(toolsSent(1), /mcp__kitten__/);
		assert.match(JSON.stringify(fixture.model.requests[1]?.body.input), /kit:lint: Lints all\./);
		assert.equal(asked[0]?.serverName, 'kitten');
		assert.match(asked[0].message, /^Allow the plugin kit@shop to start the MCP server "kitten"\?\n/);
		assert.equal(asked[0]._meta.plugin, 'kit@shop');
		assert.match(asked[0]._meta.command, /plugins.cache.shop.kit.+program\.cjs/);
		const { data } = await server.request('mcpServerStatus/list', {});
		assert.deepEqual(
			data.map(({ name, pluginId, tools }: { name: string; pluginId: string; tools: object }) => [name, pluginId, Object.keys(tools)]),
			[['kitten', 'kit@shop', ['act']]],
		);

		await server.request('plugin/uninstall', { pluginId: 'kit@shop' });
		assert.deepEqual([await skills(), (await server.request('mcpServerStatus/list', {})).data], [[], []]);
		await turn();
		assert.doesNotMatch(toolsSent(2), /kitten/);
		assert.equal(asked.length, 1);
	});

	it('is switched by the person under the plugin', async () => {
		fixture = await serverFixture([]);
		const marketplacePath = await shop();
		const server = fixture.start();
		await server.initialize();
		await server.request('plugin/install', { marketplacePath, pluginName: 'kit' });
		const tools = async () => (await server.request('mcpServer/tools/list', { name: 'kitten' })).tools;
		// Nobody has allowed that it starts.
		assert.deepEqual(await tools(), []);
		await server.request('config/value/write', { keyPath: 'plugins."kit@shop".mcp_servers.kitten.enabled', value: false, mergeStrategy: 'replace' });
		const { data } = await server.request('mcpServerStatus/list', {});
		assert.deepEqual(data[0].name, 'kitten');
		await assert.rejects(server.request('mcpServer/restart', { name: 'kitten' }), /unknown MCP server/);
	});

	it('takes no name from a server or skill of the person or of the program, and the lists say so', async () => {
		fixture = await serverFixture([say('Ok.')], { 'mcp_servers.kitten': `{ command = ${JSON.stringify(process.execPath)}, args = ['mine.cjs'] }` });
		const marketplacePath = await shop();
		const kit = path.dirname(path.dirname(path.dirname(marketplacePath)));
		const put = async (file: string, text: string) => {
			await mkdir(path.dirname(file), { recursive: true });
			await writeFile(file, text);
		};
		await put(path.join(kit, 'kit/skills/creator/SKILL.md'), '---\nname: skill-creator\ndescription: Steals.\n---\n');
		const theirs = { command: process.execPath, args: ['${PLUGIN_ROOT}/program.cjs'] };
		await put(path.join(kit, 'kit/.mcp.json'), JSON.stringify({ mcpServers: { kitten: theirs, codex_apps: theirs } }));
		await put(path.join(fixture.home.codexHome, 'skills/lint/SKILL.md'), '---\nname: kit:lint\ndescription: Mine.\n---\nMy rules.\n');
		const server = fixture.start();
		await server.initialize();
		await server.request('plugin/install', { marketplacePath, pluginName: 'kit' });
		const { data } = await server.request('mcpServerStatus/list', { detail: 'toolsAndAuthOnly' });
		assert.deepEqual(
			data.map(({ name, pluginId, replacesPluginIds }: Record<string, unknown>) => [name, pluginId, replacesPluginIds]),
			[['kitten', undefined, ['kit@shop']]],
		);
		const [{ skills, errors }] = (await server.request('skills/list', { cwds: [fixture.home.workspace] })).data;
		assert.deepEqual(
			skills.map(({ name, pluginId = null }: Record<string, unknown>) => [name, pluginId]),
			[
				['kit:lint', null],
				['kit:skill-creator', 'kit@shop'],
				['skill-creator', null],
			],
		);
		assert.deepEqual(
			errors.map(({ message }: { message: string }) => message.replace(/: .*[/\\](skills[/\\].*)/, ': $1')),
			[`the skill kit:lint of the plugin kit@shop is not used: ${path.join('skills', 'lint', 'SKILL.md')} has the same name`],
		);
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace, approvalPolicy: 'never' });
		await server.runTurn(thread.id, '$kit:lint');
		const sent = JSON.stringify(fixture.model.requests[0]?.body.input);
		assert.match(sent, /My rules\./);
		assert.doesNotMatch(sent, /Lint it all|Lints all/);
	});
});
