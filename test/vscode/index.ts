import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import type { TestFailure } from '../host/testResult.ts';
import { patient } from '../support/deadline.ts';

/**
 * Runs every compiled suite beside this file inside VS Code's extension host.
 * VS Code calls it once and takes a rejection for a failed run.
 */
export async function run(): Promise<void> {
	// VS Code passes on what is logged here, among much else, and does not fill in `%s`. The mark tells the launcher what to show.
	Mocha.reporters.Base.consoleLog = (text: string = '', ...values: unknown[]) => console.log(`[test] ${format(text, ...values)}`);
	const mocha = new Mocha({ ui: 'bdd', color: false, timeout: patient(180_000), reporter: 'spec' });
	for (const name of readdirSync(__dirname)
		.filter((entry) => entry.endsWith('.test.js'))
		.sort()) {
		mocha.addFile(path.join(__dirname, name));
	}
	const failures: TestFailure[] = [];
	const stats = await new Promise<Mocha.Stats>((resolve) => {
		const runner = mocha.run(() => resolve(runner.stats ?? noStats()));
		runner.on('fail', (test, error: Error) => {
			failures.push({ title: test.fullTitle(), file: path.basename(test.file ?? ''), message: String(error.stack ?? error) });
		});
	});
	const resultFile = process.env['TILLER_TEST_RESULT'];
	if (resultFile !== undefined) {
		writeFileSync(resultFile, JSON.stringify({ passed: stats.passes, failed: stats.failures, skipped: stats.pending, failures }));
	}
	if (stats.failures > 0) {
		throw new Error(`${stats.failures} tests failed.`);
	}
}

function noStats(): never {
	throw new Error('Mocha ended without figures.');
}
