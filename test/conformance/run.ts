/**
 * Runs the shared scenarios of scenarios.json against the built server, two at a time: `npm run conformance [-- PATTERN...]`.
 * Differences on purpose are in deviations.json, with reasons and exact counts.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { reportTestResult } from '../host/testResult.ts';
import { serverFile } from '../support/appServerProcess.ts';
import { readLines } from '../support/jsonLines.ts';

const harness = path.resolve(import.meta.dirname, '../../../shared/conformance/run.mjs');

function readNames(file: string): readonly string[] {
	const value: unknown = JSON.parse(readFileSync(path.join(import.meta.dirname, file), 'utf8'));
	if (!Array.isArray(value) || !value.every((name): name is string => typeof name === 'string')) {
		throw new Error(`${file} must be a list of names of scenarios.`);
	}
	return value;
}

async function main(patterns: readonly string[]): Promise<void> {
	if (!existsSync(harness)) {
		throw new Error(`There is no conformance harness at ${harness}.`);
	}
	const only = (patterns.length > 0 ? patterns : readNames('scenarios.json')).join(',');
	const args = [
		harness,
		...['--candidate', `'${process.execPath}' '${serverFile}' app-server`],
		...['--deviations', path.join(import.meta.dirname, 'deviations.json')],
		...['--only', only, '--max', '12'],
		// Where nobody can look, a scenario that differs is run again, which the harness prints.
		...(process.env['CI'] === undefined ? [] : ['--retries', '1']),
	];
	const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	let lastLine = '';
	readLines(child.stdout, (line) => {
		console.log(line);
		lastLine = line === '' ? lastLine : line;
	});
	await new Promise((resolve) => child.once('close', resolve));
	const figures = /(\d+) passed, (\d+) failed/.exec(lastLine);
	if (figures === null) {
		throw new Error(`The harness ended without its figures. Its last line: ${lastLine}`);
	}
	await reportTestResult({ passed: Number(figures[1]), failed: Number(figures[2]), skipped: 0 });
}

await main(process.argv.slice(2));
