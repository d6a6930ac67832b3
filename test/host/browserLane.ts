/** A lane of runBrowserTests.ts: runs the files that its parent names, each with a mocha of its own and all with one Chromium. */
import path from 'node:path';
import '../support/surroundings.ts';
import Mocha from 'mocha';
import { patient } from '../support/deadline.ts';
import { closeBrowser, keepBrowser } from './browser.ts';
import type { TestFailure, TestResult } from './testResult.ts';

export interface LaneRequest {
	readonly file: string;
}

export interface LaneResult {
	readonly result: TestResult;
}

async function runFile(file: string): Promise<TestResult> {
	const mocha = new Mocha({ ui: 'bdd', timeout: patient(180_000), reporter: 'spec' });
	mocha.addFile(path.resolve(file));
	await mocha.loadFilesAsync();
	const failures: TestFailure[] = [];
	const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
		const runner = mocha.run(() => resolve(runner.stats));
		runner.on('fail', (test, error: Error) => failures.push({ title: test.fullTitle(), file, message: String(error.stack ?? error) }));
	});
	if (stats === undefined) throw new Error('Mocha ended without figures.');
	return { passed: stats.passes, failed: stats.failures, skipped: stats.pending, failures };
}

keepBrowser();
process.on('message', ({ file }: LaneRequest) => {
	void runFile(file)
		.catch((error: unknown): TestResult => {
			console.error(error);
			return { passed: 0, failed: 1, skipped: 0 };
		})
		.then((result) => process.send?.({ result } satisfies LaneResult));
});
process.once('disconnect', () => {
	void closeBrowser().finally(() => process.exit());
});
