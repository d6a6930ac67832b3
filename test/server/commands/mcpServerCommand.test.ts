import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, describe, it } from 'mocha';
import { serverFile } from '../../support/appServerProcess.ts';
import { say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('mcp-server', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('gives other agents a thread, and goes on with it', async () => {
		fixture = await serverFixture([say('First answer.'), say('Second answer.')]);
		const client = new Client({ name: 'test', version: '1' });
		await client.connect(
			new StdioClientTransport({ command: process.execPath, args: [serverFile, 'mcp-server'], env: fixture.home.env, cwd: fixture.home.workspace }),
		);
		const { tools } = await client.listTools();
		assert.deepEqual(
			tools.map(({ name }) => name),
			['tiller', 'tiller-reply'],
		);
		const call = (name: string, args: Record<string, unknown>) => client.callTool({ name, arguments: args });
		const first = await call('tiller', { prompt: 'begin', cwd: fixture.home.workspace });
		assert.deepEqual(first.content, [{ type: 'text', text: 'First answer.' }]);
		const { threadId } = first.structuredContent as { threadId: string };
		const second = await call('tiller-reply', { threadId, prompt: 'go on' });
		assert.deepEqual(second.structuredContent, { threadId, content: 'Second answer.' });
		assert.ok(JSON.stringify(fixture.model.requests[1]?.body.input).includes('First answer.'));
		const refused = await call('tiller-reply', { threadId: 'none', prompt: 'x' });
		assert.equal(refused.isError, true);
		assert.equal((await call('tiller', {})).isError, true);
		await client.close();
	});
});
