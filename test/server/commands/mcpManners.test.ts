import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { itemDone } from '../../support/model/modelEvents.ts';
import { NeutralModelServer } from '../../support/model/neutralModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

// A server with many tools, odd names and schemas; `die` ends it in the middle of a call, `hang` never answers.
const PROGRAM = `
const send = (m) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...m }) + '\\n');
const tool = (name, description, inputSchema = { type: 'object' }) => ({ name, description, inputSchema, annotations: { readOnlyHint: true } });
const tree = { $ref: '#/$defs/node' };
const tools = [
  tool('wetter für heute', 'Tells the weather.', { type: 'object', properties: { place: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/node' }] } }, $defs: { node: { type: 'object', properties: { children: { type: 'array', items: tree } } } } }),
  tool('die', 'Ends.'), tool('hang', 'Waits.'), tool('act', 'Acts.'),
  ...Array.from({ length: Number(process.argv[1]) }, (_, n) => tool('filler_' + n, 'Fills place ' + n + '.')),
];
const results = {
  initialize: (p) => ({ protocolVersion: p.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }),
  'tools/list': () => ({ tools }),
  'tools/call': ({ name }) => name === 'die' ? process.exit(3) : name === 'hang' ? null : { content: [{ type: 'text', text: 'did ' + name }] },
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { const m = JSON.parse(line); const result = m.id === undefined ? null : results[m.method]?.(m.params); if (result) send({ id: m.id, result }); }).on('close', () => process.exit(0));`;

const call = (callId: string, name: string) => itemDone({ type: 'function_call', call_id: callId, name, namespace: 'mcp__odd__', arguments: '{}' });
type Named = { readonly type: string; readonly name: string; readonly tools?: readonly Named[]; readonly parameters?: unknown };

describe('an MCP server', () => {
	let fixture: ServerFixture;
	let neutral: NeutralModelServer | null = null;
	afterEach(async () => {
		await fixture.dispose();
		await neutral?.stop();
		neutral = null;
	});

	const table = (fillers: number, more = '') =>
		`\n[mcp_servers.odd]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ${JSON.stringify(['-e', PROGRAM, String(fillers)])}\nstartup_timeout_sec = 60\n${more}`;
	const start = async () => {
		const server = fixture.start();
		await server.initialize();
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.waitForNotification('mcpServer/startupStatus/updated', ({ status }) => status === 'ready');
		return { server, threadId: thread.id as string };
	};
	const configure = (text: string) => appendFile(path.join(fixture.home.codexHome, 'config.toml'), text);
	const toolsOf = (at: number) => (fixture.model.requests[at]?.body.tools ?? []) as readonly Named[];
	const outputs = (at: number) =>
		((fixture.model.requests[at]?.body.input ?? []) as readonly { type: string; output?: unknown }[]).flatMap(({ type, output }) =>
			type === 'function_call_output' ? [JSON.stringify(output)] : [],
		);

	it('has names and schemas that models take, and is called by its own', async () => {
		fixture = await serverFixture([respond(call('c1', 'wetter_f_r_heute')), say('Ok.')]);
		await configure(table(0));
		const { server, threadId } = await start();
		await server.runTurn(threadId, 'go');
		const namespace = toolsOf(0).find(({ name }) => name === 'mcp__odd__');
		const weather = namespace?.tools?.find(({ name }) => name.startsWith('wetter'));
		assert.equal(weather?.name, 'wetter_f_r_heute');
		assert.doesNotMatch(JSON.stringify(weather.parameters), /\$ref/);
		assert.match(outputs(1)[0] ?? '', /did wetter für heute/);
	});

	it('that ends in a call, or does not answer, fails only this call', async () => {
		const script = ['die', 'act', 'hang', 'act'].map((name, n) => respond(call(`c${n}`, name)));
		fixture = await serverFixture([...script, say('Ok.')]);
		await configure(table(0, 'tool_timeout_sec = 5\n'));
		const { server, threadId } = await start();
		// Starting again takes its time on a slow machine, and is no part of the call.
		await server.runTurn(threadId, 'go');
		const [died, acted, hung, again] = outputs(4);
		assert.match(died ?? '', /ended during the call/);
		assert.match(acted ?? '', /did act/);
		assert.match(hung ?? '', /timed out awaiting tools\/call after 5 s/);
		assert.match(again ?? '', /did act/);
	});

	it('with 500 tools is searched, not offered all at once', async () => {
		fixture = await serverFixture([say('Ok.')]);
		await configure(table(496));
		const { server, threadId } = await start();
		await server.runTurn(threadId, 'go');
		const kinds = toolsOf(0).map(({ type, name }) => name ?? type);
		assert.ok(kinds.includes('tool_search') && !kinds.includes('mcp__odd__'), kinds.join(' '));
		assert.ok(JSON.stringify(toolsOf(0)).length < 60_000);
	});

	it('with 500 tools is searched by a tool of ours where the provider has no search', async () => {
		fixture = await serverFixture();
		neutral = await NeutralModelServer.start(
			[
				{ calls: [{ id: 'c1', name: 'find_tools', args: { query: 'weather' } }] },
				{ calls: [{ id: 'c2', name: 'mcp__odd__wetter_f_r_heute', args: {} }] },
				{ text: 'Ok.' },
			].values(),
		);
		await configure(
			`${table(496)}\n[model_providers.chat]\nname = "chat"\nbase_url = "${neutral.url}"\nwire_api = "chat"\nrequest_max_retries = 0\nstream_max_retries = 0\n`,
		);
		const server = fixture.start();
		await server.initialize();
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace, modelProvider: 'chat' });
		await server.waitForNotification('mcpServer/startupStatus/updated', ({ status }) => status === 'ready');
		await server.runTurn(thread.id, 'go');
		const offered = neutral.requests.map(({ body }) =>
			(JSON.parse(body) as { readonly tools: readonly { readonly function: { readonly name: string } }[] }).tools.map(
				({ function: { name } }) => name,
			),
		);
		const ofServer = offered.map((names) => names.filter((name) => name.startsWith('mcp__odd__')));
		assert.ok(offered[0]?.includes('find_tools'));
		assert.deepEqual([ofServer[0], ofServer[1]?.includes('mcp__odd__wetter_f_r_heute'), (ofServer[1]?.length ?? 0) <= 8], [[], true, true]);
		assert.match(neutral.requests[2]?.body ?? '', /did wetter für heute/);
	});
});
