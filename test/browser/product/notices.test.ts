import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../host/workbench.ts';
import { takeScreenshot } from '../../host/browser.ts';
import { type FakeModelServer, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { commandQuestion, focusChat, newThread, sendMessage, transcript, useProduct } from './conversation.ts';

describe('notifications of what waits', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct((opened) => {
		({ model, product } = opened);
	});

	const counter = () => product.page.locator('.part.statusbar').getByRole('button', { name: 'Tiller: 1 pending request' });
	const badge = () =>
		product.page
			.locator('.activitybar .action-item')
			.filter({ has: product.page.locator('[aria-label*="Tiller"]') })
			.locator('.badge-content');
	const notice = (command: string) => product.page.locator('.notification-list-item').filter({ hasText: `Tiller wants to run: ${command}` });
	const notify = async (when: string) => {
		const folder = path.join(product.workspace, '.vscode');
		await mkdir(folder, { recursive: true });
		await writeFile(path.join(folder, 'settings.json'), JSON.stringify({ 'tiller.approvals.notify': when }));
	};
	const ask = async (command: string) => {
		model.add(respond(execCommand(command)), say(`Answered ${command}.`));
		await focusChat(product);
		await newThread(product);
		await sendMessage(product, `Please ${command}`);
		await commandQuestion(product.view).waitFor();
		await counter().waitFor();
	};

	it('always: come also when the chat shows the question, and go when it is answered by key from the editor', async () => {
		const { page, view } = product;
		await notify('always');
		await ask('touch always.txt');
		await runCommand(page, 'Notifications: Show Notifications');
		await notice('touch always.txt').first().waitFor();
		await runCommand(page, 'Tiller: Allow Pending Request Once');
		await counter().waitFor({ state: 'hidden' });
		await transcript(view).getByText('Answered touch always.txt.').waitFor();
	});

	it('off: none comes although the page is hidden; status bar, badge and Quick Pick have it', async () => {
		const { page, view } = product;
		await notify('off');
		await ask('touch off.txt');
		await runCommand(page, 'View: Show Explorer');
		await counter().waitFor();
		await badge().filter({ hasText: '1' }).first().waitFor();
		// As long as a notification may take to come, and more.
		await page.waitForTimeout(2500);
		await runCommand(page, 'Notifications: Show Notifications');
		assert.equal(await notice('touch off.txt').count(), 0);
		await takeScreenshot(page, { name: 'notices-off' });
		await runCommand(page, 'Tiller: Answer Pending Requests…');
		const picker = page.locator('.quick-input-widget:visible');
		await picker.getByText('Runs this command once.').waitFor();
		await page.keyboard.press('Enter');
		await counter().waitFor({ state: 'hidden' });
		await focusChat(product);
		await transcript(view).getByText('Answered touch off.txt.').waitFor();
	});

	it('windowNotFocused: none while the chat shows the question; one as soon as it is hidden', async () => {
		const { page, view } = product;
		await notify('windowNotFocused');
		await ask('touch hidden.txt');
		await page.waitForTimeout(2500);
		await runCommand(page, 'Notifications: Show Notifications');
		assert.equal(await notice('touch hidden.txt').count(), 0);
		await runCommand(page, 'View: Show Explorer');
		await runCommand(page, 'Notifications: Show Notifications');
		await notice('touch hidden.txt').first().waitFor();
		await runCommand(page, 'Tiller: Deny Pending Request');
		await counter().waitFor({ state: 'hidden' });
		await focusChat(product);
		await transcript(view).getByText('Answered touch hidden.txt.').waitFor();
		assert.equal(model.unscripted, 0);
	});
});
