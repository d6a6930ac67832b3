import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const testFailure = z.object({
	/** With the names of the blocks around it. */
	title: z.string(),
	/** Relative to the checkout; empty where the runner does not know it. */
	file: z.string(),
	/** With the stack where there is one. */
	message: z.string(),
});

const testResult = z.object({
	passed: z.number(),
	failed: z.number(),
	skipped: z.number(),
	/** Of runners that know them. */
	failures: z.array(testFailure).readonly().optional(),
});

export type TestFailure = Readonly<z.infer<typeof testFailure>>;

/** What a suite runner tells `test/run.ts`, as JSON in the file that `TILLER_TEST_RESULT` names. */
export type TestResult = Readonly<z.infer<typeof testResult>>;

/** Undefined when the runner wrote none. */
export async function readTestResult(file: string): Promise<TestResult | undefined> {
	const text = await readFile(file, 'utf8').catch(() => undefined);
	return text === undefined ? undefined : testResult.parse(JSON.parse(text));
}

/** Prints the summary line, passes the result on, and sets the exit code. A run without tests counts as failed. */
export async function reportTestResult(result: TestResult): Promise<void> {
	const file = process.env['TILLER_TEST_RESULT'];
	if (file !== undefined) {
		await writeFile(file, JSON.stringify(result));
	}
	console.log(`${result.passed} passed, ${result.failed} failed${result.skipped > 0 ? `, ${result.skipped} skipped` : ''}`);
	process.exitCode = result.failed > 0 || result.passed === 0 ? 1 : 0;
}
