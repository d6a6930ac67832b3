import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { withServer } from '../client.ts';
import type { TestHome } from '../home.ts';
import { type Figures, type Measure, repeated, type Row, timed } from '../measure.ts';
import { manyCommandReplies, manyDeltas, shortAnswer } from '../model.ts';
import { inHome } from '../program.ts';
import { withClients } from './socketMeasures.ts';

// How things grow: each at three sizes, by name only.

function row(key: string, name: string, more: Partial<Row> = {}): Row {
	return { key, name, unit: 'ms', budget: null, ...more };
}

const present = (value: number | null): readonly number[] => (value === null ? [] : [value]);

/** One long answer, in pieces of a hundred characters as models send them. */
function longAnswer(megabytes: number): Measure {
	const id = `answer${megabytes}m`;
	const name = `an answer of ${megabytes} MB`;
	return {
		id,
		onlyWhenNamed: true,
		rows: [
			row(`${id}Piece`, `${name}, 10,000 pieces of it`),
			row(`${id}Read`, `the last turn of a thread read back, ${name}`),
			row(`${id}Memory`, `memory after ${name}`, { unit: 'MiB' }),
		],
		run: (program, model) =>
			inHome(model.server.url, (home) =>
				withServer(program, home, async (client) => {
					const pieces = Array.from({ length: megabytes * 10_000 }, (_, n) => String(n).padStart(99, 'word ') + '\n');
					model.reply(manyDeltas(pieces));
					const threadId = await client.startThread();
					const ms = await timed(() => client.runTurn(threadId, 'Write much.'));
					if (client.deltas < pieces.length / 2) throw new Error(`Only ${client.deltas} of ${pieces.length} pieces came through.`);
					const read = await repeated(5, () => timed(() => client.request('thread/turns/list', { threadId, limit: 1 })));
					return { [`${id}Piece`]: [ms / megabytes], [`${id}Read`]: read, [`${id}Memory`]: present(await client.memory()) };
				}),
			),
	};
}

function clients(count: number): Measure {
	const id = `clients${count}`;
	const name = `${count} websocket clients`;
	return {
		id,
		onlyWhenNamed: true,
		rows: [
			row(`${id}Connect`, `${name} connected and let in at once, each`),
			row(`${id}Ask`, `a request of each of ${name} at once, each`),
			row(`${id}Own`, `a thread of each of ${name} started at once, each`),
			row(`${id}Memory`, `memory with ${name}, a thread each`, { unit: 'MiB' }),
		],
		run: (program, model) =>
			inHome(model.server.url, async (home) => {
				const began = performance.now();
				return withClients(program, home, count, async (all, child) => {
					const connected = performance.now() - began;
					const each = (work: (client: (typeof all)[number]) => Promise<unknown>) => timed(() => Promise.all(all.map(work)));
					const ask = await repeated(5, () => each((client) => client.request('thread/loaded/list', {})));
					const own = await each((client) => client.request('thread/start', { cwd: home.workspace }));
					return {
						[`${id}Connect`]: [connected / count],
						[`${id}Ask`]: ask.map((ms) => ms / count),
						[`${id}Own`]: [own / count],
						[`${id}Memory`]: present(await child.memory()),
					};
				});
			}),
	};
}

/** So many threads whose turns run at the same time, each with two commands. */
function running(count: number): Measure {
	const id = `running${count}`;
	const name = `${count} threads that run at once`;
	return {
		id,
		onlyWhenNamed: true,
		rows: [row(`${id}Turn`, `${name}, two commands each, a thread`), row(`${id}Memory`, `memory after ${name}`, { unit: 'MiB' })],
		run: (program, model) =>
			inHome(model.server.url, (home) =>
				withServer(program, home, async (client) => {
					const params = { cwd: home.workspace, sandbox: 'danger-full-access', approvalPolicy: 'never' };
					const threads = await repeated(count, () => client.startThread(params));
					// Whichever thread asks gets the next one: each kind of reply comes as often as it is asked for.
					const [first = '', second = '', last = ''] = manyCommandReplies(2);
					model.reply(...[first, second, last].flatMap((reply) => Array.from({ length: count }, () => reply)));
					const ms = await timed(() => Promise.all(threads.map((threadId) => client.runTurn(threadId, 'Run them.'))));
					return { [`${id}Turn`]: [ms / count], [`${id}Memory`]: present(await client.memory()) };
				}),
			),
	};
}

/** A server with so many tools that does nothing else. */
const toolServer = (count: number) => `
const tools = Array.from({ length: ${count} }, (_, n) => ({ name: 'tool_' + n, description: 'Does one thing of many, and says so in some words.', inputSchema: { type: 'object', properties: { path: { type: 'string', description: 'Where.' }, depth: { type: 'integer' } }, required: ['path'] }, annotations: { readOnlyHint: true } }));
const results = { initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }), 'tools/list': () => ({ tools }), 'tools/call': () => ({ content: [{ type: 'text', text: 'done' }] }) };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
	const { id, method, params } = JSON.parse(line);
	if (id !== undefined && results[method]) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result: results[method](params) }) + '\\n');
}).on('close', () => process.exit(0));`;

async function addServer(home: TestHome, tools: number): Promise<void> {
	const args = JSON.stringify(['-e', toolServer(tools)]);
	await appendFile(path.join(home.codexHome, 'config.toml'), `\n[mcp_servers.many]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ${args}\n`);
}

function mcpTools(count: number): Measure {
	const id = `tools${count}`;
	const name = `${count.toLocaleString('en')} MCP tools`;
	return {
		id,
		onlyWhenNamed: true,
		rows: [
			row(`${id}Ready`, `a server with ${name} called, first of a thread`),
			row(`${id}Turn`, `turn with one short message and ${name}, overhead`),
			row(`${id}Memory`, `memory with ${name}`, { unit: 'MiB' }),
		],
		run: (program, model) =>
			inHome(model.server.url, async (home): Promise<Figures> => {
				await addServer(home, count);
				return withServer(program, home, async (client) => {
					const threadId = await client.startThread({ cwd: home.workspace });
					const ready = await timed(() => client.request('mcpServer/tool/call', { threadId, server: 'many', tool: 'tool_0', arguments: {} }));
					const turns = await repeated(12, async () => {
						model.reset();
						model.reply(shortAnswer);
						const ms = await timed(() => client.runTurn(threadId, 'Say hello.'));
						return ms - (await model.ownTime());
					});
					return { [`${id}Ready`]: [ready], [`${id}Turn`]: turns.slice(2), [`${id}Memory`]: present(await client.memory()) };
				});
			}),
	};
}

export const growthMeasures: readonly Measure[] = [
	...[2, 8, 20].map(longAnswer),
	...[10, 50, 200].map(clients),
	...[10, 25, 50].map(running),
	...[10, 100, 1000].map(mcpTools),
];
