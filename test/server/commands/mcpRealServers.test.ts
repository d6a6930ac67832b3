import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { itemDone } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const { resolve } = createRequire(import.meta.url);
const programOf = (name: string) => path.join(path.dirname(resolve(`@modelcontextprotocol/server-${name}/package.json`)), 'dist', 'index.js');
const table = (name: string, args: readonly string[] = []) => ({
	[`mcp_servers.${name}.command`]: JSON.stringify(process.execPath),
	// A loaded machine takes its time to start them.
	[`mcp_servers.${name}.startup_timeout_sec`]: '120',
	[`mcp_servers.${name}.args`]: JSON.stringify([programOf(name), ...args]),
});

describe('MCP servers of the registry', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('offer prompts to people, which come with their arguments in place', async () => {
		fixture = await serverFixture([], { ...table('everything'), ...table('memory') });
		const server = fixture.start();
		await server.initialize();
		const { prompts } = await server.request('mcpServer/prompts/list', {});
		assert.deepEqual([...new Set(prompts.map((prompt: { server: string }) => prompt.server))], ['everything']);
		const withArguments = prompts.find(({ name }: { name: string }) => name === 'args-prompt');
		assert.deepEqual(
			withArguments.arguments.map(({ name, required }: { name: string; required: boolean }) => [name, required]),
			[
				['city', true],
				['state', false],
			],
		);
		const got = await server.request('mcpServer/prompts/get', { server: 'everything', name: 'args-prompt', arguments: { city: 'Bern' } });
		assert.deepEqual(got.messages, [{ role: 'user', content: { type: 'text', text: "What's weather in Bern?" } }]);
		const { thread } = await server.request('thread/start', {});
		const ofThread = await server.request('mcpServer/prompts/list', { threadId: thread.id });
		assert.deepEqual(ofThread.prompts, prompts);
		const resource = await server.request('mcpServer/prompts/get', {
			threadId: thread.id,
			server: 'everything',
			name: 'resource-prompt',
			arguments: { resourceType: 'Text', resourceId: '1' },
		});
		assert.equal(resource.messages[1].content.type, 'resource');
		await assert.rejects(
			server.request('mcpServer/prompts/get', { server: 'everything', name: 'none' }),
			/prompts\/get failed for `everything` \(none\)/,
		);
		await assert.rejects(server.request('mcpServer/prompts/get', { server: 'nobody', name: 'x' }), /unknown MCP server 'nobody'/);
	});

	it('work side by side in one turn', async () => {
		const call = (callId: string, server: string, name: string, args: object) =>
			itemDone({ type: 'function_call', call_id: callId, name, namespace: `mcp__${server}__`, arguments: JSON.stringify(args) });
		fixture = await serverFixture(
			[
				() =>
					respond(
						call('c1', 'filesystem', 'read_text_file', { path: path.join(fixture.home.workspace, 'note.txt') }),
						call('c2', 'memory', 'create_entities', { entities: [{ name: 'Tiller', entityType: 'agent', observations: ['ü'] }] }),
						call('c3', 'memory', 'read_graph', {}),
						call('c4', 'everything', 'get_sum', { a: 20, b: 22 }),
						call('c5', 'everything', 'get_tiny_image', {}),
					),
				say('Ok.'),
			],
			{ approval_policy: '"never"', sandbox_mode: '"danger-full-access"', ...table('everything'), ...table('memory') },
		);
		const { workspace, root } = fixture.home;
		await writeFile(path.join(workspace, 'note.txt'), 'A note.');
		const server = fixture.start();
		await server.initialize();
		const filesystem = { command: process.execPath, args: [programOf('filesystem'), workspace], startup_timeout_sec: 120 };
		await server.request('config/value/write', { keyPath: 'mcp_servers.filesystem', value: filesystem, mergeStrategy: 'replace' });
		const env = { MEMORY_FILE_PATH: path.join(root, 'memory.jsonl') };
		await server.request('config/value/write', { keyPath: 'mcp_servers.memory.env', value: env, mergeStrategy: 'replace' });
		const { thread } = await server.request('thread/start', { cwd: workspace });
		for (const name of ['everything', 'filesystem', 'memory'])
			await server.waitForNotification('mcpServer/startupStatus/updated', (params) => params.name === name && params.status === 'ready');
		await server.runTurn(thread.id, 'go');
		const outputs = ((fixture.model.requests[1]?.body.input ?? []) as readonly { type: string; output?: unknown }[])
			.filter(({ type }) => type === 'function_call_output')
			.map(({ output }) => JSON.stringify(output));
		for (const [index, wanted] of [/A note\./, /Tiller/, /Tiller.*ü/, /42/, /input_image/].entries()) assert.match(outputs[index] ?? '', wanted);
		assert.equal(outputs.length, 5);
	});
});
