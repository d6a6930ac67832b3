import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, it } from 'mocha';
import { serverFile } from '../../support/appServerProcess.ts';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { itemDone } from '../../support/model/modelEvents.ts';
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

	const run = (callId: string, file: string) =>
		respond(
			itemDone({
				type: 'function_call',
				call_id: callId,
				name: 'exec_command',
				arguments: JSON.stringify({ cmd: `echo made > ${file}`, sandbox_permissions: 'require_escalated', justification: 'It is needed.' }),
			}),
		);

	it('asks the person of its client before a command needs leave, and does what they say', async () => {
		fixture = await serverFixture([run('a', 'yes.txt'), run('b', 'no.txt'), say('Done.')]);
		const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } });
		const asked: string[] = [];
		client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
			asked.push(params.message);
			return params.message.includes('yes.txt') ? { action: 'accept' as const, content: {} } : { action: 'decline' as const };
		});
		await client.connect(
			new StdioClientTransport({ command: process.execPath, args: [serverFile, 'mcp-server'], env: fixture.home.env, cwd: fixture.home.workspace }),
		);
		const result = await client.callTool({ name: 'tiller', arguments: { prompt: 'go', cwd: fixture.home.workspace, sandbox: 'read-only' } });
		assert.deepEqual(result.content, [{ type: 'text', text: 'Done.' }]);
		assert.equal(asked.length, 2);
		assert.match(asked[0] ?? '', /^Allow Tiller to run this command in .+\n\n.*echo made > yes\.txt[\s\S]*Reason: It is needed\.$/);
		const made = async (file: string) => readFile(path.join(fixture.home.workspace, file), 'utf8').catch(() => null);
		assert.deepEqual([await made('yes.txt'), await made('no.txt')], ['made\n', null]);
		await client.close();
	});

	it('refuses what needs leave where the client cannot ask, and the model is told why', async () => {
		fixture = await serverFixture([run('a', 'no.txt'), say('Done.')]);
		const client = new Client({ name: 'test', version: '1' });
		await client.connect(
			new StdioClientTransport({ command: process.execPath, args: [serverFile, 'mcp-server'], env: fixture.home.env, cwd: fixture.home.workspace }),
		);
		await client.callTool({ name: 'tiller', arguments: { prompt: 'go', cwd: fixture.home.workspace, sandbox: 'read-only' } });
		assert.equal(await readFile(path.join(fixture.home.workspace, 'no.txt'), 'utf8').catch(() => null), null);
		const output = JSON.stringify(fixture.model.requests[1]?.body.input?.at(-1));
		assert.match(output, /never/i);
		await client.close();
	});
});
