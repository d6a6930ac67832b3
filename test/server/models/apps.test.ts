import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { chatgptToken } from '../../support/model/fakeIssuer.ts';
import { say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const DIRECTORY = '/connectors/directory/list';
const GATEWAY = '/api/codex/apps';

const appTool = (id: string, name: string, tool: string) => ({
	name: tool,
	inputSchema: { type: 'object' },
	annotations: { readOnlyHint: true },
	_meta: { connector_id: id, connector_name: name, connector_description: `All about ${name}.` },
});

/** The services of ChatGPT for apps, on loopback. */
class Backend {
	readonly asked: string[] = [];
	tools = [appTool('mail', 'Big Mail', 'big_mail_read'), appTool('cal', 'Calendar', 'calendar_list')];
	directory: object = {
		apps: [
			{ id: 'mail', name: 'Big Mail', description: 'Of the directory.' },
			{ id: 'maps', name: 'Maps' },
		],
		nextToken: null,
	};
	/** The directory waits for it. */
	gate: Promise<void> = Promise.resolve();
	readonly #server = http.createServer((request, response) => void this.#answer(request, response));

	async start(): Promise<this> {
		await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
		return this;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	count(of: string): number {
		return this.asked.filter((each) => each === of).length;
	}

	stop(): void {
		this.#server.closeAllConnections();
		this.#server.close();
	}

	async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
		const body = (await request.toArray()).join('');
		const place = new URL(request.url ?? '/', 'http://x').pathname;
		const send = (status: number, value?: object) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(value === undefined ? '' : JSON.stringify(value));
		if (place === DIRECTORY) {
			this.asked.push(DIRECTORY);
			await this.gate;
			return void send(200, this.directory);
		}
		if (place !== GATEWAY) return void send(404, {});
		if (request.method !== 'POST') return void send(405, {});
		const { id, method } = JSON.parse(body) as { readonly id?: number; readonly method: string };
		this.asked.push(method);
		const result = (value: object) => void send(200, { jsonrpc: '2.0', id, result: value });
		if (method === 'initialize')
			return result({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'apps', version: '1' } });
		if (method === 'tools/list') return result({ tools: this.tools });
		return void send(202);
	}
}

describe('apps of a ChatGPT account', () => {
	let fixture: ServerFixture;
	let backend: Backend;
	beforeEach(async () => {
		backend = await new Backend().start();
		fixture = await serverFixture(Array.from({ length: 6 }, () => say('Yes.')));
	});
	afterEach(async () => {
		await fixture.dispose();
		backend.stop();
	});

	const start = async (config = ''): Promise<AppServerProcess> => {
		const file = path.join(fixture.home.codexHome, 'config.toml');
		await fixture.home.config(`chatgpt_base_url = "${backend.url}"\n${config}\n${await readFile(file, 'utf8')}`);
		const server = fixture.start();
		await server.initialize();
		return server;
	};
	const signIn = async (server: AppServerProcess) => {
		await server.request('account/login/start', { type: 'chatgptAuthTokens', accessToken: chatgptToken(), chatgptAccountId: 'ws-1' });
	};
	const shown = (apps: readonly { readonly id: string; readonly isAccessible: boolean }[]) => apps.map(({ id, isAccessible }) => [id, isAccessible]);
	const usable = [
		['mail', true],
		['cal', true],
	];
	const all = [...usable, ['maps', false]];
	/** What the model was told and offered in its last request. */
	const told = () => {
		const { input = [], tools = [] } = fixture.model.requests.at(-1)?.body ?? {};
		const texts = (input as readonly { readonly role?: string; readonly content?: readonly { readonly text?: string }[] }[]).flatMap(
			({ content = [] }) => content.map(({ text = '' }) => text),
		);
		const namespaces = (tools as readonly { readonly type: string; readonly name: string }[]).flatMap(({ type, name }) =>
			type === 'namespace' && name.startsWith('mcp__codex_apps__') ? [name] : [],
		);
		return { instructions: texts.filter((text) => text.startsWith('<apps_instructions>')), namespaces };
	};

	it('that can be used are there while the directory still thinks, and both lists are kept for new threads', async () => {
		const answered = Promise.withResolvers<void>();
		backend.gate = answered.promise;
		const server = await start();
		await signIn(server);
		const from = server.mark();
		const list = server.request('app/list', {});
		const first = await server.waitForNotification('app/list/updated', () => true, from);
		assert.deepEqual(shown(first.params.data), usable);
		answered.resolve();
		assert.deepEqual(shown((await list).data), all);
		await server.waitForNotification('app/list/updated', ({ data }) => data.length === all.length, from);
		const before = [backend.count(DIRECTORY), backend.count('tools/list')];
		await server.startThread(fixture.home);
		assert.deepEqual(shown((await server.request('app/list', {})).data), all);
		assert.equal(backend.count(DIRECTORY), before[0]);
		backend.directory = { apps: [], nextToken: null };
		assert.deepEqual(shown((await server.request('app/list', { forceRefetch: true })).data), usable);
		assert.equal(backend.count(DIRECTORY), (before[0] ?? 0) + 1);
	});

	it('are listed for a thread by its own configuration', async () => {
		const server = await start();
		await signIn(server);
		const without = await server.startThread(fixture.home, { config: { 'features.apps': false } });
		const withApps = await server.startThread(fixture.home);
		assert.deepEqual((await server.request('app/list', { threadId: without })).data, []);
		assert.deepEqual(shown((await server.request('app/list', { threadId: withApps })).data), all);
		const off = await server.startThread(fixture.home, { config: { 'apps.mail.enabled': false } });
		const enabled = (await server.request('app/list', { threadId: off })).data.map((app: { id: string; isEnabled: boolean }) => [
			app.id,
			app.isEnabled,
		]);
		assert.deepEqual(enabled, [
			['mail', false],
			['cal', true],
			['maps', true],
		]);
		await server.runTurn(without, 'go');
		assert.deepEqual(told(), { instructions: [], namespaces: [] });
		await server.runTurn(off, 'go');
		assert.deepEqual(told().namespaces, ['mcp__codex_apps__calendar']);
		assert.doesNotMatch(told().instructions[0] ?? '', /Mail/);
	});

	it('are explained to the model, so that it knows one that a message names', async () => {
		const server = await start();
		await signIn(server);
		const threadId = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', {
			threadId,
			input: [
				{ type: 'text', text: 'read $big-mail', text_elements: [] },
				{ type: 'mention', name: 'Big Mail', path: 'app://mail' },
			],
		});
		await server.waitForNotification('turn/completed', (done) => done.turn.id === turn.id);
		const { instructions, namespaces } = told();
		assert.deepEqual(namespaces.toSorted(), ['mcp__codex_apps__big_mail', 'mcp__codex_apps__calendar']);
		assert.equal(instructions.length, 1);
		assert.match(instructions[0] ?? '', /- Big Mail \(\$big-mail, app:\/\/mail\), tools in mcp__codex_apps__big_mail: All about Big Mail\./);
		await server.runTurn(threadId, 'again');
		assert.equal(told().instructions.length, 1, 'told once');
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		assert.deepEqual(thread.turns[0].items[0].content[1], { type: 'mention', name: 'Big Mail', path: 'app://mail' });
	});

	it('are not explained where include_apps_instructions says so', async () => {
		const server = await start('include_apps_instructions = false');
		await signIn(server);
		await server.runTurn(await server.startThread(fixture.home), 'go');
		assert.equal(told().instructions.length, 0);
		assert.equal(told().namespaces.length, 2);
	});

	it('come to a thread that is loaded when somebody signs in, and go when they sign out', async () => {
		const server = await start();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'before');
		assert.deepEqual(told(), { instructions: [], namespaces: [] });
		await signIn(server);
		await server.waitForNotification('mcpServer/startupStatus/updated', ({ name, status }) => name === 'codex_apps' && status === 'ready');
		await server.runTurn(threadId, 'signed in');
		assert.equal(told().namespaces.length, 2);
		assert.equal(told().instructions.length, 1);
		await server.request('account/logout', undefined);
		await server.runTurn(threadId, 'signed out');
		assert.deepEqual(told().namespaces, []);
	});
});
