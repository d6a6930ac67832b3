/**
 * `npm run test:desktop`: the suites of test/vscode in desktop VS Code.
 * VSCODE_EXECUTABLE names an installed one; otherwise @vscode/test-electron downloads the newest into the cache.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { copySample } from './sampleFolder.ts';
import { readTestResult, reportTestResult } from './testResult.ts';
import { cacheFolder } from './vscode.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const tests = path.join(checkout, 'dist/test/index.js');

async function executable(): Promise<string> {
	const named = process.env['VSCODE_EXECUTABLE'];
	if (named !== undefined && named !== '') {
		if (!existsSync(named)) {
			throw new Error(`VSCODE_EXECUTABLE names ${named}, which does not exist.`);
		}
		return named;
	}
	const cachePath = path.join(cacheFolder(), 'desktop');
	await mkdir(cachePath, { recursive: true });
	return downloadAndUnzipVSCode({ version: 'stable', cachePath }).catch((error: unknown) => {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(
			`Desktop VS Code could not be downloaded (${reason}). Name an installed one: VSCODE_EXECUTABLE=/path/to/code npm run test:desktop`,
			{ cause: error },
		);
	});
}

async function main(): Promise<void> {
	if (!existsSync(tests)) {
		throw new Error(`There are no compiled suites at ${tests}. Build them first: npm run build`);
	}
	if (process.platform === 'linux' && (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']) === undefined) {
		throw new Error('Desktop VS Code needs a screen. Without one: xvfb-run npm run test:desktop, or npm run test:vscode.');
	}
	const vscodeExecutablePath = await executable();
	const folder = await copySample();
	const resultFile = path.join(folder.parent, 'result.json');
	const at = (name: string) => path.join(folder.parent, name);
	await Promise.all(['home', 'codex'].map((name) => mkdir(at(name))));
	try {
		await runTests({
			vscodeExecutablePath,
			extensionDevelopmentPath: checkout,
			extensionTestsPath: tests,
			launchArgs: [
				folder.path,
				'--disable-workspace-trust',
				'--disable-extensions',
				'--user-data-dir',
				at('user'),
				'--extensions-dir',
				at('extensions'),
			],
			extensionTestsEnv: { CODEX_HOME: at('codex'), HOME: at('home'), TILLER_TEST_RESULT: resultFile, TILLER_TEST_WORKSPACE: folder.path },
		}).catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
		await reportTestResult((await readTestResult(resultFile)) ?? { passed: 0, failed: 1, skipped: 0 });
	} finally {
		await folder.remove();
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
