import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { NodeProcessHost } from '../exec/processHost.ts';
import { KnownServers } from './knownServers.ts';
import type { Connect, McpClient } from './sdk/mcpClient.ts';
import { readServers } from './serverConfig.ts';
import { ThreadServers } from './threadServers.ts';

const signal = new AbortController().signal;
const cwd = path.resolve('/work');

function client(tools: readonly string[]): McpClient {
	return {
		instructions: 'Be kind.',
		serverName: 's',
		info: null,
		capabilities: null,
		has: { tools: true, resources: false, prompts: false },
		closed: new Promise(() => {}),
		listTools: () =>
			Promise.resolve({
				tools: tools.map((name) => ({
					name,
					description: '',
					inputSchema: { type: 'object' },
					annotations: null,
					raw: { name, inputSchema: { type: 'object' } },
				})),
				meta: null,
			}),
		callTool: () => Promise.resolve({ content: [] }),
		list: () => Promise.resolve([]),
		readResource: () => Promise.resolve({}),
		getPrompt: () => Promise.resolve({}),
		close: () => Promise.resolve(),
	};
}

describe('the MCP servers of a thread', () => {
	let home: string;
	let now = Date.UTC(2026, 0, 1);
	let host: NodeProcessHost;
	const opened: ThreadServers[] = [];
	beforeEach(() => {
		home = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-mcp-'));
		host = new NodeProcessHost();
	});
	afterEach(async () => {
		await Promise.all(opened.splice(0).map((servers) => servers.close()));
		await host.dispose();
		fs.rmSync(home, { recursive: true });
	});

	/** `connect`: what becomes of a connection to a server of this name. */
	function thread(known: KnownServers, table: object, connect: (name: string) => Promise<McpClient>) {
		const begun: string[] = [];
		const open: Connect = ({ config, signal: stop }) => {
			begun.push(config.name);
			const { promise: stopped, reject } = Promise.withResolvers<never>();
			stop.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
			return Promise.race([connect(config.name), stopped]);
		};
		const servers = new ThreadServers({
			cwd,
			known: (config) => known.of(config, cwd),
			waitedInVain: (config) => known.waitedInVain(config, cwd),
			broken: () => {},
			ports: (config) => ({
				connect: () => Promise.resolve(open),
				host,
				fetch,
				env: {},
				version: '1',
				tokens: null,
				elicit: () => assert.fail('nobody asks'),
				mayStart: () => Promise.resolve(null),
				stateChanged: () => {},
				listsChanged: () => {},
				learned: (said) => (said === null ? known.notStarted(config, cwd) : known.listed(config, cwd, said)),
				log: () => {},
				redact: (text: string) => text,
				now: () => 0,
			}),
		});
		opened.push(servers);
		servers.start(readServers(table));
		return { servers, begun };
	}
	const turns = async () => {
		for (let n = 0; n < 20; n++) await Promise.resolve();
	};
	const process = () => new KnownServers(home, () => now);

	it('connect after the answer to whoever made it, but those that it needs before', async () => {
		const { servers, begun } = thread(process(), { a: { command: 'a' }, b: { command: 'b', required: true } }, () => Promise.resolve(client(['x'])));
		await servers.required();
		assert.deepEqual(begun, ['b']);
		servers.begin();
		await turns();
		assert.deepEqual(begun, ['b', 'a']);
		await servers.settle(signal);
		assert.deepEqual(
			servers.offered().map(({ namespace }) => namespace),
			['mcp__a__', 'mcp__b__'],
		);
	});

	it('are known to the next thread, which waits for none of them and offers the same', async () => {
		const known = process();
		const first = thread(known, { a: { command: 'a' } }, () => Promise.resolve(client(['x'])));
		await first.servers.settle(signal);
		const second = thread(known, { a: { command: 'a' } }, () => new Promise(() => {}));
		await second.servers.settle(signal);
		const said = (servers: ThreadServers) => servers.offered().map(({ connection, namespace, name }) => [namespace, name, connection.instructions]);
		assert.deepEqual(said(second.servers), [['mcp__a__', 'x', 'Be kind.']]);
		assert.deepEqual(said(second.servers), said(first.servers));
		const other = thread(known, { a: { command: 'a', args: ['--other'] } }, () => Promise.resolve(client(['y'])));
		await other.servers.settle(signal);
		assert.deepEqual(
			other.servers.offered().map(({ name }) => name),
			['y'],
		);
	});

	it('that did not start are waited for once, also by the next process, and again when an hour has passed', async () => {
		const dead = () => Promise.reject(new Error('no such program'));
		const failing = thread(process(), { a: { command: 'a' } }, dead);
		await failing.servers.settle(signal);
		assert.deepEqual(failing.begun, ['a']);

		const next = thread(process(), { a: { command: 'a' } }, () => new Promise(() => {}));
		await next.servers.settle(signal);
		assert.deepEqual(next.begun, []);

		now += 61 * 60_000;
		const later = thread(process(), { a: { command: 'a' } }, () => Promise.resolve(client(['x'])));
		await later.servers.settle(signal);
		assert.deepEqual(later.begun, ['a']);
		const kept = fs.readFileSync(path.join(home, 'tiller', 'mcp-dead.json'), 'utf8');
		assert.equal(kept, '{}');
	});

	it('that hang are waited for by one request only, in whatever thread, until they answer', async function () {
		this.timeout(20_000);
		const known = process();
		const answered = Promise.withResolvers<McpClient>();
		const first = thread(known, { a: { command: 'a' } }, () => answered.promise);
		await first.servers.settle(signal);
		const second = thread(known, { a: { command: 'a' } }, () => new Promise(() => {}));
		const settled = second.servers.settle(signal).then(() => 'settled');
		assert.equal(await Promise.race([settled, turns().then(() => 'waits')]), 'settled');
		assert.deepEqual(second.begun, ['a']);
		answered.resolve(client(['x']));
		await first.servers.get('a')?.start();
		const third = thread(known, { a: { command: 'a' } }, () => new Promise(() => {}));
		await third.servers.settle(signal);
		assert.deepEqual(
			third.servers.offered().map(({ name }) => name),
			['x'],
		);
	});

	it('that are dead for the next process are tried nevertheless, and what mended ones have is there', async function () {
		this.timeout(20_000);
		const failing = thread(process(), { a: { command: 'a' } }, () => Promise.reject(new Error('no such program')));
		await failing.servers.settle(signal);
		const mended = Promise.withResolvers<void>();
		const next = thread(process(), { a: { command: 'a' } }, () => (mended.resolve(), Promise.resolve(client(['x']))));
		await next.servers.settle(signal);
		assert.deepEqual(next.servers.offered(), []);
		await mended.promise;
		await next.servers.get('a')?.start();
		assert.deepEqual(
			next.servers.offered().map(({ name }) => name),
			['x'],
		);
	});

	it('are waited for where the list of the dead is no list', async () => {
		fs.mkdirSync(path.join(home, 'tiller'));
		fs.writeFileSync(path.join(home, 'tiller', 'mcp-dead.json'), '{"a": "b"');
		const { servers, begun } = thread(process(), { a: { command: 'a' } }, () => Promise.resolve(client(['x'])));
		await servers.settle(signal);
		assert.deepEqual(begun, ['a']);
	});
});
