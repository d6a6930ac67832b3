/**
 * Runs the suites of test/vscode inside real VS Code: its server on this machine, its workbench in Chromium.
 * The compiled suites are dist/test (see esbuild.mjs); the extension under development is this checkout.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { patienceMs, patient } from '../support/deadline.ts';
import { launchChromium } from './browser.ts';
import { copySample } from './sampleFolder.ts';
import { slownessVariable } from './slowness.ts';
import { readTestResult, reportTestResult, type TestResult } from './testResult.ts';
import { workbenchAddress } from './vscode.ts';
import { startRun } from './vscodeRun.ts';

/** No test says nothing for so long; each has mocha's own limit. */
const silenceMs = patient(5 * 60_000);

/** See test/vscode/index.ts. */
const testMark = '[test] ';

const checkout = path.resolve(import.meta.dirname, '../..');
const say = (line: string) => console.log(line);

/** Runs one compiled index against one extension; both default to this checkout's. */
async function runInVscode(extension: string, tests: string): Promise<TestResult> {
	if (!existsSync(tests)) {
		throw new Error(`There are no compiled suites at ${tests}. Build them first: npm run build`);
	}
	const browser = await launchChromium(say);
	const folder = await copySample();
	const resultFile = path.join(folder.parent, 'result.json');
	const run = await startRun({
		home: 'isolated',
		workspaceTrust: 'off',
		// The suites bring problems of their own and count the requests to the model.
		settings: { 'typescript.validate.enable': false, 'javascript.validate.enable': false, 'tiller.threads.titles': false },
		extensions: [path.join(checkout, 'test/vscode/modelProvider')],
		env: { TILLER_TEST_RESULT: resultFile, TILLER_TEST_WORKSPACE: folder.path, [slownessVariable]: process.env[slownessVariable] ?? '1' },
		say,
	}).catch(async (error: unknown) => {
		await browser.close();
		await folder.remove();
		throw error;
	});
	let failure: Error | undefined;
	const otherLines: string[] = [];
	try {
		const page = await browser.newPage();
		page.setDefaultTimeout(patienceMs);
		const exited = Promise.withResolvers<number>();
		const limit = setTimeout(() => exited.reject(new Error(`VS Code said nothing for ${silenceMs / 60_000} minutes.`)), silenceMs);
		await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) => {
			const text = args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ');
			limit.refresh();
			if (text.startsWith(testMark)) {
				console.log(text.slice(testMark.length));
			} else {
				otherLines.push(text.slice(0, 1000));
			}
		});
		await page.exposeFunction('codeAutomationExit', (code: number) => exited.resolve(code));
		page.once('crash', () => exited.reject(new Error("The page that shows VS Code's workbench crashed.")));
		run.ended.then(() => exited.reject(new Error('VS Code ended in the middle of the tests.')), exited.reject);
		exited.promise.catch(() => undefined).finally(() => clearTimeout(limit));
		await page.goto(
			workbenchAddress({
				authority: run.authority,
				folder: folder.path,
				extension,
				tests,
			}),
		);
		await exited.promise;
	} catch (error) {
		failure = error instanceof Error ? error : new Error(String(error));
		console.error(
			`${failure.message}\nVS Code's console:\n${otherLines.slice(-40).join('\n')}\nIts server's log:\n${(await readFile(run.logFile, 'utf8').catch(() => '')).slice(-4000)}`,
		);
	}
	const result = await readTestResult(resultFile);
	await browser.close();
	await run.end();
	await folder.remove();
	if (result === undefined) {
		console.error('The suites ended without a result.');
		return { passed: 0, failed: 1, skipped: 0 };
	}
	return failure === undefined ? result : { ...result, failed: result.failed + 1 };
}

const [extension = checkout, tests = path.join(checkout, 'dist/test/index.js')] = process.argv.slice(2);
await reportTestResult(await runInVscode(path.resolve(extension), path.resolve(tests)));
