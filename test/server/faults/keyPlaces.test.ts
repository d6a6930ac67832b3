import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { until } from '../../support/deadline.ts';
import { completed, created, execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

/** Have not the form of any key: only who knows one can hide it. Each stands for one place that keys come from. */
const key = (place: string) => `Quiet+Horse.${place}~0123`;
const KEYS = ['env', 'header', 'envHeader', 'bearer', 'command', 'client', 'password', 'query', 'account', 'mcpBearer', 'mcpHeader'].map(key);

/** Where a key may be: what the person wrote themselves, and the store of the sign-in. */
const OWN_FILES = new Set(['config.toml', 'auth.json']);

const events = (...parts: readonly object[]) => parts.map((part) => `data: ${JSON.stringify(part)}\n\n`).join('');

describe('keys, wherever they come from', () => {
	let fixture: ServerFixture;
	let services: http.Server;
	afterEach(async () => {
		await fixture.dispose();
		services.closeAllConnections();
		services.close();
	});

	/** Everything that a request could be let in by, as a spiteful or careless server says it back. */
	const echoOf = ({ url = '', headers }: http.IncomingMessage) => {
		const basic = Buffer.from(headers.authorization?.replace(/^basic /i, '') ?? '', 'base64').toString();
		return `who are you? ${decodeURIComponent(url)} ${JSON.stringify(headers)} ${basic}`;
	};

	/** Each provider lives below `/NAME/v1`, an MCP server at `/mcp`. */
	async function serve(dump: (name: string) => string) {
		const asked = new Map<string, number>();
		const seen = new Set<string>();
		const note = (text: string) => KEYS.forEach((each) => text.includes(each) && seen.add(each));
		const answer = async (incoming: http.IncomingMessage, response: http.ServerResponse) => {
			const body = (await incoming.toArray()).join('');
			const echo = echoOf(incoming);
			note(echo);
			const path_ = new URL(incoming.url ?? '/', 'http://x').pathname;
			const name = path_.split('/')[1] ?? '';
			const send = (status: number, type: string, text: string) => response.writeHead(status, { 'content-type': type }).end(text);
			if (name === 'mcp') return answerMcp(JSON.parse(body), send, echo);
			if (name === 'refusing') return send(500, 'text/plain', echo);
			if (!path_.endsWith('/responses')) return send(401, 'application/json', JSON.stringify({ error: { message: echo } }));
			const turn = (asked.get(name) ?? 0) + 1;
			asked.set(name, turn);
			switch (turn) {
				case 1:
					return send(200, 'text/event-stream', events(created(), ...execCommand(dump(name)), completed()));
				case 2:
					return send(200, 'text/event-stream', events(created(), ...message('Done.'), completed()));
				// A key that a program prints is asked for anew once.
				case 3:
					return send(401, 'application/json', JSON.stringify({ error: { message: echo, code: 'invalid_api_key' } }));
				case 4:
					if (name === 'command') return send(401, 'application/json', JSON.stringify({ error: { message: echo } }));
					return send(502, 'text/html', `<html><body><h1>Bad gateway</h1>${echo}</body></html>`);
				default:
					response.writeHead(200, { 'content-type': 'text/event-stream' });
					response.write(events(created(), { type: 'error', code: 'x' }).slice(0, -6) + `, "message": ${JSON.stringify(echo)}`);
					return setImmediate(() => response.destroy());
			}
		};
		services = http.createServer((incoming, response) => void answer(incoming, response));
		services.listen(0, '127.0.0.1');
		await once(services, 'listening');
		return { port: (services.address() as AddressInfo).port, seen };
	}

	/** Lets itself be started and called, and complains of each call. */
	function answerMcp(request: { id?: number; method: string }, send: (status: number, type: string, text: string) => void, echo: string): void {
		const result = (value: object) => send(200, 'application/json', JSON.stringify({ jsonrpc: '2.0', id: request.id, result: value }));
		switch (request.method) {
			case 'initialize':
				return result({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'm', version: '1' } });
			case 'tools/list':
				return result({ tools: [{ name: 'ask', inputSchema: { type: 'object' } }] });
			case 'tools/call':
				return send(500, 'text/plain', echo);
			default:
				return send(202, 'text/plain', '');
		}
	}

	async function trustHooks(server: AppServerProcess): Promise<void> {
		const { data } = await server.request('hooks/list', {});
		const value = Object.fromEntries(
			data[0].hooks.map((hook: { key: string; currentHash: string }) => [hook.key, { trusted_hash: hook.currentHash }]),
		);
		await server.request('config/batchWrite', { edits: [{ keyPath: 'hooks.state', value, mergeStrategy: 'upsert' }] });
	}

	it('are in no log, file, message, argument or environment of what is started', async () => {
		fixture = await serverFixture([]);
		const { home } = fixture;
		const dumps = path.join(home.root, 'dumps');
		const tools = path.join(home.root, 'tools');
		await Promise.all([fs.mkdir(dumps), fs.mkdir(tools)]);
		/** Writes down what the process, and whoever started it, were given. */
		const dump = (name: string) => `cat /proc/self/environ /proc/$$/environ /proc/$$/cmdline /proc/$PPID/cmdline > ${dumps}/${name}`;
		const { port, seen } = await serve(dump);
		const at = (name: string, user = '') => `http://${user}127.0.0.1:${port}/${name}/v1`;
		await fs.writeFile(path.join(tools, 'key.sh'), `printf %s '${key('command')}'`);
		await fs.writeFile(path.join(tools, 'mcp.sh'), `${dump('mcp').replace('> ', '>> ')}; exec cat > /dev/null`);
		const providers: Readonly<Record<string, string>> = {
			env: 'env_key = "ENV_KEY"',
			header: `http_headers = { "x-key" = "${key('header')}" }`,
			envHeader: 'env_http_headers = { "x-key" = "HEADER_KEY" }',
			bearer: `experimental_bearer_token = "${key('bearer')}"`,
			command: `auth = { command = "/bin/sh", args = ["${tools}/key.sh"] }`,
			client: 'env_key = "CLIENT_KEY"',
			password: '',
			query: `query_params = { "k" = "${key('query')}" }`,
			account: 'requires_openai_auth = true',
		};
		const password = encodeURIComponent(key('password'));
		const tables = Object.entries(providers).map(
			([name, line]) => `[model_providers.${name}]
name = "The ${name}"
base_url = "${at(name, name === 'password' ? `ada:${password}@` : '')}"
request_max_retries = 0
stream_max_retries = 0
${line}`,
		);
		await home.config(`model = "gpt-5.4"
model_provider = "env"
approval_policy = "never"
sandbox_mode = "danger-full-access"
notify = ["/bin/sh", "-c", "${dump('notify')}"]
${tables.join('\n')}
[mcp_servers.web]
url = "http://127.0.0.1:${port}/mcp"
bearer_token_env_var = "MCP_TOKEN"
http_headers = { "x-mcp" = "${key('mcpHeader')}" }
[mcp_servers.refusing]
url = "http://127.0.0.1:${port}/refusing"
bearer_token_env_var = "MCP_TOKEN"
[mcp_servers.program]
command = "/bin/sh"
args = ["${tools}/mcp.sh"]
startup_timeout_sec = 1
`);
		await fs.writeFile(path.join(home.codexHome, 'auth.json'), JSON.stringify({ OPENAI_API_KEY: key('account') }));
		await fs.writeFile(
			path.join(home.codexHome, 'hooks.json'),
			JSON.stringify({ hooks: { UserPromptSubmit: [{ hooks: [{ type: 'command', command: dump('hook') }] }] } }),
		);
		const env = { ENV_KEY: key('env'), HEADER_KEY: key('envHeader'), MCP_TOKEN: key('mcpBearer'), RUST_LOG: 'trace' };
		const server = fixture.start({ env });
		await server.initialize();
		await server.request('modelProvider/key/set', { envKey: 'CLIENT_KEY', key: key('client') });
		await trustHooks(server);
		for (const name of Object.keys(providers)) {
			const threadId = await server.startThread(home, { modelProvider: name });
			assert.equal((await server.runTurn(threadId, 'go')).status, 'completed', name);
			for (const fault of ['refused', 'an HTML page', 'cut'])
				assert.equal((await server.runTurn(threadId, fault)).status, 'failed', `${name}: ${fault}`);
			assert.equal((await server.request('modelProvider/check', { modelProvider: name })).status, 'failed', name);
		}
		const threadId = await server.startThread(home);
		await server.waitForNotification('mcpServer/startupStatus/updated', (params) => params.name === 'refusing' && params.status === 'failed');
		await server.waitForNotification('mcpServer/startupStatus/updated', (params) => params.name === 'web' && params.status === 'ready');
		await server.requestError('mcpServer/tool/call', { threadId, server: 'web', tool: 'ask' });
		await server.request('mcpServerStatus/list', {});
		await server.request('command/exec', { command: ['/bin/sh', '-c', dump('clientCommand')], cwd: home.workspace });
		const expected = [...Object.keys(providers), 'notify', 'hook', 'mcp', 'clientCommand'];
		await until('all of them to have run', async () => (await fs.readdir(dumps)).length === expected.length);
		assert.deepEqual((await fs.readdir(dumps)).toSorted(), expected.toSorted());
		const argv = await fs.readFile(`/proc/${server.process.pid}/cmdline`, 'utf8');
		await server.close();
		// The test tests something: each key was sent to its server.
		assert.deepEqual(
			KEYS.filter((each) => !seen.has(each)),
			[],
		);

		const read = async (folder: string) => {
			const files = await fs.readdir(folder, { recursive: true, withFileTypes: true });
			const wanted = files.filter((file) => file.isFile() && !OWN_FILES.has(file.name));
			return Promise.all(wanted.map(async (file) => [file.name, await fs.readFile(path.join(file.parentPath, file.name), 'latin1')] as const));
		};
		const places = [
			['the messages', JSON.stringify(server.received)],
			['the log', server.stderr],
			['the command line of the server', argv],
			...(await read(home.codexHome)),
			...(await read(dumps)),
		] as const;
		const found = places.flatMap(([place, text]) =>
			KEYS.flatMap((each) =>
				[each, encodeURIComponent(each), Buffer.from(`ada:${each}`).toString('base64')].flatMap((form) => {
					const index = text.indexOf(form);
					return index < 0 ? [] : [`${place}: …${text.slice(Math.max(0, index - 100), index + form.length)}`];
				}),
			),
		);
		assert.deepEqual(found, []);
	});
});
