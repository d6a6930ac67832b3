/**
 * Runs the browser tests: test/browser/page drives the page alone, test/browser/product the whole product in VS Code.
 * Arguments name single files; without any, all run.
 */
import { glob } from 'node:fs/promises';
import path from 'node:path';
import Mocha from 'mocha';
import { reportTestResult } from './testResult.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const named = process.argv.slice(2);
const files =
	named.length > 0
		? named.map((file) => path.resolve(file))
		: await Array.fromAsync(glob('test/browser/{page,product}/**/*.test.ts', { cwd: checkout }));
// VS Code itself loses a key or a click now and then on a busy machine. Where nobody can look, a test gets a second attempt, which is said.
const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'spec', retries: process.env['CI'] ? 1 : 0 });
for (const file of files.toSorted()) {
	mocha.addFile(path.resolve(checkout, file));
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
await reportTestResult({ passed: stats.passes, failed: stats.failures, skipped: stats.pending });
// A test that leaves something open must not keep the whole run waiting.
process.exit();
