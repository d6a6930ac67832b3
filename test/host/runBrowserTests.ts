/**
 * Runs the browser tests: test/browser/page drives the page alone, test/browser/product the whole product in VS Code.
 * Arguments name single files. Without any, all run: page and product each in a process of its own at the same time, as both wait a lot;
 * what the page's process says is printed when it has ended.
 */
import { spawn } from 'node:child_process';
import { glob, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Mocha from 'mocha';
import { readTestResult, reportTestResult, type TestResult } from './testResult.ts';

const checkout = path.resolve(import.meta.dirname, '../..');

async function runFiles(files: readonly string[]): Promise<TestResult> {
	// VS Code itself loses a key or a click now and then on a busy machine. Where nobody can look, a test gets a second attempt, which is said.
	const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'spec', retries: process.env['CI'] ? 1 : 0 });
	for (const file of files.toSorted()) {
		mocha.addFile(path.resolve(file));
	}
	await mocha.loadFilesAsync();
	const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
		const runner = mocha.run(() => resolve(runner.stats));
		runner.on('retry', (test: Mocha.Test, error: Error) =>
			console.log(`      a second attempt, because at first: ${error.message.split('\n')[0]} (${test.title})`),
		);
	});
	if (stats === undefined) {
		throw new Error('Mocha ended without figures.');
	}
	return { passed: stats.passes, failed: stats.failures, skipped: stats.pending };
}

/** Runs a half of the tests in another process. A half that ends without a result counts as one failed test. */
async function runHalf(half: 'page' | 'product', { folder, output }: { folder: string; output: 'printed' | 'kept' }): Promise<TestResult> {
	const files = await Array.fromAsync(glob(`test/browser/${half}/**/*.test.ts`, { cwd: checkout }));
	const resultFile = path.join(folder, `${half}.json`);
	const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, ...files], {
		cwd: checkout,
		env: { ...process.env, TILLER_TEST_RESULT: resultFile },
		stdio: ['ignore', output === 'printed' ? 'inherit' : 'pipe', output === 'printed' ? 'inherit' : 'pipe'],
	});
	const kept: Buffer[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		stream?.on('data', (chunk: Buffer) => kept.push(chunk));
	}
	await new Promise((resolve) => child.once('close', resolve));
	process.stdout.write(Buffer.concat(kept));
	return (await readTestResult(resultFile)) ?? { passed: 0, failed: 1, skipped: 0 };
}

async function runAll(): Promise<TestResult> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tiller-browser-'));
	try {
		const [page, product] = await Promise.all([runHalf('page', { folder, output: 'kept' }), runHalf('product', { folder, output: 'printed' })]);
		return { passed: page.passed + product.passed, failed: page.failed + product.failed, skipped: page.skipped + product.skipped };
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

const named = process.argv.slice(2);
await reportTestResult(named.length > 0 ? await runFiles(named) : await runAll());
// A test that leaves something open must not keep the whole run waiting.
process.exit();
