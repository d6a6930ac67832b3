import assert from 'node:assert/strict';
import type { FrameLocator, Page } from 'playwright-core';
import { takeScreenshot } from '../../host/browser.ts';
import { reloadWindow, runCommand } from '../../host/workbench.ts';
import { type FakeModelServer, Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import {
	commandQuestion,
	composer,
	focusChat,
	hasKeyboard,
	pressUntilGone,
	sendMessage,
	transcript,
	useProduct,
	workingSign,
} from './conversation.ts';

describe('chats among the editors', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct(
		(opened) => {
			({ model, product } = opened);
		},
		{ options: { settings: { 'tiller.threads.titles': true } } },
	);

	it('have a thread each beside the one in the side bar, and are there again after a reload', async () => {
		const { page, view } = product;
		model.add(say('From the side bar.'), say('Count the words'));
		await focusChat(product);
		await sendMessage(product, 'First thread');
		await transcript(view).getByText('From the side bar.').waitFor();
		await page.locator('.pane-header').getByText('Count the words').waitFor();
		assert.match(JSON.stringify(model.requests.at(-1)?.body.input), /The person wrote:.*First thread.*From the side bar/);

		await runCommand(page, 'Tiller: New Thread in Editor');
		const tab = tabView(page);
		await tab.getByText('What should we work on?').waitFor();
		await hasKeyboard(composer(tab));
		const gate = new Gate();
		model.add(respond(message('Half of it.'), gate, message('And the rest.'), execCommand('echo tab >> tab.txt')), say('Done in the tab.'));
		await sendMessage({ ...product, view: tab }, 'Second thread');
		await transcript(tab).getByText('Half of it.').waitFor();
		assert.equal(await transcript(view).getByText('Half of it.').count(), 0, 'the other chat shows its own thread');
		gate.open();
		await commandQuestion(tab).waitFor();
		assert.equal(await commandQuestion(view).count(), 0, 'the question is asked where its thread is shown');
		await takeScreenshot(page, { name: 'tabs' });

		await reloadWindow(page);
		await commandQuestion(tab).getByText('echo tab >> tab.txt', { exact: true }).waitFor();
		await composer(tab).click();
		await pressUntilGone({ ...product, view: tab }, 'Control+Enter', commandQuestion(tab));
		await transcript(tab).getByText('Done in the tab.').waitFor();
		await workingSign(tab).waitFor({ state: 'hidden' });
		// The thread began in a window that is gone: nobody asks for a title any more.
		await transcript(view).getByText('From the side bar.').waitFor();
		assert.equal(model.unscripted, 0);
	});

	it('show a thread once: opening it again leads to its tab', async () => {
		const { page } = product;
		const tabs = page.locator('.tabs-container .tab');
		const before = await tabs.count();
		await runCommand(page, 'Tiller: Open Thread in Editor');
		await transcript(tabView(page)).getByText('From the side bar.').waitFor();
		assert.equal(await tabs.count(), before + 1);
		await runCommand(page, 'Tiller: Open Thread in Editor');
		await hasKeyboard(composer(tabView(page)));
		assert.equal(await tabs.count(), before + 1);
	});
});

/** The page of the tab in sight. */
function tabView(page: Page): FrameLocator {
	return page
		.frameLocator('iframe.webview[src*="extensionId=tiller.tiller"]:not([src*="purpose=webviewView"]):visible')
		.frameLocator('#active-frame');
}
