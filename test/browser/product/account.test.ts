import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { releaseBrowser, sharedBrowser, takeScreenshot } from '../../host/browser.ts';
import { runCommand } from '../../host/workbench.ts';
import { FakeModelServer, say } from '../../support/model/fakeModelServer.ts';
import { until } from '../../support/deadline.ts';
import { FakeIssuer } from '../../support/model/fakeIssuer.ts';
import { fakeModelConfig } from '../../support/model/fakeModelConfig.ts';
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

describe('an account of ChatGPT', () => {
	let browser: Browser;
	let model: FakeModelServer;
	let issuer: FakeIssuer;
	let product: Product;

	before(async () => {
		browser = await sharedBrowser();
		model = await FakeModelServer.start([say('Your plan answers.')]);
		issuer = await FakeIssuer.start();
		const configToml = `${fakeModelConfig(model.url)}requires_openai_auth = true\n[tiller]\nlogin_issuer = "${issuer.url}"\nlogin_port = 0\n`;
		product = await openProduct(browser, { configToml });
	});
	after(async () => {
		await product?.close();
		await issuer?.stop();
		await model?.stop();
		await releaseBrowser();
	});
	afterEach(function () {
		return pictureOfFailure(this, product);
	});

	/** Chooses a way to sign in and goes on to the browser. */
	async function toTheBrowser(way: RegExp, question: RegExp, button: string): Promise<Page> {
		const { page } = product;
		await runCommand(page, 'Tiller: Sign In…');
		await page.getByRole('option', { name: way }).waitFor();
		await takeScreenshot(page, { name: 'sign-in-ways' });
		await page.getByRole('option', { name: way }).click();
		const dialog = page.getByRole('dialog').filter({ hasText: question });
		await dialog.waitFor();
		await takeScreenshot(page, { name: `sign-in-${button.replaceAll(' ', '-').toLowerCase()}` });
		const [opened] = await Promise.all([page.context().waitForEvent('page'), dialog.getByRole('button', { name: button }).click()]);
		// This VS Code reaches ports of its machine through a proxy of its own, which no issuer on the Internet meets.
		const asked = opened.url().replace(/^.*?\/proxy\/\d+/, issuer.url);
		assert.ok(asked.startsWith(issuer.url), asked);
		await opened.goto(asked);
		return opened;
	}

	it('signs in with the browser, which says so, and with a code; the status names it; signing out revokes it', async () => {
		const { page, view, run } = product;
		await focusChat(product);
		await view.getByText('Set up a model', { exact: true }).waitFor();
		const last = await toTheBrowser(/^ChatGPT, /, new RegExp(`Sign in with ChatGPT at ${new URL(issuer.url).host}`), 'Open Browser');
		await last.getByRole('heading', { name: 'You are signed in' }).waitFor();
		for (const colorScheme of ['light', 'dark'] as const) {
			await last.emulateMedia({ colorScheme });
			await takeScreenshot(last, { name: `sign-in-success-${colorScheme}` });
		}
		await last.close();
		await view.getByText('Set up a model', { exact: true }).waitFor({ state: 'hidden' });
		await focusChat(product);
		await sendMessage(product, 'Hello');
		await transcript(view).getByText('Your plan answers.').waitFor();
		assert.equal(model.requests[0]?.headers['chatgpt-account-id'], 'ws-1');
		await sendMessage(product, '/status');
		await view.getByText('ada@example.invalid (Pro)').waitFor();
		await takeScreenshot(page, { name: 'sign-in-status' });
		const tokens = issuer.bodies('/oauth/token').length;
		assert.equal(tokens, 1);
		assert.deepEqual(await filesWith(run.folder, 'refresh-token-of-the-issuer'), [path.join('codex', 'auth.json')], 'only where the server keeps it');

		await runCommand(page, 'Tiller: Sign Out');
		await view.getByText('ada@example.invalid (Pro)').waitFor({ state: 'hidden' });
		await until('the token is revoked', () => issuer.bodies('/oauth/revoke').length === 1);
		assert.deepEqual(await filesWith(run.folder, 'refresh-token-of-the-issuer'), []);

		issuer.account = { email: 'grace@example.invalid', plan: 'team' };
		const page2 = await toTheBrowser(/^ChatGPT with a code/, /Your code for .*: WXYZ-1234/, 'Copy Code and Open Browser');
		await page2.close();
		await page.getByText('enter the code WXYZ-1234 in the browser').first().waitFor();
		issuer.codeEntered = true;
		await page.getByText('Signed in as grace@example.invalid (Team).').first().waitFor();
	});

	it('says why it failed', async () => {
		const { page } = product;
		issuer.decision = 'deny';
		const last = await toTheBrowser(/^ChatGPT, /, /Sign in with ChatGPT at/, 'Open Browser');
		await last.getByRole('heading', { name: 'You are not signed in' }).waitFor();
		await takeScreenshot(last, { name: 'sign-in-failure' });
		await last.close();
		await page.getByText('Sign-in failed: The sign-in was refused: The <b>person</b> said no').first().waitFor();
		await takeScreenshot(page, { name: 'sign-in-failed' });
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
