import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { BenchClient, Refusal } from '../client.ts';
import type { TestHome } from '../home.ts';
import { type Measure, type Row, repeated, timed } from '../measure.ts';
import { shortAnswer, type TimedModel } from '../model.ts';
import { inHome, type Program } from '../program.ts';

interface Run {
	readonly start: number;
	readonly turn: number;
	readonly memory: number | null;
}

/** Start of the process, the median of some turns, and what it then holds. */
async function run(program: Program, model: TimedModel, home: TestHome): Promise<Run> {
	const began = performance.now();
	const client = await BenchClient.connect(program, home);
	try {
		const start = performance.now() - began;
		const threadId = await client.startThread();
		const turns = await repeated(9, async () => {
			model.reset();
			model.reply(shortAnswer);
			const ms = await timed(() => client.runTurn(threadId, 'Say hello.'));
			return ms - (await model.ownTime());
		});
		const turn = turns.slice(3).sort((a, b) => a - b)[3] ?? Number.NaN;
		return { start, turn, memory: await client.memory() };
	} finally {
		await client.close();
	}
}

const rows = (key: string, name: string): readonly Row[] => [
	{ key: `${key}Start`, name: `${name}: start, ratio`, unit: '×', budget: null },
	{ key: `${key}Turn`, name: `${name}: turn, ratio`, unit: '×', budget: null },
	{ key: `${key}Memory`, name: `${name}: memory, ratio`, unit: '×', budget: null },
];

/** The three run in turns, so that a machine that is busy for a while is so for all. */
const telemetry: Measure = {
	id: 'telemetry',
	rows: [...rows('telemetryOff', 'telemetry off, to a program without its bundle'), ...rows('telemetryOn', 'telemetry on (nobody listens), to off')],
	run: (program, model) =>
		inHome(model.server.url, (plain) =>
			inHome(model.server.url, async (home) => {
				const exporter = '{ otlp-http = { endpoint = "http://127.0.0.1:9/v1", protocol = "binary" } }';
				await appendFile(path.join(home.codexHome, 'config.toml'), `\n[otel]\nexporter = ${exporter}\ntrace_exporter = ${exporter}\n`);
				const folder = await mkdtemp(path.join(os.tmpdir(), 'tiller-bench-'));
				try {
					const server = program.args.find((argument) => argument.endsWith('server.js'));
					if (server === undefined) throw new Refusal('there is no bundle to leave out');
					await cp(path.dirname(server), folder, { recursive: true });
					await rm(path.join(folder, 'telemetry.js'));
					const args = program.args.map((argument) => (argument === server ? path.join(folder, 'server.js') : argument));
					const none: Program = { ...program, args };
					const all = await repeated(12, async (n) => {
						const order = [
							['none', none, plain],
							['off', program, plain],
							['on', program, home],
						] as const;
						const found: { none?: Run; off?: Run; on?: Run } = {};
						for (const [name, which, where] of n % 2 === 0 ? order : order.toReversed()) found[name] = await run(which, model, where);
						return found;
					});
					const ratios = (of: 'off' | 'on', to: 'none' | 'off', member: keyof Run) =>
						all.slice(2).flatMap((each) => {
							const [value, base] = [each[of]?.[member], each[to]?.[member]];
							return typeof value === 'number' && typeof base === 'number' ? [value / base] : [];
						});
					return {
						telemetryOffStart: ratios('off', 'none', 'start'),
						telemetryOffTurn: ratios('off', 'none', 'turn'),
						telemetryOffMemory: ratios('off', 'none', 'memory'),
						telemetryOnStart: ratios('on', 'off', 'start'),
						telemetryOnTurn: ratios('on', 'off', 'turn'),
						telemetryOnMemory: ratios('on', 'off', 'memory'),
					};
				} finally {
					await rm(folder, { recursive: true, force: true });
				}
			}),
		),
};

export const telemetryMeasures: readonly Measure[] = [telemetry];
