/**
 * `npm run mutate -- [--sample N] [--seed N] [--without TEXT]... FILE|FOLDER...`: changes the code in one place at a time, in a copy of the checkout, and runs the
 * unit tests that reach the changed file, the nearest first, but for those with a text of `--without` in their paths: slow ones. A change that no test notices has survived: there is a test missing, or the code is not needed.
 */
import { spawn } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';
import { endProcessesIn } from './host/processTree.ts';
import { measureSlowness, slownessVariable } from './host/slowness.ts';
import { startTestRun } from './host/testRun.ts';
import { mutantsOf, type Mutant } from './mutants.ts';

const root = path.resolve(import.meta.dirname, '..');

interface Place extends Mutant {
	readonly file: string;
}

/** The tests of a file's folder that reach it, also through others, and those elsewhere that import it themselves. */
function testsOf(file: string, imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
	const importers = new Map<string, string[]>();
	for (const [from, targets] of imports) for (const target of targets) importers.set(target, [...(importers.get(target) ?? []), from]);
	const reached = new Set([file]);
	for (const each of reached) for (const importer of importers.get(each) ?? []) reached.add(importer);
	const own = path.dirname(file);
	const nearness = (test: string) => Number(importers.get(file)?.includes(test) === true) + Number(path.dirname(test) === own);
	return [...reached]
		.filter((each) => /\.test\.tsx?$/.test(each) && nearness(each) > 0)
		.sort((a, b) => nearness(b) - nearness(a) || a.localeCompare(b));
}

function importsIn(file: string): readonly string[] {
	const text = readFileSync(path.join(root, file), 'utf8');
	return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target = '']) => path.join(path.dirname(file), target));
}

function isCode(text: string, file: string): boolean {
	try {
		esbuild.transformSync(text, { loader: file.endsWith('x') ? 'tsx' : 'ts', jsx: 'automatic' });
		return true;
	} catch {
		return false;
	}
}

function shuffled<T>(list: readonly T[], seed: number): readonly T[] {
	let state = seed;
	const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
	return list
		.map((value) => ({ value, at: next() }))
		.sort((a, b) => a.at - b.at)
		.map(({ value }) => value);
}

interface Surroundings {
	/** The checkout that is changed. */
	readonly copy: string;
	readonly env: NodeJS.ProcessEnv;
}

/** Whether the tests pass. They lead a process group, which is ended with them. */
function passes(tests: readonly string[], { copy, env }: Surroundings, limitMs: number): Promise<boolean> {
	return new Promise((resolve) => {
		// Not `bin/mocha.js`, which starts a second process for the options of Node in its settings.
		const mocha = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', path.join(root, 'node_modules/mocha/lib/cli/cli.js')];
		const slowness = Number(env[slownessVariable]);
		const options = ['--bail', '--fail-zero', '--reporter', 'dot', '--timeout', String(20_000 * slowness)];
		const child = spawn(process.execPath, [...mocha, ...options, ...tests], { cwd: copy, env, stdio: 'ignore', detached: true });
		const end = (passed: boolean) => {
			clearTimeout(timer);
			try {
				process.kill(-(child.pid ?? 0), 'SIGKILL');
			} catch {
				// The group has ended.
			}
			resolve(passed);
		};
		// A change that lets the code run for ever is noticed, too.
		const timer = setTimeout(() => end(false), limitMs);
		child.once('exit', (code) => end(code === 0));
	});
}

/** Those that pass without any change. One that does not says nothing of a change, and is named. */
async function passing(tests: readonly string[], surroundings: Surroundings): Promise<readonly string[]> {
	const limitMs = 30 * 60_000;
	if (tests.length === 0 || (await passes(tests, surroundings, limitMs))) return tests;
	const found: string[] = [];
	for (const test of tests) {
		if (await passes([test], surroundings, limitMs)) found.push(test);
		else console.log(`${test} fails without any change: left out`);
	}
	return found;
}

async function main(): Promise<void> {
	const options = { sample: { type: 'string' }, seed: { type: 'string' }, without: { type: 'string', multiple: true } } as const;
	const { values, positionals } = parseArgs({ allowPositionals: true, options });
	const isTest = (file: string) => /\.test\.tsx?$/.test(file);
	const files = positionals
		.flatMap((each) => (statSync(path.join(root, each)).isDirectory() ? globSync(`${each}/**/*.{ts,tsx}`, { cwd: root }) : [each]))
		.filter((file) => !isTest(file));
	if (files.length === 0) throw new Error('Name files or folders, such as server/approval.');
	const imports = new Map(globSync('{server,extension,webview}/**/*.{ts,tsx}', { cwd: root }).map((file) => [file, importsIn(file)]));
	const all = files.flatMap((file): readonly Place[] =>
		mutantsOf(readFileSync(path.join(root, file), 'utf8')).map((mutant) => ({ ...mutant, file })),
	);
	const chosen = shuffled(all, Number(values.seed ?? 1));
	const wanted = Math.min(Number(values.sample ?? chosen.length), chosen.length);
	const copy = mkdtempSync(path.join(tmpdir(), 'mutate-'));
	// One run for all: each test run of its own would start a process to clean up after it.
	const run = startTestRun();
	const env = { ...run.env('mutants'), NODE_COMPILE_CACHE: path.join(copy, 'compiled'), [slownessVariable]: String(measureSlowness()) };
	const surroundings: Surroundings = { copy, env };
	let killed = 0;
	const survivors: string[] = [];
	try {
		for (const name of ['server', 'extension', 'webview', 'test', 'package.json', '.mocharc.cjs', 'l10n'])
			cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
		for (const name of ['node_modules', 'dist']) symlinkSync(path.join(root, name), path.join(copy, name));
		const limits = new Map<string, number>();
		const usable = new Map<string, readonly string[]>();
		for (const { file, line, what, text } of chosen) {
			if (killed + survivors.length === wanted) break;
			if (!isCode(text, file)) continue;
			const reaching = testsOf(file, imports).filter((test) => !values.without?.some((text) => test.includes(text)));
			const key = reaching.join();
			if (!usable.has(key)) {
				const began = performance.now();
				usable.set(key, await passing(reaching, surroundings));
				limits.set(key, 20_000 + 4 * (performance.now() - began));
			}
			const tests = usable.get(key) ?? [];
			const target = path.join(copy, file);
			const before = readFileSync(target);
			writeFileSync(target, text);
			const survived = tests.length === 0 || (await passes(tests, surroundings, limits.get(key) ?? 60_000));
			writeFileSync(target, before);
			if (survived) survivors.push(`${file}:${line} ${what}`);
			else killed++;
			console.log(`${survived ? 'SURVIVED' : 'killed  '} ${file}:${line} ${what}`);
		}
	} finally {
		await run.end();
		await endProcessesIn(copy);
		rmSync(copy, { recursive: true, force: true });
	}
	const count = killed + survivors.length;
	console.log(`\n${killed} of ${count} killed (${((killed / Math.max(1, count)) * 100).toFixed(0)} %). Survived:\n${survivors.sort().join('\n')}`);
}

await main();
