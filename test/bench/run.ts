/**
 * Measures the built server, and beside it the reference program where that is installed, and prints a table of the budgets:
 *   npm run bench [-- --json] [--only start,turn] [--no-reference] [--no-build] [--profile FOLDER]
 * TILLER_BENCH_REFERENCE is the path of the reference program. `--json` writes .bench/result.json too. Figures are medians. A budget
 * that is missed is shown and is no failure; the exit status is 1 only when a program crashed or gave a wrong result.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal } from './client.ts';
import type { Figures, Measure } from './measure.ts';
import { TimedModel } from './model.ts';
import { buildFolder, ourProgram, type Program, referenceProgram, resultFile } from './program.ts';
import { historyMeasures } from './historyMeasures.ts';
import { measureSizes, sizeRows } from './sizes.ts';
import { indexMeasures } from './indexMeasures.ts';
import { socketMeasures } from './socketMeasures.ts';
import { machineMeasures } from './machineMeasures.ts';
import { mcpMeasures } from './mcpMeasures.ts';
import { storeMeasures } from './storeMeasures.ts';
import { figuresOf, formatTable, type Outcome, type ResultRow } from './table.ts';
import { turnMeasures } from './turnMeasures.ts';

const root = path.resolve(import.meta.dirname, '../..');
const measures: readonly Measure[] = [
	...turnMeasures,
	...mcpMeasures,
	...socketMeasures,
	...storeMeasures,
	...indexMeasures,
	...historyMeasures,
	...machineMeasures,
];

const { values: flags } = parseArgs({
	options: {
		json: { type: 'boolean' },
		only: { type: 'string' },
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

function outcomeOf(tried: Attempt | null, key: string): Outcome {
	if (tried === null) {
		return null;
	}
	if ('reason' in tried) {
		return { type: 'missing', reason: tried.reason };
	}
	const values = tried.figures[key] ?? [];
	return values.length === 0 ? { type: 'missing', reason: 'this machine does not tell' } : { type: 'figures', values };
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
	const ours = ourProgram(buildFolder, flags.profile);
	const reference = flags.reference ? referenceProgram(process.env) : null;
	if (flags.build) {
		build();
	}
	const results: ResultRow[] = [];
	let crashes = 0;
	for (const measure of selected) {
		console.error(`${measure.id} ...`);
		const own = await attempt(measure, ours);
		const other = reference && (await attempt(measure, reference));
		crashes += 'crashed' in own && own.crashed ? 1 : 0;
		results.push(...measure.rows.map((row) => ({ row, ours: outcomeOf(own, row.key), reference: outcomeOf(other, row.key) })));
	}
	if (flags.only === undefined || flags.only.split(',').includes('sizes')) {
		const sizes = await measureSizes(root);
		results.push(
			...sizeRows.map((row) => {
				const values = sizes[row.key];
				const outcome: Outcome = values ? { type: 'figures', values } : { type: 'missing', reason: 'not built (npm run package)' };
				return { row, ours: outcome, reference: null };
			}),
		);
	}
	console.log(formatTable(results));
	const load = loadavg().map((each) => each.toFixed(1));
	console.log(
		`\nMedians. ${cpus().length} processors, load ${load.join(' ')}, Node ${process.version}; reference: ${reference?.command ?? 'not installed'}.`,
	);
	if (flags.json === true) {
		await mkdir(path.dirname(resultFile), { recursive: true });
		await writeFile(resultFile, `${JSON.stringify(toJson(results, reference), null, '\t')}\n`);
		console.log(`Written to ${resultFile}.`);
	}
	return crashes === 0 ? 0 : 1;
}

function toJson(results: readonly ResultRow[], reference: Program | null) {
	const outcome = (given: Outcome) => figuresOf(given) ?? (given?.type === 'missing' ? { missing: given.reason } : null);
	return {
		at: new Date().toISOString(),
		machine: { processors: cpus().length, system: `${process.platform} ${release()}`, node: process.version, load: loadavg() },
		reference: reference?.command ?? null,
		rows: results.map((result) => ({ ...result.row, ours: outcome(result.ours), reference: outcome(result.reference) })),
	};
}

process.exitCode = await main();
