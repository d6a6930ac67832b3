import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { releaseBrowser, sharedBrowser, takeScreenshot } from '../../host/browser.ts';
import { openFile, runCommand } from '../../host/workbench.ts';
import { openProduct, type Product } from '../openProduct.ts';
import { commandQuestion, focusChat, pictureOfFailure, pressUntilGone, sendMessage, transcript, workingSign } from './conversation.ts';

/** VS Code's name of a theme, and the class of the page in it. */
const themes = {
	light: ['Light Modern', 'vscode-light'],
	'hc-black': ['Dark High Contrast', 'vscode-high-contrast'],
	'hc-light': ['Light High Contrast', 'vscode-high-contrast-light'],
	dark: ['Dark Modern', 'vscode-dark'],
} as const;
const readmePicture = path.resolve(import.meta.dirname, '../../../media/readme/turn.png');

/** Pictures for people to look at: out/screenshots/product-*.png, and the one of README (renewed with UPDATE_README_PICTURE=1). */
describe('the look of the product', () => {
	let browser: Browser;
	let product: Product;

	before(async () => {
		browser = await sharedBrowser();
		product = await openProduct(browser, {
			configToml: 'model_provider = "demo"\n',
			settings: { 'window.commandCenter': false, 'workbench.layoutControl.enabled': false, 'editor.minimap.enabled': false },
		});
		await product.page.setViewportSize({ width: 1440, height: 940 });
	});
	after(async () => {
		await product?.close();
		await releaseBrowser();
	});
	afterEach(function () {
		return pictureOfFailure(this, product);
	});

	it('is a turn of the demo in light, dark and both high contrast themes', async () => {
		const { page, view } = product;
		await openFile(page, 'wordCount.js');
		await focusChat(product);
		await widenSidebar(page, 470);
		await sendMessage(product, 'fix the bug');
		await workingSign(view).waitFor();
		await workingSign(view).waitFor({ state: 'hidden' });
		await transcript(view).getByText('Plan', { exact: false }).first().waitFor();
		assert.ok((await transcript(view).locator('.row').count()) >= 5, 'plan, reasoning, commands, change and message are there');
		for (const [name, theme] of Object.entries(themes)) {
			await chooseTheme(product, theme);
			await takeScreenshot(page, { name: `product-${name}` });
		}
		await widenSidebar(page, 600);
		await transcript(view)
			.getByRole('button', { name: /^Open Diff/ })
			.click();
		await page.locator('.monaco-diff-editor .view-lines').getByText('replace').first().waitFor();
		await page.locator('.monaco-diff-editor .line-insert').first().waitFor();
		await transcript(view).evaluate((log) => log.scrollTo({ top: 0 }));
		await page.mouse.move(900, 700);
		const picture = await takeScreenshot(page, { name: 'readme-turn' });
		if (!existsSync(readmePicture) || process.env['UPDATE_README_PICTURE'] === '1') {
			await mkdir(path.dirname(readmePicture), { recursive: true });
			await copyFile(picture, readmePicture);
		}
		await widenSidebar(page, 470);
	});

	it('is a question in each of them', async () => {
		const { view } = product;
		// A turn that fits whole has no end to jump to; with two there is one.
		await focusChat(product);
		await sendMessage(product, 'help');
		await workingSign(view).waitFor({ state: 'hidden' });
		await widenSidebar(product.page, 348);
		await transcript(view).evaluate((log) => log.scrollTo({ top: 0 }));
		await view.getByText('Jump to Latest').waitFor();
		await focusChat(product);
		await sendMessage(product, 'ask me');
		await commandQuestion(view).waitFor();
		// Whoever had scrolled away and sends a message is shown what comes of it.
		await view.getByText('Jump to Latest').waitFor({ state: 'hidden' });
		for (const [name, theme] of Object.entries(themes)) {
			await chooseTheme(product, theme);
			await takeScreenshot(product.page, { name: `product-question-${name}` });
		}
		await widenSidebar(product.page, 348);
		await takeScreenshot(product.page, { name: 'product-question-narrow' });
		await focusChat(product);
		await pressUntilGone(product, 'Control+Enter', commandQuestion(view));
		await workingSign(view).waitFor({ state: 'hidden' });
	});
});

async function chooseTheme({ page, view }: Product, [label, pageClass]: readonly [string, string]): Promise<void> {
	await runCommand(page, 'Preferences: Color Theme');
	const input = page.locator('.quick-input-widget:visible input[type=text]');
	await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Light Modern' }).first().waitFor();
	await input.fill(label);
	await page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: label }).waitFor();
	await page.keyboard.press('Enter');
	await input.waitFor({ state: 'hidden' });
	await view.locator(`body.${pageClass}`).waitFor();
}

async function widenSidebar(page: Page, width: number): Promise<void> {
	const box = await page.locator('.part.sidebar').boundingBox();
	assert.ok(box !== null);
	await page.mouse.move(box.x + box.width + 1, 450);
	await page.mouse.down();
	await page.mouse.move(box.x + width, 450, { steps: 5 });
	await page.mouse.up();
	await page.mouse.move(900, 600);
}
