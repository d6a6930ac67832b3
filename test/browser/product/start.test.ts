import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { releaseBrowser, sharedBrowser, takeScreenshot } from '../../host/browser.ts';
import { endProcesses, processesWithVariable } from '../../host/processTree.ts';
import { cacheFolder } from '../../host/vscode.ts';
import { openFile, openWorkbench, tillerView } from '../../host/workbench.ts';
import { newPage } from '../support.ts';

describe('npm start', () => {
	const mark = `start-${process.pid}`;
	let browser: Browser;
	let home: string;
	let child: ChildProcess | undefined;

	before(async () => {
		browser = await sharedBrowser();
		home = await mkdtemp(path.join(os.tmpdir(), 'tiller-start-'));
		await mkdir(path.join(home, '.codex'));
	});
	after(async () => {
		await releaseBrowser();
		await endProcesses((await processesWithVariable('START_TEST', mark)) ?? []);
		await rm(home, { recursive: true, force: true, maxRetries: 5 });
	});

	it('opens the sample folder with Tiller in VS Code, and Ctrl-C ends every process', async () => {
		const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, XDG_CACHE_HOME: path.dirname(cacheFolder()), CI: '1', START_TEST: mark };
		delete env['CODEX_HOME'];
		const started = spawn(process.execPath, [...process.execArgv, path.resolve(import.meta.dirname, '../../host/start.ts')], {
			env,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		child = started;
		let output = '';
		const ended = new Promise<number | null>((resolve) => started.once('close', resolve));
		const address = await new Promise<string>((resolve, reject) => {
			started.stdout.on('data', (chunk: Buffer) => {
				output += chunk.toString();
				const found = /VS Code with Tiller: (http:\S+)\n/.exec(output)?.[1];
				if (found !== undefined) {
					resolve(found);
				}
			});
			started.once('close', (code) => reject(new Error(`npm start ended with ${String(code)}:\n${output}`)));
		});

		const { page, close } = await newPage(browser);
		await openWorkbench(page, address);
		// In a new profile the chat is what a person sees first.
		await tillerView(page).getByText('What should we work on?').waitFor();
		await tillerView(page).getByRole('textbox', { name: 'Message to Tiller' }).waitFor();
		await takeScreenshot(page, { name: 'start' });
		await openFile(page, 'wordCount.js');
		// VS Code's own TypeScript works: it names what the file exports.
		await page.keyboard.press('Control+Shift+O');
		await page.locator('.quick-input-list .monaco-list-row').getByText('count', { exact: true }).first().waitFor();
		await page.keyboard.press('Escape');
		const folder = /Folder: (\S+)/.exec(output)?.[1] ?? '';
		assert.ok(existsSync(folder), `the sample folder is there: ${folder}`);
		assert.ok(((await processesWithVariable('START_TEST', mark)) ?? [started.pid]).length > 1, 'VS Code runs');

		child.kill('SIGINT');
		assert.equal(await ended, 0);
		assert.deepEqual((await processesWithVariable('START_TEST', mark)) ?? [], []);
		assert.equal(existsSync(folder), false, 'the copy of the sample is gone');
		await close();
	});
});
