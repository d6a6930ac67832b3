import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchClient, withServer } from '../client.ts';
import { type Figures, type Measure, type Row, repeated, timed } from '../measure.ts';
import { shortAnswer, type TimedModel } from '../model.ts';
import { inHome, type Program } from '../program.ts';
import type { TestHome } from '../home.ts';

/** A server with twenty tools that does nothing else. */
const SERVER = `
const tools = Array.from({ length: 20 }, (_, n) => ({ name: 'tool_' + n, description: 'Does one thing of twenty.', inputSchema: { type: 'object', properties: { path: { type: 'string' } } }, annotations: { readOnlyHint: true } }));
const results = { initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }), 'tools/list': () => ({ tools }), 'tools/call': () => ({ content: [{ type: 'text', text: 'done' }] }) };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
	const { id, method, params } = JSON.parse(line);
	if (id !== undefined && results[method]) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result: results[method](params) }) + '\\n');
}).on('close', () => process.exit(0));`;
const DEAD = 'process.exit(1)';
const names = ['one', 'two', 'three'];

async function addServers(home: TestHome, programs: Readonly<Record<string, string>>): Promise<void> {
	const tables = Object.entries(programs).map(
		([name, source]) => `\n[mcp_servers.${name}]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ${JSON.stringify(['-e', source])}\n`,
	);
	await appendFile(path.join(home.codexHome, 'config.toml'), tables.join(''));
}

/** What is compared runs in turns, so that a machine that is busy for a while is so for both. The first pairs warm up. */
async function inTurns(pairs: number, { without, with: other }: { without: () => Promise<number>; with: () => Promise<number> }) {
	const figures = await repeated(pairs, async (n) => {
		if (n % 2 === 0) return { without: await without(), with: await other() };
		const later = await other();
		return { without: await without(), with: later };
	});
	return figures.slice(2);
}

type Pair = { readonly without: number; readonly with: number };

function rows(key: string, { name, budget }: { readonly name: string; readonly budget: number | null }): readonly Row[] {
	return [
		{ key: `${key}Without`, name: `${name}: without`, unit: 'ms', budget: null },
		{ key: `${key}With`, name: `${name}: with`, unit: 'ms', budget: null },
		{ key: `${key}More`, name: `${name}: more with than without`, unit: 'ms', budget },
		{ key: `${key}Ratio`, name: `${name}: with, to without`, unit: '×', budget: null },
	];
}

function figuresOf(key: string, pairs: readonly Pair[]): Figures {
	return {
		[`${key}Without`]: pairs.map((pair) => pair.without),
		[`${key}With`]: pairs.map((pair) => pair.with),
		[`${key}More`]: pairs.map((pair) => pair.with - pair.without),
		[`${key}Ratio`]: pairs.map((pair) => pair.with / pair.without),
	};
}

/** A turn less the time of the model. */
async function turnMs(client: BenchClient, model: TimedModel, threadId: string): Promise<number> {
	model.reset();
	model.reply(shortAnswer);
	const ms = await timed(() => client.runTurn(threadId, 'Say hello.'));
	return ms - (await model.ownTime());
}

const connected: Measure = {
	id: 'mcp',
	rows: rows('mcp', { name: 'turn and three connected MCP servers, overhead', budget: 2 }),
	run: (program, model) =>
		inHome(model.server.url, (plain) =>
			inHome(model.server.url, async (home) => {
				await addServers(home, Object.fromEntries(names.map((name) => [name, SERVER])));
				return withServer(program, plain, (alone) =>
					withServer(program, home, async (client) => {
						const [threadAlone, threadId] = [await alone.startThread(), await client.startThread()];
						// A call that is answered shows that the server is connected.
						for (const server of names) await client.request('mcpServer/tool/call', { threadId, server, tool: 'tool_0', arguments: {} });
						const pairs = await inTurns(32, {
							without: () => turnMs(alone, model, threadAlone),
							with: () => turnMs(client, model, threadId),
						});
						return figuresOf('mcp', pairs);
					}),
				);
			}),
		),
};

/** From the start of the process until the thread is there, and on until its first turn is over. */
async function startMs(program: Program, model: TimedModel, home: TestHome): Promise<{ readonly start: number; readonly turn: number }> {
	const began = performance.now();
	const client = await BenchClient.connect(program, home);
	try {
		const threadId = await client.startThread();
		const start = performance.now() - began;
		return { start, turn: start + (await turnMs(client, model, threadId)) };
	} finally {
		await client.close();
	}
}

const dead: Measure = {
	id: 'mcpDead',
	rows: [
		...rows('mcpDead', { name: 'start of process and thread, and a dead MCP server', budget: 5 }),
		...rows('mcpDeadTurn', { name: 'the same and the first turn', budget: null }),
	],
	run: (program, model) =>
		inHome(model.server.url, (plain) =>
			inHome(model.server.url, async (home) => {
				await addServers(home, { dead: DEAD });
				const turns: { without: number[]; with: number[] } = { without: [], with: [] };
				const measured = async (kind: 'without' | 'with') => {
					const { start, turn } = await startMs(program, model, kind === 'with' ? home : plain);
					turns[kind].push(turn);
					return start;
				};
				const pairs = await inTurns(12, { without: () => measured('without'), with: () => measured('with') });
				const turnPairs = turns.without.map((without, n): Pair => ({ without, with: turns.with[n] ?? Number.NaN })).slice(2);
				return { ...figuresOf('mcpDead', pairs), ...figuresOf('mcpDeadTurn', turnPairs) };
			}),
		),
};

export const mcpMeasures: readonly Measure[] = [connected, dead];
