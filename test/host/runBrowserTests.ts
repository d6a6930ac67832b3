/**
 * Runs the browser tests: test/browser/page drives the page alone, test/browser/product the whole product in VS Code.
 * Arguments name single files. They run in lanes, each a process with one Chromium that asks for its next file when one has ended:
 * one takes product tests first, which wait a lot, the others page tests first, which compute. A file's output is printed when it has ended.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { glob } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { patient } from '../support/deadline.ts';
import type { LaneRequest, LaneResult } from './browserLane.ts';
import { reportTestResult, type TestResult } from './testResult.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
/** No single test takes so long: what says nothing for this time hangs. */
const silenceMs = patient(5 * 60_000);
/** So many files may be unlucky in one run and are tried again where nobody can look; more is no bad luck. */
const UNLUCKY_FILES = 3;

/** A process that runs files one after another; another one takes its place when it dies or hangs. */
class Lane {
	#child: ChildProcess | null = null;

	async run(file: string): Promise<TestResult> {
		const started = performance.now();
		const kept: Buffer[] = [];
		const child = (this.#child ??= this.#start());
		const result = await new Promise<TestResult | null>((resolve) => {
			const timer = setTimeout(() => {
				kept.push(Buffer.from(`${file} said nothing for ${silenceMs / 60_000} minutes and was ended.\n`));
				child.kill('SIGKILL');
			}, silenceMs);
			const hear = (chunk: Buffer) => {
				timer.refresh();
				kept.push(chunk);
			};
			const answered = (answer: LaneResult) => end(answer.result);
			const exited = () => end(null);
			const end = (value: TestResult | null) => {
				clearTimeout(timer);
				for (const stream of [child.stdout, child.stderr]) stream?.off('data', hear);
				child.off('message', answered).off('exit', exited);
				resolve(value);
			};
			for (const stream of [child.stdout, child.stderr]) stream?.on('data', hear);
			child.on('message', answered).on('exit', exited);
			child.send({ file } satisfies LaneRequest);
		});
		if (result === null) this.#child = null;
		process.stdout.write(`-- ${file} (${((performance.now() - started) / 1000).toFixed(1)} s)\n${Buffer.concat(kept).toString()}`);
		return result ?? { passed: 0, failed: 1, skipped: 0 };
	}

	/** Resolves when its browser is closed and its process has ended. */
	async end(): Promise<void> {
		const child = this.#child;
		this.#child = null;
		if (child === null) return;
		const exited = new Promise((resolve) => child.once('exit', resolve));
		child.disconnect();
		await exited;
	}

	#start(): ChildProcess {
		return fork(path.join(import.meta.dirname, 'browserLane.ts'), [], {
			cwd: checkout,
			env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		});
	}
}

async function runAll(files: readonly string[]): Promise<TestResult> {
	const results = new Map<string, TestResult>();
	const waiting = files.toSorted((a, b) => Number(b.includes('product')) - Number(a.includes('product')) || a.localeCompare(b));
	const lane = async (next: () => string | undefined) => {
		const running = new Lane();
		for (let file = next(); file !== undefined; file = next()) results.set(file, await running.run(file));
		await running.end();
	};
	const others = Math.min(4, Math.max(2, Math.floor(os.availableParallelism() / 2))) - 1;
	await Promise.all([lane(() => waiting.shift()), ...Array.from({ length: others }, () => lane(() => waiting.pop()))]);
	const failed = [...results].filter(([, result]) => result.failed > 0).map(([file]) => file);
	// VS Code itself loses a key or a click now and then on a busy machine.
	if (process.env['CI'] !== undefined && failed.length <= UNLUCKY_FILES) {
		for (const file of failed) {
			console.log(`== a second attempt at ${file}, alone`);
			const running = new Lane();
			const second = await running.run(file);
			results.set(file, { ...second, failures: [...(results.get(file)?.failures ?? []), ...(second.failures ?? [])] });
			await running.end();
		}
	}
	const sum = (figure: 'passed' | 'failed' | 'skipped') => [...results.values()].reduce((total, result) => total + result[figure], 0);
	const failures = [...results.values()].flatMap((result) => result.failures ?? []);
	return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), failures };
}

const named = process.argv.slice(2);
await reportTestResult(await runAll(named.length > 0 ? named : await Array.fromAsync(glob('test/browser/**/*.test.ts', { cwd: checkout }))));
// A test that leaves something open must not keep the whole run waiting.
process.exit();
