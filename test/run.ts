/**
 * `npm test [-- SUITE...]`: builds, runs the suites, prints a line for each and, last and alone, `N passed, N failed`.
 * A suite that crashes, or that ran no test, counts as one failure. The server's suite, which waits more than it computes, runs beside others.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTestResult, type TestResult } from './host/testResult.ts';

const root = path.resolve(import.meta.dirname, '..');

interface Suite {
	readonly name: string;
	/** Arguments of node; the suite writes its figures to the file that TILLER_TEST_RESULT names. */
	readonly args: readonly string[];
	readonly limitMs: number;
	/** Null when the suite can run here, else why it is left out. */
	readonly leftOut?: () => string | null;
}

const mocha = (...files: readonly string[]) => [
	...['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'node_modules/mocha/bin/mocha.js', '--reporter', 'test/support/countingReporter.cjs'],
	...files,
];
const minutes = (count: number) => count * 60_000;

const suites: readonly Suite[] = [
	{ name: 'check', args: ['test/check.ts'], limitMs: minutes(2) },
	{ name: 'unit', args: mocha('{server,extension,webview,test/support}/**/*.test.{ts,tsx}'), limitMs: minutes(4) },
	{ name: 'server', args: mocha('test/server/**/*.test.ts'), limitMs: minutes(6) },
	{
		name: 'conformance',
		args: ['test/conformance/run.ts'],
		limitMs: minutes(6),
		leftOut: () => (existsSync(path.join(root, '../shared/conformance/run.mjs')) ? null : '../shared/conformance is not here'),
	},
	{ name: 'vscode', args: ['test/host/runVscodeTests.ts'], limitMs: minutes(5) },
	{ name: 'package', args: mocha('test/package/**/*.test.ts'), limitMs: minutes(2) },
	{ name: 'browser', args: ['test/host/runBrowserTests.ts'], limitMs: minutes(9) },
];
/** Runs at the same time as those before `alone`. */
const beside = 'server';
/** Keeps every core busy by itself. */
const alone = 'browser';

interface Outcome extends TestResult {
	readonly name: string;
	readonly seconds: number;
	readonly remark: string;
}

interface RunOptions {
	readonly env: NodeJS.ProcessEnv;
	readonly limitMs: number;
	/** Kept: printed in one piece when the child has ended. */
	readonly output: 'live' | 'kept';
}

/** The child's exit code, or null when it was ended for taking too long. It leads a process group, so that nothing of it stays behind. */
function run(args: readonly string[], { env, limitMs, output }: RunOptions): Promise<number | null> {
	return new Promise((resolve) => {
		const stream = output === 'live' ? 'inherit' : 'pipe';
		const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', stream, stream], detached: true });
		const kept: Buffer[] = [];
		for (const stream of [child.stdout, child.stderr]) {
			stream?.on('data', (chunk: Buffer) => kept.push(chunk));
		}
		const end = () => {
			if (child.pid !== undefined) {
				try {
					process.kill(-child.pid, 'SIGKILL');
				} catch {
					// The group has ended by itself.
				}
			}
		};
		const interrupted = () => {
			end();
			process.exit(130);
		};
		const finish = (code: number | null) => {
			clearTimeout(timer);
			process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
			end();
			process.stdout.write(Buffer.concat(kept.splice(0)));
			resolve(code);
		};
		const timer = setTimeout(() => finish(null), limitMs);
		process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
		child.once('error', (error) => {
			console.error(error.message);
			finish(1);
		});
		child.once('exit', (code) => finish(code ?? 1));
	});
}

async function runSuite(suite: Suite, options: { readonly folder: string; readonly output: RunOptions['output'] }): Promise<Outcome> {
	const started = performance.now();
	const file = path.join(options.folder, `${suite.name}.json`);
	console.log(`== ${suite.name}${options.output === 'kept' ? ' beside them; its output comes when it has ended' : ''}`);
	const code = await run(suite.args, { env: { ...process.env, TILLER_TEST_RESULT: file }, limitMs: suite.limitMs, output: options.output });
	const seconds = (performance.now() - started) / 1000;
	const result = suite.name === 'check' ? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 } : await readTestResult(file);
	const base = { name: suite.name, seconds, remark: '', passed: 0, failed: 1, skipped: 0 };
	if (code === null) {
		return { ...base, ...result, failed: (result?.failed ?? 0) + 1, remark: `did not end within ${suite.limitMs / 1000} s` };
	}
	if (result === undefined) {
		return { ...base, remark: `ended with exit code ${code} and without a result` };
	}
	if (result.passed + result.failed === 0) {
		return { ...base, ...result, failed: 1, remark: 'ran no test' };
	}
	if (code !== 0 && result.failed === 0) {
		return { ...base, ...result, failed: 1, remark: `ended with exit code ${code}` };
	}
	return { ...base, ...result };
}

function figures({ passed, failed, skipped }: TestResult): string {
	return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

async function main(wanted: readonly string[]): Promise<void> {
	const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
	if (unknown.length > 0) {
		throw new Error(`There is no suite ${unknown.join(', ')}. Suites: ${suites.map((suite) => suite.name).join(', ')}`);
	}
	const chosen = wanted.length === 0 ? suites : suites.filter((suite) => wanted.includes(suite.name));
	const outcomes: Outcome[] = [];
	const notes: string[] = [];
	if (chosen.some((suite) => suite.name !== 'check' && suite.name !== 'unit')) {
		console.log('== build');
		const code = await run(['esbuild.mjs', '--production', '--tests'], { env: process.env, limitMs: minutes(2), output: 'live' });
		if (code !== 0) {
			outcomes.push({ name: 'build', passed: 0, failed: 1, skipped: 0, seconds: 0, remark: 'the rest runs on what there is' });
		}
	}
	const folder = await mkdtemp(path.join(tmpdir(), 'tiller-run-'));
	const runnable = chosen.filter((suite) => {
		const reason = suite.leftOut?.() ?? null;
		if (reason !== null) {
			notes.push(`${suite.name}: left out, ${reason}`);
		}
		return reason === null;
	});
	const inOrder = async (part: readonly Suite[]) => {
		for (const suite of part) {
			outcomes.push(await runSuite(suite, { folder, output: suite.name === beside && runnable.length > 1 ? 'kept' : 'live' }));
		}
	};
	try {
		const others = runnable.filter((suite) => suite.name !== beside && suite.name !== alone);
		await Promise.all([inOrder(runnable.filter((suite) => suite.name === beside)), inOrder(others)]);
		await inOrder(runnable.filter((suite) => suite.name === alone));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
	console.log('\n== summary');
	for (const outcome of outcomes) {
		console.log(`${outcome.name}: ${figures(outcome)} (${outcome.seconds.toFixed(1)} s)${outcome.remark === '' ? '' : ` - ${outcome.remark}`}`);
	}
	for (const note of notes) {
		console.log(note);
	}
	const sum = (key: keyof TestResult) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
	const total = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
	console.log(figures(total));
	process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

await main(process.argv.slice(2));
