import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const NEWER = { experimentalApi: true, requestAttestation: false };
const BASE = { experimentalApi: true };

// A server with a tool, a list that says something of itself, and a description of itself.
const PROGRAM = `
const send = (m) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...m }) + '\\n');
const results = { initialize: (p) => ({ protocolVersion: p.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1', title: 'Local' } }), 'tools/list': () => ({ tools: [{ name: 'act', inputSchema: { type: 'object' } }], _meta: { page: 'first' } }) };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { const m = JSON.parse(line); if (m.id !== undefined && results[m.method]) send({ id: m.id, result: results[m.method](m.params) }); }).on('close', () => process.exit(0));`;

interface Status {
	readonly name: string;
	readonly runtimeStatus?: string | null;
	readonly [member: string]: unknown;
}

/** Wants to know who is there; says where to sign in. Reports the authorization that it got. */
async function guarded(seen: string[]): Promise<{ readonly url: string; readonly server: Server }> {
	const server = createServer((request, response) => {
		const origin = `http://${request.headers.host}`;
		if (request.url?.startsWith('/.well-known/oauth-authorization-server')) {
			response.end(JSON.stringify({ issuer: origin, authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` }));
			return;
		}
		if (request.url?.startsWith('/mcp')) seen.push(request.headers.authorization ?? 'none');
		response.statusCode = request.url?.startsWith('/mcp') ? 401 : 404;
		response.end('no');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mcp?key=secret#part`, server };
}

describe('MCP servers for newer clients', () => {
	let fixture: ServerFixture;
	const closing: Server[] = [];
	afterEach(async () => {
		for (const server of closing.splice(0)) server.close();
		await fixture.dispose();
	});

	async function configured(entries: Readonly<Record<string, string>>): Promise<void> {
		fixture = await serverFixture([], { mcp_oauth_credentials_store: '"file"', sandbox_mode: '"workspace-write"' });
		const tables = Object.entries(entries).map(([name, table]) => `\n[mcp_servers.${name}]\n${table}\n`);
		await appendFile(path.join(fixture.home.codexHome, 'config.toml'), tables.join(''));
	}
	const program = (text: string) => `command = ${JSON.stringify(process.execPath)}\nargs = ${JSON.stringify(['-e', text])}`;

	it('say how they are in the thread, who they are and what they can do', async () => {
		await configured({
			local: program(PROGRAM),
			dead: program('process.exit(3)'),
			off: `enabled = false\n${program(PROGRAM)}`,
			wrong: 'command = "a"\nurl = "b"',
		});
		const server = fixture.start();
		await server.initialize(NEWER);
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		const { data } = await server.request('mcpServerStatus/list', { threadId: thread.id });
		const of = (name: string): Status | undefined => data.find((each: Status) => each.name === name);
		assert.deepEqual(
			data.map(({ name, runtimeStatus }: Status) => [name, runtimeStatus]),
			[
				['dead', 'failed'],
				['local', 'connected'],
				['off', 'disabled'],
				['wrong', 'failed'],
			],
		);
		assert.match(String(of('dead')?.toolsError), /the MCP server dead could not be started/);
		assert.match(String(of('wrong')?.toolsError), /both command and url/);
		const { serverInfo, serverCapabilities, toolListMeta, toolsError, environmentId, httpOrigin, pluginId } = of('local') ?? { name: '' };
		assert.deepEqual(
			{ serverInfo, serverCapabilities, toolListMeta, toolsError, environmentId, httpOrigin, pluginId },
			{
				serverInfo: { name: 's', title: 'Local', version: '1', description: null, icons: null, websiteUrl: null },
				serverCapabilities: { tools: {} },
				toolListMeta: { page: 'first' },
				toolsError: null,
				environmentId: null,
				httpOrigin: null,
				pluginId: null,
			},
		);
		const { params } = await server.waitForNotification(
			'mcpServer/startupStatus/updated',
			({ name, status }) => name === 'local' && status === 'ready',
		);
		assert.deepEqual(params, { threadId: thread.id, name: 'local', environmentId: null, status: 'ready', error: null, failureReason: null });

		const names = async (asked: object) => (await server.request('mcpServerStatus/list', asked)).data.map(({ name }: Status) => name);
		assert.deepEqual(await names({ serverName: 'local', threadId: thread.id }), ['local']);
		assert.deepEqual(await names({ serverName: 'local', threadId: thread.id, environmentId: 'local' }), []);
		await assert.rejects(names({ environmentId: 'local' }), /environmentId requires serverName and threadId/);
		await assert.rejects(names({ threadId: '01a22a1f-380e-7fb2-bdc9-31c9d3d06f3b' }), /thread not found/);
		const apart = await server.request('mcpServerStatus/list', { serverName: 'local' });
		assert.equal(apart.data[0].runtimeStatus, null);
	});

	it('say when somebody has to sign in, and when a sign-in is no longer valid', async () => {
		const seen: string[] = [];
		const [open, old, own] = await Promise.all([guarded([]), guarded([]), guarded(seen)]);
		closing.push(open.server, old.server, own.server);
		await configured({
			open: `url = ${JSON.stringify(open.url)}`,
			old: `url = ${JSON.stringify(old.url)}`,
			own: `url = ${JSON.stringify(own.url.replace('//', '//me:pass%20word@'))}`,
		});
		const key = createHash('sha256')
			.update(JSON.stringify({ type: 'http', url: old.url, headers: {} }))
			.digest('hex')
			.slice(0, 16);
		const stored = { server_name: 'old', server_url: old.url, client_id: 'c', access_token: 'outdated', refresh_token: null, scopes: [] };
		await writeFile(path.join(fixture.home.codexHome, '.credentials.json'), JSON.stringify({ [`old|${key}`]: stored }));
		const server = fixture.start();
		await server.initialize(NEWER);
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		const { data } = await server.request('mcpServerStatus/list', { threadId: thread.id });
		assert.deepEqual(
			data.map(({ name, runtimeStatus, authStatus, httpOrigin }: Status) => [name, runtimeStatus, authStatus, httpOrigin]),
			[
				['old', 'authenticationRequired', 'oAuth', new URL(old.url).origin],
				['open', 'authenticationRequired', 'notLoggedIn', new URL(open.url).origin],
				['own', 'failed', 'bearerToken', new URL(own.url).origin],
			],
		);
		const failed = async (name: string) => {
			const { params } = await server.waitForNotification(
				'mcpServer/startupStatus/updated',
				(told) => told.name === name && told.status === 'failed',
			);
			return params;
		};
		assert.equal((await failed('old')).failureReason, 'reauthenticationRequired');
		assert.match((await failed('old')).error, /the server refused access \(401 Unauthorized\); sign in again/);
		assert.equal((await failed('open')).failureReason, null);
		// A name and password in the address are sent, and shown nowhere.
		assert.ok(seen.length > 0 && seen.every((header) => header === `Basic ${Buffer.from('me:pass word').toString('base64')}`), seen.join());
		assert.doesNotMatch(JSON.stringify(server.received), /pass(?:%20| )word/);
	});

	it('are told in the words of the base to everybody else', async () => {
		await configured({ local: program(PROGRAM) });
		const server = fixture.start();
		await server.initialize(BASE);
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		const { data } = await server.request('mcpServerStatus/list', { threadId: thread.id });
		assert.deepEqual(Object.keys(data[0]).sort(), ['authStatus', 'name', 'resourceTemplates', 'resources', 'tools']);
		const { params } = await server.waitForNotification('mcpServer/startupStatus/updated', ({ status }) => status === 'ready');
		assert.deepEqual(params, { name: 'local', status: 'ready', error: null });
	});
});

describe('the folder of notes', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	/** The folders that a client's thread may write to, at its start and after it changed its permissions. */
	async function writable(capabilities: object) {
		fixture = await serverFixture([], { sandbox_mode: '"workspace-write"' });
		const server = fixture.start();
		await server.initialize(capabilities as Record<string, unknown>);
		const { thread, sandbox, runtimeWorkspaceRoots } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.request('thread/settings/update', { threadId: thread.id, permissions: ':workspace' });
		const { params } = await server.waitForNotification('thread/settings/updated');
		assert.deepEqual(runtimeWorkspaceRoots, 'requestAttestation' in capabilities ? [fixture.home.workspace] : undefined);
		return [sandbox.writableRoots, params.threadSettings.sandboxPolicy.writableRoots];
	}

	it('is no part of a workspace for newer clients, which would call that custom permissions', async () => {
		assert.deepEqual(await writable(NEWER), [[], []]);
	});

	it('is one for everybody else', async () => {
		const roots = await writable(BASE);
		const notes = [path.join(fixture.home.codexHome, 'memories')];
		assert.deepEqual(roots, [notes, notes]);
	});
});
