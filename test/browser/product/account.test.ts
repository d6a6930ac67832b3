import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { releaseBrowser, sharedBrowser } from '../../host/browser.ts';
import { runCommand } from '../../host/workbench.ts';
import { FakeModelServer, say } from '../../support/model/fakeModelServer.ts';
import { fakeModelConfig } from '../../support/appServerProcess.ts';
import { openProduct, type Product } from '../openProduct.ts';
import { focusChat, pictureOfFailure, sendMessage, transcript } from './conversation.ts';

describe('the account', () => {
	const key = 'sk-test-0123456789-secret';
	let browser: Browser;
	let model: FakeModelServer;
	let product: Product;

	before(async () => {
		browser = await sharedBrowser();
		model = await FakeModelServer.start([say('Signed in, I answer.')]);
		product = await openProduct(browser, { configToml: `${fakeModelConfig(model.url)}requires_openai_auth = true\n` });
	});
	after(async () => {
		await product?.close();
		await model?.stop();
		await releaseBrowser();
	});
	afterEach(function () {
		return pictureOfFailure(this, product);
	});

	it('signs in with a key that no setting and no log holds, and signs out', async () => {
		const { page, view, run } = product;
		await focusChat(product);
		await view.getByText('Set up a model', { exact: true }).waitFor();
		await view.getByRole('button', { name: /^Sign In/ }).click();
		await page.getByRole('option', { name: /^OpenAI API key/ }).click();
		const input = page.locator('.quick-input-widget:visible input');
		await input.and(page.locator('[type=password]:focus')).waitFor();
		await page.keyboard.type(key);
		await page.keyboard.press('Enter');
		await view.getByText('Set up a model', { exact: true }).waitFor({ state: 'hidden' });
		await focusChat(product);
		await sendMessage(product, 'Hello');
		await transcript(view).getByText('Signed in, I answer.').waitFor();
		assert.equal(model.requests[0]?.headers.authorization, `Bearer ${key}`);
		assert.deepEqual(await filesWith(run.folder, key), [path.join('codex', 'auth.json')], 'only where the server keeps it');

		await runCommand(page, 'Tiller: Sign Out');
		await view.getByText('Set up a model', { exact: true }).waitFor();
		await view.getByText('What should we work on?').or(transcript(view)).first().waitFor();
		assert.deepEqual(await filesWith(run.folder, key), []);

		// The kept key is gone too: a new server finds none to sign in with.
		await runCommand(page, 'Tiller: Restart Server');
		await focusChat(product);
		await view.getByText('Set up a model', { exact: true }).waitFor();
		assert.equal(model.requests.length, 1);
	});
});

/** Files below a folder that hold a text, by their path in it. */
async function filesWith(folder: string, text: string): Promise<string[]> {
	const found: string[] = [];
	for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
		const file = path.join(entry.parentPath, entry.name);
		if (entry.isFile() && (await readFile(file).catch(() => Buffer.alloc(0))).includes(text)) {
			found.push(path.relative(folder, file));
		}
	}
	return found;
}
