/**
 * Runs the browser tests: test/browser/page drives the page alone, test/browser/product the whole product in VS Code.
 * Arguments name single files. One file runs in this process; several, or all, run each in a process of its own, two at a time:
 * one lane takes product tests first, which wait a lot, the other page tests first, which compute. A file's output is printed when it has ended.
 */
import { spawn } from 'node:child_process';
import { glob, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Mocha from 'mocha';
import { readTestResult, reportTestResult, type TestResult } from './testResult.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const fileLimitMs = 5 * 60_000;
/** So many files may be unlucky in one run and are tried again where nobody can look; more is no bad luck. */
const unluckyFiles = 3;

async function runFile(file: string): Promise<TestResult> {
	const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'spec' });
	mocha.addFile(path.resolve(file));
	await mocha.loadFilesAsync();
	const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
		const runner = mocha.run(() => resolve(runner.stats));
	});
	if (stats === undefined) {
		throw new Error('Mocha ended without figures.');
	}
	return { passed: stats.passes, failed: stats.failures, skipped: stats.pending };
}

/** Runs one file in a process of its own. One that ends without a result counts as a failed test. */
async function runApart(file: string, folder: string): Promise<TestResult> {
	const resultFile = path.join(folder, `${file.replaceAll(/\W+/g, '-')}.json`);
	const started = performance.now();
	const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, file], {
		cwd: checkout,
		env: { ...process.env, TILLER_TEST_RESULT: resultFile, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const kept: Buffer[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => kept.push(chunk));
	}
	const limit = setTimeout(() => {
		kept.push(Buffer.from(`${file} did not end within ${fileLimitMs / 1000} s.\n`));
		child.kill('SIGKILL');
	}, fileLimitMs);
	await new Promise((resolve) => child.once('close', resolve));
	clearTimeout(limit);
	const result = (await readTestResult(resultFile)) ?? { passed: 0, failed: 1, skipped: 0 };
	await rm(resultFile, { force: true });
	process.stdout.write(`-- ${file} (${((performance.now() - started) / 1000).toFixed(1)} s)\n${Buffer.concat(kept).toString()}`);
	return result;
}

async function runAll(files: readonly string[]): Promise<TestResult> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tiller-browser-'));
	const results = new Map<string, TestResult>();
	const waiting = files.toSorted((a, b) => Number(b.includes('product')) - Number(a.includes('product')) || a.localeCompare(b));
	const lane = async (next: () => string | undefined) => {
		for (let file = next(); file !== undefined; file = next()) {
			results.set(file, await runApart(file, folder));
		}
	};
	try {
		await Promise.all([lane(() => waiting.shift()), lane(() => waiting.pop())]);
		const failed = [...results].filter(([, result]) => result.failed > 0).map(([file]) => file);
		// VS Code itself loses a key or a click now and then on a busy machine.
		if (process.env['CI'] !== undefined && failed.length <= unluckyFiles) {
			for (const file of failed) {
				console.log(`== a second attempt at ${file}, alone`);
				results.set(file, await runApart(file, folder));
			}
		}
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
	const sum = (figure: keyof TestResult) => [...results.values()].reduce((total, result) => total + result[figure], 0);
	return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

const named = process.argv.slice(2);
const [only] = named;
if (only !== undefined && named.length === 1) {
	await reportTestResult(await runFile(only));
} else {
	await reportTestResult(await runAll(named.length > 0 ? named : await Array.fromAsync(glob('test/browser/**/*.test.ts', { cwd: checkout }))));
}
// A test that leaves something open must not keep the whole run waiting.
process.exit();
