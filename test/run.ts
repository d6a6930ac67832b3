/**
 * `npm test [-- SUITE...]`: builds, runs the suites, prints a line for each and, last and alone, `N passed, N failed`.
 * A suite that crashes, or that ran no test, counts as one failure. The server's suite, which waits more than it computes, runs beside
 * others. No suite has a limit: a slow machine takes longer. One that says nothing for a long time hangs, and is ended.
 * In CI, where nobody can look, at most three files of a suite that fail get a second attempt, alone, when all else has ended; both
 * attempts are in the summary.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { measureSlowness, slownessVariable } from './host/slowness.ts';
import { readTestResult, type TestFailure, type TestResult } from './host/testResult.ts';
import { startTestRun, type TestRun } from './host/testRun.ts';
import { cacheFolder, cacheVariable, fetchVscode } from './host/vscode.ts';
import { fetchWindowsNode, hasWineLane, wineProblem } from './host/windowsNode.ts';

const root = path.resolve(import.meta.dirname, '..');

interface Suite {
	readonly name: string;
	/** Arguments of node; the suite writes its figures to the file that TILLER_TEST_RESULT names. */
	readonly args: readonly string[];
	/** Runs inside VS Code, which is fetched once. */
	readonly needsVscode?: true;
	/** Null when the suite can run here, else why it is left out. */
	readonly leftOut?: () => string | null;
	/** Arguments of node that run only these files; absent where the suite has its own second attempts. */
	readonly again?: (files: readonly string[]) => readonly string[];
}

const mocha = (...files: readonly string[]) => [
	...['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'node_modules/mocha/bin/mocha.js', '--reporter', 'test/support/countingReporter.cjs'],
	...files,
];

const inWine = (...files: readonly string[]) => mocha('--require', 'test/wine/wineSuite.ts', ...files);
/** Parts of the server's suite about what Windows does in its own way: deletion, moves, spellings of paths, a database in use. */
const alsoOnWindows = ['forkAndRollback', 'deleteThread', 'unarchive', 'listFolders', 'threadIndex'].map(
	(name) => `test/server/threads/${name}.test.ts`,
);

/** As if on macOS: what asks for the system, in these tests and in the servers that they start, gets its answer. */
const asOnMacos = (...files: readonly string[]) => mocha('--require', 'test/systems/macosSuite.ts', ...files);
const alsoOnMacos = [
	'server/{platform,approval,sandbox,patch,checkpoint,config,skills,hooks,plugins,worktrees,files,instructions,git}/**/*.test.ts',
	...['worktrees', 'plugins', 'effectiveSettings', 'commands/approvals'].map((name) => `test/server/${name}.test.ts`),
];

/** So many files of a suite may be unlucky in one run; more is no bad luck. */
const UNLUCKY_FILES = 3;

/** Nothing that a suite does takes so long without a word, on a usual machine. */
const SILENCE_MS = 10 * 60_000;

const suites: readonly Suite[] = [
	{ name: 'check', args: ['test/check.ts'] },
	{
		name: 'unit',
		args: mocha('{server,extension,webview,test/support,test/host,test/conformance}/**/*.test.{ts,tsx}'),
		again: (files) => mocha(...files),
	},
	{ name: 'server', args: mocha('test/server/**/*.test.ts'), again: (files) => mocha(...files) },
	{ name: 'macos', args: asOnMacos(...alsoOnMacos), again: (files) => asOnMacos(...files) },
	{
		name: 'conformance',
		args: ['test/conformance/run.ts'],
		leftOut: () => (existsSync(path.join(root, '../shared/conformance/run.mjs')) ? null : '../shared/conformance is not here'),
	},
	// On a throw-away cluster that its tests start. Without PostgreSQL it fails, and says how to install it.
	{ name: 'postgres', args: mocha('test/postgres/**/*.test.ts'), again: (files) => mocha(...files) },
	// Its files share one VS Code, and what one leaves behind may be what another fails by.
	{ name: 'vscode', args: ['test/host/runVscodeTests.ts'], needsVscode: true, again: () => ['test/host/runVscodeTests.ts'] },
	{ name: 'package', args: mocha('test/package/**/*.test.ts'), again: (files) => mocha(...files) },
	{
		name: 'wine',
		args: inWine('test/wine/**/*.test.ts', ...alsoOnWindows),
		again: (files) => inWine(...files),
		leftOut: () => (process.env['CI'] === undefined || !hasWineLane ? wineProblem() : null),
	},
	{ name: 'browser', args: ['test/host/runBrowserTests.ts'], needsVscode: true },
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
	readonly silenceMs: number;
	/** Kept: printed in one piece when the child has ended. */
	readonly output: 'live' | 'kept';
}

/** Groups of processes that run now; whatever ends this run ends them. */
const groups = new Set<number>();

function endGroup(group: number): void {
	try {
		process.kill(-group, 'SIGKILL');
	} catch {
		// The group has ended by itself.
	}
	groups.delete(group);
}

/** The child's exit code, or null when it was ended because it said nothing for too long. It leads a process group. */
function run(args: readonly string[], { env, silenceMs, output }: RunOptions): Promise<number | null> {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
		if (child.pid !== undefined) groups.add(child.pid);
		const kept: Buffer[] = [];
		const timer = setTimeout(() => finish(null), silenceMs);
		for (const [stream, out] of [
			[child.stdout, process.stdout],
			[child.stderr, process.stderr],
		] as const) {
			stream.on('data', (chunk: Buffer) => {
				timer.refresh();
				if (output === 'kept') kept.push(chunk);
				else out.write(chunk);
			});
		}
		const finish = (code: number | null) => {
			clearTimeout(timer);
			if (child.pid !== undefined) endGroup(child.pid);
			process.stdout.write(Buffer.concat(kept.splice(0)));
			resolve(code);
		};
		child.once('error', (error) => {
			console.error(error.message);
			finish(1);
		});
		// What it said last may still be on its way; what it left running may hold the pipes for ever.
		child.once('exit', (code) => {
			if (child.pid !== undefined) endGroup(child.pid);
			child.once('close', () => finish(code ?? 1));
			setTimeout(() => finish(code ?? 1), 2000).unref();
		});
	});
}

interface SuiteOptions {
	readonly surroundings: TestRun;
	readonly env: Readonly<Record<string, string>>;
	readonly silenceMs: number;
	readonly output: RunOptions['output'];
}

async function runSuite(suite: Suite, { surroundings, output, ...options }: SuiteOptions): Promise<Outcome> {
	const started = performance.now();
	const file = path.join(surroundings.folder, `${suite.name}.json`);
	console.log(`== ${suite.name}${output === 'kept' ? ' beside others; its output comes when it has ended' : ''}`);
	const env = { ...surroundings.env(suite.name), ...options.env, TILLER_TEST_RESULT: file };
	const code = await run(suite.args, { env, silenceMs: options.silenceMs, output });
	const left = await surroundings.clear(suite.name);
	if (left.length > 0) console.log(`${suite.name} left ${left.length} processes, which were ended: ${left.join('; ')}`);
	const seconds = (performance.now() - started) / 1000;
	const result = suite.name === 'check' ? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 } : await readTestResult(file);
	const base = { name: suite.name, seconds, remark: '', passed: 0, failed: 1, skipped: 0 };
	if (code === null) {
		return { ...base, ...result, failed: (result?.failed ?? 0) + 1, remark: `said nothing for ${options.silenceMs / 60_000} minutes and was ended` };
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

/** The outcome with the second attempt in it, or as it was when there is to be none or it failed too. */
async function tryAgain(first: Outcome, options: SuiteOptions): Promise<Outcome> {
	const suite = suites.find(({ name }) => name === first.name);
	const failures = first.failures ?? [];
	const files = [...new Set(failures.map(({ file }) => file))];
	if (suite?.again === undefined || first.failed !== failures.length || files.length === 0 || files.length > UNLUCKY_FILES) return first;
	console.log(`== a second attempt at ${files.join(', ')}, alone`);
	const second = await runSuite({ ...suite, args: suite.again(files) }, options);
	const remark = `failed once: ${failures.map(({ title }) => title).join('; ')}`;
	const seconds = first.seconds + second.seconds;
	if (second.failed > 0) return { ...first, seconds, remark: `${remark}; so did the second attempt` };
	return { ...first, seconds, passed: first.passed + first.failed, failed: 0, remark };
}

function print({ title, file, message }: TestFailure): void {
	console.log(`\n${title}${file === '' ? '' : ` (${file})`}\n${message.slice(0, 4000)}`);
}

async function main(wanted: readonly string[]): Promise<void> {
	const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
	if (unknown.length > 0) {
		throw new Error(`There is no suite ${unknown.join(', ')}. Suites: ${suites.map((suite) => suite.name).join(', ')}`);
	}
	const chosen = wanted.length === 0 ? suites : suites.filter((suite) => wanted.includes(suite.name));
	const outcomes: Outcome[] = [];
	const notes: string[] = [];
	const runnable = chosen.filter((suite) => {
		const reason = suite.leftOut?.() ?? null;
		if (reason !== null) notes.push(`${suite.name}: left out, ${reason}`);
		return reason === null;
	});
	const slowness = measureSlowness();
	if (slowness > 1) console.log(`This machine is about ${slowness} times slower than a usual one now; limits are that much longer.`);
	const surroundings = startTestRun();
	const env = { [slownessVariable]: String(slowness), [cacheVariable]: cacheFolder() };
	const patience = SILENCE_MS * slowness;
	const interrupted = async () => {
		for (const group of groups) endGroup(group);
		await surroundings.end();
		process.exit(130);
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void interrupted());
	const runOne = async (suite: Suite) => {
		const output = suite.name === beside && runnable.length > 1 ? 'kept' : 'live';
		outcomes.push(await runSuite(suite, { surroundings, env, silenceMs: patience, output }));
	};
	const inOrder = async (part: readonly Suite[]) => {
		for (const suite of part) await runOne(suite);
	};
	try {
		// With the person's own environment: their npm settings say how the registry is reached.
		const say = (line: string) => console.log(line);
		if (runnable.some((suite) => suite.needsVscode)) await fetchVscode(say);
		if (runnable.some((suite) => suite.name === 'wine') && wineProblem() === null) await fetchWindowsNode(say);
		if (runnable.some((suite) => suite.name !== 'check' && suite.name !== 'unit')) {
			console.log('== build');
			const code = await run(['esbuild.mjs', '--production', '--tests'], { env: surroundings.env('build'), silenceMs: patience, output: 'live' });
			if (code !== 0) {
				outcomes.push({ name: 'build', passed: 0, failed: 1, skipped: 0, seconds: 0, remark: 'the rest runs on what there is' });
			}
		}
		const others = runnable.filter((suite) => suite.name !== beside && suite.name !== alone);
		const last = runnable.filter((suite) => suite.name === alone);
		const hasIdleCores = os.availableParallelism() >= 6;
		await Promise.all([inOrder(runnable.filter((suite) => suite.name === beside)), inOrder(others), inOrder(hasIdleCores ? last : [])]);
		await inOrder(hasIdleCores ? [] : last);
		for (const [index, outcome] of outcomes.entries()) {
			if (outcome.failed === 0 || process.env['CI'] === undefined) continue;
			outcomes[index] = await tryAgain(outcome, { surroundings, env, silenceMs: patience, output: 'live' });
		}
	} finally {
		await surroundings.end();
	}
	for (const failure of outcomes.flatMap(({ failures }) => failures ?? [])) print(failure);
	console.log('\n== summary');
	for (const outcome of outcomes) {
		console.log(`${outcome.name}: ${figures(outcome)} (${outcome.seconds.toFixed(1)} s)${outcome.remark === '' ? '' : ` - ${outcome.remark}`}`);
	}
	for (const note of notes) {
		console.log(note);
	}
	const sum = (key: 'passed' | 'failed' | 'skipped') => outcomes.reduce((total, outcome) => total + outcome[key], 0);
	const total = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
	console.log(figures(total));
	process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

await main(process.argv.slice(2));
