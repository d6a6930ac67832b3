import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const { resolve } = createRequire(import.meta.url);
const programOf = (name: string) => path.join(path.dirname(resolve(`@modelcontextprotocol/server-${name}/package.json`)), 'dist', 'index.js');
const table = (name: string, args: readonly string[] = []) => ({
	[`mcp_servers.${name}.command`]: JSON.stringify(process.execPath),
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
});
