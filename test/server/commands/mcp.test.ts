import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { itemDone } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

// A server with one tool that may do anything; it writes into a file that it was started.
const PROGRAM = `
const fs = require('node:fs');
fs.appendFileSync(process.argv[1], 'started\\n');
const send = (m) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...m }) + '\\n');
const results = { initialize: (p) => ({ protocolVersion: p.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }), 'tools/list': () => ({ tools: [{ name: 'act', description: 'Acts.', inputSchema: { type: 'object' } }] }), 'tools/call': () => ({ content: [{ type: 'text', text: 'acted' }] }) };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { const m = JSON.parse(line); if (m.id !== undefined && results[m.method]) send({ id: m.id, result: results[m.method](m.params) }); }).on('close', () => process.exit(0));`;

const act = (callId: string) => itemDone({ type: 'function_call', call_id: callId, name: 'act', namespace: 'mcp__local__', arguments: '{}' });
const isReady = ({ status }: { readonly status?: string }) => status === 'ready';
const answer = (action: string, meta: object | null = null) => ({ action, content: null, _meta: meta });

describe('MCP servers', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const starts = async () =>
		(await readFile(path.join(fixture.home.root, 'starts'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '').length;
	const table = (more = '') =>
		`\n[mcp_servers.local]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ${JSON.stringify(['-e', PROGRAM, path.join(fixture.home.root, 'starts')])}\n${more}`;
	const configFile = () => path.join(fixture.home.codexHome, 'config.toml');
	async function inProject(more = ''): Promise<void> {
		await mkdir(path.join(fixture.home.workspace, '.codex'), { recursive: true });
		await writeFile(path.join(fixture.home.workspace, '.codex', 'config.toml'), table(more));
	}

	it('of a folder are asked about once, with the exact command line, and again when it changes', async () => {
		fixture = await serverFixture([say('Ok.'), say('Ok.')]);
		await inProject();
		await appendFile(configFile(), `\n[projects.${JSON.stringify(fixture.home.workspace)}]\ntrust_level = "trusted"\n`);
		const server = fixture.start();
		await server.initialize();
		const asked: { _meta: { command: string }; serverName: string; turnId: string | null }[] = [];
		server.answer('mcpServer/elicitation/request', (params) => {
			asked.push(params as never);
			return answer('accept');
		});
		const start = async () =>
			(await server.request('thread/start', { cwd: fixture.home.workspace, approvalPolicy: 'on-request' })).thread.id as string;
		await start();
		await server.waitForNotification('mcpServer/startupStatus/updated', isReady);
		assert.equal(asked.length, 1);
		assert.ok(asked[0]?._meta.command.startsWith(process.execPath));
		assert.deepEqual([asked[0]?.serverName, asked[0]?.turnId], ['local', null]);
		const before = server.mark();
		await server.runTurn(await start(), 'go');
		await server.waitForNotification('mcpServer/startupStatus/updated', isReady, before);
		assert.deepEqual([asked.length, await starts()], [1, 2]);
		await inProject('env = { A = "b" }\n');
		const changed = server.mark();
		await server.runTurn(await start(), 'go');
		await server.waitForNotification('mcpServer/startupStatus/updated', isReady, changed);
		assert.equal(asked.length, 2);
		const { data } = await server.request('approval/list', {});
		const saved = data.filter((each: { kind: string }) => each.kind === 'mcpServer');
		assert.equal(saved.length, 1);
		await server.request('approval/revoke', { id: saved[0].id });
		server.answer('mcpServer/elicitation/request', () => answer('decline'));
		await start();
		await server.waitForNotification('mcpServer/startupStatus/updated', ({ status }) => status === 'failed');
		assert.equal(await starts(), 3);
	});

	it('of a folder that is not trusted never start, and nobody is asked', async () => {
		fixture = await serverFixture([say('Ok.')]);
		await inProject();
		await appendFile(configFile(), `\n[projects.${JSON.stringify(fixture.home.workspace)}]\ntrust_level = "untrusted"\n`);
		const server = fixture.start();
		await server.initialize();
		server.answer('mcpServer/elicitation/request', () => assert.fail('somebody was asked'));
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace, sandbox: 'read-only', approvalPolicy: 'on-request' });
		await server.runTurn(thread.id, 'go');
		await server.request('mcpServerStatus/list', {});
		assert.equal(await starts(), 0);
	});

	it('that cannot be used are listed with the reason, without any thread', async () => {
		fixture = await serverFixture([]);
		const dead = `command = ${JSON.stringify(process.execPath)}\nargs = ["-e", "process.exit(3)"]\nstartup_timeout_sec = 120\n`;
		await appendFile(
			configFile(),
			`\n[mcp_servers.dead]\n${dead}[mcp_servers.off]\nenabled = false\n${dead}[mcp_servers.wrong]\ncommand = "a"\nurl = "b"\n`,
		);
		await appendFile(configFile(), table());
		const server = fixture.start();
		await server.initialize();
		const { data } = await server.request('mcpServerStatus/list', { detail: 'toolsAndAuthOnly', includeErrors: true });
		const errors = Object.fromEntries(data.map(({ name, error }: { name: string; error?: string }) => [name, error]));
		assert.match(errors.dead, /the MCP server dead could not be started/);
		assert.match(errors.wrong, /url/);
		assert.deepEqual([errors.off, errors.local], [undefined, undefined]);
		const known = await server.request('mcpServerStatus/list', { includeErrors: true, onlyKnown: true });
		assert.deepEqual(
			known.data.map(({ name, isPending = false, tools }: { name: string; isPending?: boolean; tools: object }) => [
				name,
				isPending,
				Object.keys(tools),
			]),
			[
				['dead', true, []],
				['local', true, ['act']],
				['off', true, []],
				['wrong', false, []],
			],
		);
		const one = await server.request('mcpServerStatus/list', { name: 'local' });
		assert.deepEqual(
			one.data.map(({ name, isPending }: { name: string; isPending?: boolean }) => [name, isPending]),
			[['local', undefined]],
		);
	});

	it('are listed at once by what is known, also while one of them hangs', async () => {
		fixture = await serverFixture([]);
		const hangs = JSON.stringify(['-e', 'setInterval(() => {}, 1e6)']);
		await appendFile(
			configFile(),
			`\n[mcp_servers.hung]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ${hangs}\nstartup_timeout_sec = 3600\n`,
		);
		await appendFile(configFile(), table());
		const server = fixture.start();
		await server.initialize();
		const { data } = await server.request('mcpServerStatus/list', { onlyKnown: true });
		assert.deepEqual(
			data.map(({ name, isPending }: { name: string; isPending?: boolean }) => [name, isPending]),
			[
				['hung', true],
				['local', true],
			],
		);
		assert.equal(await starts(), 0);
		const one = await server.request('mcpServerStatus/list', { name: 'local' });
		assert.deepEqual(Object.keys(one.data[0].tools), ['act']);
	});

	it('have calls allowed for good, which the configuration keeps and a person takes back', async () => {
		fixture = await serverFixture([respond(act('c1')), respond(act('c2')), say('One.'), respond(act('c3')), say('Two.')]);
		await appendFile(configFile(), table());
		const server = fixture.start();
		await server.initialize();
		let asked = 0;
		server.answer('mcpServer/elicitation/request', () => {
			asked++;
			return answer('accept', { persist: 'always' });
		});
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace, approvalPolicy: 'on-request' });
		await server.waitForNotification('mcpServer/startupStatus/updated', isReady);
		await server.runTurn(thread.id, 'go');
		assert.equal(asked, 1);
		assert.match(await readFile(configFile(), 'utf8'), /\[mcp_servers\.local\.tools\.act\]\s+approval_mode = "approve"/);
		const saved = async () => (await server.request('approval/list', {})).data.filter((each: { kind: string }) => each.kind === 'mcpTool');
		assert.deepEqual((await saved()).map(({ what, lifetime }: { what: string; lifetime: string }) => [what, lifetime]).sort(), [
			['local/act', 'always'],
			['local/act', 'thread'],
		]);
		for (const { id } of await saved()) await server.request('approval/revoke', { id });
		assert.deepEqual(await saved(), []);
		await server.runTurn(thread.id, 'again');
		assert.equal(asked, 2);
		const read = await server.request('thread/read', { threadId: thread.id, includeTurns: true });
		const items = read.thread.turns
			.flatMap(({ items: all }: { items: { type: string; status: string }[] }) => all)
			.filter(({ type }: { type: string }) => type === 'mcpToolCall');
		assert.deepEqual(
			items.map(({ status }: { status: string }) => status),
			['completed', 'completed', 'completed'],
		);
	});
});
