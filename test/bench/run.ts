/**
 * Measures the built server, and beside it other app-servers, and prints a table of the budgets:
 *   npm run bench [-- --against 'CMD'] [--against 'CMD'] [--rounds 3] [--json] [--only start,turn] [--no-build] [--profile FOLDER]
 * Without `--against` the reference program is measured where it is installed; `--no-reference` leaves it out. All programs take turns in
 * each round, the first of them another one each time, and ratios are those of one round: their smallest, median and largest are printed.
 * `--json` writes .bench/result.json too. Figures are medians. A budget that is missed is shown and is no failure; the exit status is 1
 * only when our server crashed or gave a wrong result. How things grow is measured by name only, since it takes minutes:
 *   --only long1k,long10k,long100k,many1k,many10k,many100k,many1m,calls500,calls5000,fuzzyLarge,fuzzyHuge,answer2m,answer8m,answer20m,
 *   clients10,clients50,clients200,running10,running25,running50,tools10,tools100,tools1000
 */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal } from './client.ts';
import type { Figures, Measure } from './measure.ts';
import { TimedModel } from './model.ts';
import { buildFolder, installedPrograms, otherProgram, ourProgram, type Program, resultFile } from './program.ts';
import { cliMeasures } from './measures/cliMeasures.ts';
import { growthMeasures } from './measures/growthMeasures.ts';
import { historyMeasures } from './measures/historyMeasures.ts';
import { measureSizes, sizeRows } from './sizes.ts';
import { indexMeasures } from './measures/indexMeasures.ts';
import { socketMeasures } from './measures/socketMeasures.ts';
import { machineMeasures } from './measures/machineMeasures.ts';
import { mcpMeasures } from './measures/mcpMeasures.ts';
import { storeMeasures } from './measures/storeMeasures.ts';
import { figuresOf, formatTable, type Outcome, ratioOf, type ResultRow } from './table.ts';
import { telemetryMeasures } from './measures/telemetryMeasures.ts';
import { turnMeasures } from './measures/turnMeasures.ts';

const root = path.resolve(import.meta.dirname, '../..');
const measures: readonly Measure[] = [
	...turnMeasures,
	...mcpMeasures,
	...telemetryMeasures,
	...socketMeasures,
	...storeMeasures,
	...indexMeasures,
	...historyMeasures,
	...cliMeasures,
	...machineMeasures,
	...growthMeasures,
];

const { values: flags } = parseArgs({
	options: {
		json: { type: 'boolean' },
		only: { type: 'string' },
		against: { type: 'string', multiple: true },
		rounds: { type: 'string' },
		reference: { type: 'boolean', default: true },
		build: { type: 'boolean', default: true },
		profile: { type: 'string' },
	},
	allowNegative: true,
});

type Attempt = { readonly figures: Figures } | { readonly reason: string; readonly crashed: boolean };

async function attempt(measure: Measure, program: Program): Promise<Attempt> {
	const model = await TimedModel.start();
	try {
		return { figures: await measure.run(program, model) };
	} catch (error) {
		return { reason: error instanceof Error ? error.message : String(error), crashed: !(error instanceof Refusal) };
	} finally {
		await model.server.stop();
	}
}

function outcomeOf(rounds: readonly Attempt[], key: string): Outcome {
	const figures = rounds.map((tried) => ('figures' in tried ? (tried.figures[key] ?? []) : []));
	if (figures.some((values) => values.length > 0)) return { type: 'figures', rounds: figures };
	const failed = rounds.find((tried) => 'reason' in tried);
	return { type: 'missing', reason: failed && 'reason' in failed ? failed.reason : 'this machine does not tell' };
}

/** What each program gave, by program and round. */
async function inRounds(measure: Measure, programs: readonly Program[], rounds: number): Promise<readonly (readonly Attempt[])[]> {
	const tried: Attempt[][] = programs.map(() => []);
	for (let round = 0; round < rounds; round++) {
		for (let n = 0; n < programs.length; n++) {
			const index = (n + round) % programs.length;
			const program = programs[index];
			if (program) tried[index]?.push(await attempt(measure, program));
		}
	}
	return tried;
}

function build(): void {
	// A profile is read by people: names are kept.
	const args = ['esbuild.mjs', ...(flags.profile === undefined ? ['--production'] : []), `--outdir=${buildFolder}`];
	const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
	if (status !== 0) {
		throw new Error(`node ${args.join(' ')} ended with ${status}.`);
	}
}

function chosen(): readonly Measure[] {
	const wanted = flags.only?.split(',');
	const unknown = wanted?.find((id) => id !== 'sizes' && !measures.some((measure) => measure.id === id));
	if (unknown !== undefined) {
		throw new Error(`--only: there is no ${unknown}; there are ${measures.map((measure) => measure.id).join(', ')}, sizes.`);
	}
	return measures.filter((measure) => wanted?.includes(measure.id) ?? measure.onlyWhenNamed !== true);
}

async function main(): Promise<number> {
	const selected = chosen();
	const others = flags.against?.map(otherProgram) ?? (flags.reference ? installedPrograms() : []);
	const names = others.map(({ name }) => name);
	const programs = [ourProgram(buildFolder, flags.profile), ...others];
	const rounds = Number(flags.rounds ?? (flags.against ? 3 : 1));
	if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error(`--rounds: ${flags.rounds} is no number of rounds.`);
	if (flags.build) {
		build();
	}
	const results: ResultRow[] = [];
	let crashes = 0;
	for (const measure of selected) {
		console.error(`${measure.id} ...`);
		const [own = [], ...beside] = await inRounds(measure, programs, rounds);
		crashes += own.some((tried) => 'crashed' in tried && tried.crashed) ? 1 : 0;
		results.push(...measure.rows.map((row) => ({ row, ours: outcomeOf(own, row.key), others: beside.map((tried) => outcomeOf(tried, row.key)) })));
	}
	if (flags.only === undefined || flags.only.split(',').includes('sizes')) {
		const sizes = await measureSizes(root);
		results.push(
			...sizeRows.map((row) => {
				const values = sizes[row.key];
				const outcome: Outcome = values ? { type: 'figures', rounds: [values] } : { type: 'missing', reason: 'not built (npm run package)' };
				return { row, ours: outcome, others: [] };
			}),
		);
	}
	console.log(formatTable(results, names));
	const load = loadavg().map((each) => each.toFixed(1));
	console.log(
		`\nMedians of ${rounds} rounds. ${cpus().length} processors, load ${load.join(' ')}, Node ${process.version}; beside ours: ${names.join(', ') || 'nothing'}.`,
	);
	if (flags.json === true) {
		await mkdir(path.dirname(resultFile), { recursive: true });
		await writeFile(resultFile, `${JSON.stringify(toJson(results, others), null, '\t')}\n`);
		console.log(`Written to ${resultFile}.`);
	}
	return crashes === 0 ? 0 : 1;
}

function toJson(results: readonly ResultRow[], others: readonly Program[]) {
	const outcome = (given: Outcome) => figuresOf(given) ?? (given?.type === 'missing' ? { missing: given.reason } : null);
	const beside = (result: ResultRow) =>
		Object.fromEntries(
			others.map(({ name }, n) => [name, { ...outcome(result.others[n] ?? null), ratio: ratioOf(result.ours, result.others[n] ?? null) }]),
		);
	return {
		at: new Date().toISOString(),
		machine: { processors: cpus().length, system: `${process.platform} ${release()}`, node: process.version, load: loadavg() },
		others: others.map(({ name, command, args }) => ({ name, command: [command, ...args].join(' ') })),
		rows: results.map((result) => ({ ...result.row, ours: outcome(result.ours), others: beside(result) })),
	};
}

process.exitCode = await main();
