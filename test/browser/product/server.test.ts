import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { releaseBrowser, sharedBrowser } from '../../host/browser.ts';
import { until } from '../../support/deadline.ts';
import { FakeModelServer, say } from '../../support/model/fakeModelServer.ts';
import type { Product } from '../openProduct.ts';
import { focusChat, openWithModel, pictureOfFailure, sendMessage, transcript } from './conversation.ts';

const dist = path.resolve(import.meta.dirname, '../../../dist');

describe('another app-server, named by the settings', () => {
	let browser: Browser;
	let model: FakeModelServer;
	let folder: string;
	let product: Product;

	before(async () => {
		browser = await sharedBrowser();
		model = await FakeModelServer.start();
		folder = await mkdtemp(path.join(os.tmpdir(), 'tiller-second-'));
		// Another copy of our build, without the test suites and the page.
		await cp(dist, folder, { recursive: true, filter: (file) => !/[/\\](test|webview\.\w+|extension\.js)$|\.map$/.test(file) });
		product = await openWithModel(browser, model, {
			settings: { 'tiller.server.path': path.join(folder, 'missing'), 'tiller.server.args': [path.join(folder, 'server.js'), 'app-server'] },
		});
	});
	after(async () => {
		await product?.close();
		await model?.stop();
		await releaseBrowser();
		await rm(folder, { recursive: true, force: true });
	});
	afterEach(function () {
		return pictureOfFailure(this, product);
	});

	it('says at once that the program is missing and what to do; works as soon as the setting names one', async () => {
		const { page, view, run, workspace } = product;
		await focusChat(product);
		await view.getByText('The Tiller server is not running', { exact: true }).waitFor();
		await view.getByText(`${folder}/missing could not be started: there is no such program. Correct the setting tiller.server.path`).waitFor();
		await view.getByRole('button', { name: 'Open Settings' }).click();
		await page.locator('.settings-editor').getByText('Path to another app-server program').first().waitFor();

		const settingsFile = path.join(run.folder, 'vscode', 'data', 'Machine', 'settings.json');
		const settings: unknown = JSON.parse(await readFile(settingsFile, 'utf8'));
		assert.ok(typeof settings === 'object');
		await writeFile(settingsFile, JSON.stringify({ ...settings, 'tiller.server.path': process.execPath }));
		await view.getByText('The Tiller server is not running', { exact: true }).waitFor({ state: 'hidden' });
		model.add(say('From the second server.'));
		await focusChat(product);
		await sendMessage(product, 'Who answers?');
		await transcript(view).getByText('From the second server.').waitFor();
		const commandLines = async () => {
			const processes = await Promise.all((await run.processes()).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
			return processes.filter((line) => line.includes('server.js\0app-server'));
		};
		if (process.platform === 'linux') {
			assert.deepEqual(await commandLines(), [`${process.execPath}\0${folder}/server.js\0app-server\0`], 'only the named server runs');
			await page.goto('about:blank');
			await until('the server to end with the window', async () => (await commandLines()).length === 0);
		}
		assert.ok(workspace !== '' && model.unscripted === 0);
	});
});
