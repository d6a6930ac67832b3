import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { readTestResult } from '../host/testResult.ts';
import { folderVariable } from '../host/testRun.ts';
import { slownessVariable } from '../host/slowness.ts';
import { patient } from '../support/deadline.ts';
import { sharedWine } from './wineSuite.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const rooms = ['platform', 'approval', 'patch', 'checkpoint', 'config', 'skills', 'sandbox', 'instructions', 'memory', 'requirements'];
/** Far fewer would mean that they were not found. */
const leastTests = 250;

describe('the unit tests on Windows', () => {
	it('pass in the Windows build of Node, in the rooms in which Windows differs', async function () {
		this.timeout(patient(400_000));
		const host = sharedWine();
		await mkdir(host.at('units'), { recursive: true });
		const files = `server/{${rooms.join(',')}}/**/*.test.ts`;
		const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', 'test/support/countingReporter.cjs', '--require', 'test/wine/unitsOnWindows.ts'];
		const log = host.at('units', 'log.txt');
		const code = await host.runIntoFile({
			args: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--disable-warning=ExperimentalWarning', ...mocha, files],
			cwd: checkout,
			env: {
				TILLER_TEST_RESULT: 'C:\\units\\result.json',
				[folderVariable]: 'C:\\units',
				[slownessVariable]: process.env[slownessVariable] ?? '1',
			},
			output: log,
			ms: patient(390_000),
		});
		const result = await readTestResult(host.at('units', 'result.json'));
		assert.ok(result !== undefined, `ended with ${code}: ${(await readFile(log, 'utf8')).slice(-4000)}`);
		assert.deepEqual(result.failures ?? [], []);
		assert.ok(result.failed === 0 && result.passed >= leastTests, `${result.passed} passed, ${result.failed} failed`);
		console.log(`      ${result.passed} passed, ${result.skipped} skipped`);
	});
});
