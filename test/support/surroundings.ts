/**
 * Loaded by mocha before any test: gives the tests a temporary folder, a home and an environment of their own, so that nothing of this
 * machine or person changes a result. Under `npm test` the run has them already.
 */
import { folderVariable, startTestRun, type TestRun } from '../host/testRun.ts';

let run: TestRun | null = null;
if (process.env[folderVariable] === undefined) {
	run = startTestRun();
	const env = run.env('tests');
	for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
	Object.assign(process.env, env);
}
process.umask(0o022);

export async function mochaGlobalTeardown(): Promise<void> {
	await run?.end();
}
