import { readFile, writeFile } from 'node:fs/promises';

/** What a suite runner tells `test/run.ts`, as JSON in the file that `TILLER_TEST_RESULT` names. */
export interface TestResult {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
}

export async function readTestResult(file: string): Promise<TestResult | undefined> {
	const text = await readFile(file, 'utf8').catch(() => undefined);
	if (text === undefined) {
		return undefined;
	}
	const value: unknown = JSON.parse(text);
	const figure = (name: string): number => {
		const number: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
		if (typeof number !== 'number') {
			throw new Error(`The result file ${file} has no figure for ${name}: ${text}`);
		}
		return number;
	};
	return { passed: figure('passed'), failed: figure('failed'), skipped: figure('skipped') };
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
