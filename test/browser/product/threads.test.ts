import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { takeScreenshot } from '../../host/browser.ts';
import { reloadWindow, runCommand } from '../../host/workbench.ts';
import { type FakeModelServer, say } from '../../support/model/fakeModelServer.ts';
import { until } from '../../support/deadline.ts';
import type { Product } from '../openProduct.ts';
import { composer, focusChat, hasKeyboard, newThread, sendMessage, transcript, useProduct } from './conversation.ts';

describe('the tree of threads', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct(
		(opened) => {
			({ model, product } = opened);
		},
		{ script: [say('First answer.'), say('Second answer.')] },
	);

	it('lists, opens, renames and archives threads by key', async () => {
		const { page, view } = product;
		const tree = page.getByRole('tree', { name: 'Threads' });
		const row = (name: string) => tree.getByRole('treeitem', { name: new RegExp(`^${name},`) });
		await focusChat(product);
		await sendMessage(product, 'First task');
		await transcript(view).getByText('First answer.').waitFor();
		await newThread(product);
		await sendMessage(product, 'Second task');
		await transcript(view).getByText('Second answer.').waitFor();
		await runCommand(page, 'Tiller: Focus on Threads View');
		await row('Second task').waitFor();
		assert.deepEqual(
			(await tree.getByRole('treeitem').locator('.label-name').allTextContents()).slice(0, 2),
			['Second task', 'First task'],
			'newest first',
		);

		await runCommand(page, 'Tiller: Focus on Threads View');
		const focusedRow = tree.locator('.monaco-list-row.focused');
		await hasKeyboard(tree);
		await page.keyboard.press('Home');
		await focusedRow.filter({ hasText: 'Second task' }).waitFor();
		await page.keyboard.press('ArrowDown');
		await focusedRow.filter({ hasText: 'First task' }).waitFor();
		await page.keyboard.press('Enter');
		await transcript(view).getByText('First answer.').waitFor();
		await row('First task, open').waitFor();
		await hasKeyboard(composer(view));

		await runCommand(page, 'Tiller: Rename Thread…');
		const input = page.locator('.quick-input-widget:visible input[type=text]');
		await input.and(page.locator(':focus')).waitFor();
		await page.keyboard.press('Control+A');
		await page.keyboard.type('Better name');
		await page.keyboard.press('Enter');
		await row('Better name').waitFor();
		await view.getByRole('heading', { name: 'Better name' }).waitFor();

		await runCommand(page, 'Tiller: Archive Thread');
		await row('Better name').waitFor({ state: 'hidden' });
		await view.getByText('What should we work on?').waitFor();
		// Under its smoke-test driver VS Code shows no toasts; the notification stands in the list of all.
		await runCommand(page, 'Notifications: Show Notifications');
		await page.locator('.notifications-center').getByRole('button', { name: 'Undo' }).click();
		await row('Better name').waitFor();
		await row('Second task').waitFor();
		assert.equal(model.unscripted, 0);
	});

	it('selects the row of the open thread, wherever it was opened, also when the window was reloaded', async () => {
		const { page, view } = product;
		const tree = page.getByRole('tree', { name: 'Threads' });
		const row = (name: string) => tree.getByRole('treeitem', { name: new RegExp(`^${name},`) });
		/** Once what is selected is only this row; null for none. */
		const selected = (name: string | null) =>
			until(`${name ?? 'no row'} to be selected`, async () => {
				const names = await tree.locator('.monaco-list-row.selected .label-name').allTextContents();
				return names.join() === (name ?? '');
			});
		model.add(say('Fourth answer.'));
		await focusChat(product);
		await newThread(product);
		await selected(null);
		await sendMessage(product, 'Fourth task');
		await transcript(view).getByText('Fourth answer.').waitFor();
		await selected('Fourth task');
		await hasKeyboard(composer(view));
		await page.keyboard.press('Alt+PageDown');
		await transcript(view).getByText('Second answer.').waitFor();
		await selected('Second task');
		await hasKeyboard(composer(view));
		await page.keyboard.press('Alt+PageUp');
		await selected('Fourth task');
		await hasKeyboard(composer(view));
		await page.keyboard.press('Alt+PageDown');
		await selected('Second task');
		await runCommand(page, 'Tiller: Mark Thread as Unread');
		await row('Second task, open, unread').waitFor();
		await selected('Second task');

		await reloadWindow(page);
		await selected('Second task');
		await takeScreenshot(page, { name: 'threads-selected' });

		// What a command does it does to the thread that is open.
		await focusChat(product);
		await newThread(product);
		await selected(null);
		await row('Second task').click();
		await transcript(view).getByText('Second answer.').waitFor();
		await selected('Second task');
		await runCommand(page, 'Tiller: Archive Thread');
		await row('Second task').waitFor({ state: 'hidden' });
		await view.getByText('What should we work on?').waitFor();
		await selected(null);
		await expand(tree.getByRole('treeitem', { name: 'Archived', exact: true }));
		await row('Second task').click();
		await transcript(view).getByText('Second answer.').waitFor();
		await selected('Second task');
		await reloadWindow(page);
		await selected('Second task');
		await row('Second task, open').waitFor();
		await runCommand(page, 'Tiller: Unarchive Thread');
		await until(
			'it is among the threads of the folder',
			async () => (await tree.getByRole('treeitem').first().textContent())?.includes('task') === true,
		);
		await selected('Second task');
		// A tree of this height draws five rows.
		await collapse(tree.getByRole('treeitem', { name: 'Archived', exact: true }));
		await row('Fourth task').click();
		await transcript(view).getByText('Fourth answer.').waitFor();
		await selected('Fourth task');
		await runCommand(page, 'Tiller: Delete Thread…');
		await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Delete', exact: true }).click();
		await row('Fourth task').waitFor({ state: 'hidden' });
		await selected(null);
		assert.equal(model.unscripted, 0);
	});

	it('searches, forks, pins and deletes threads', async () => {
		const { page, view } = product;
		const tree = page.getByRole('tree', { name: 'Threads' });
		const row = (name: string) => tree.getByRole('treeitem', { name: new RegExp(`^${name},`) });
		const picks = page.locator('.quick-input-list .monaco-list-row');
		await runCommand(page, 'Tiller: Search Threads…');
		await page.locator('.quick-input-widget:visible input[type=text]').fill('first answer');
		await picks.filter({ hasText: 'First answer.' }).waitFor();
		await takeScreenshot(page, { name: 'threads-search' });
		await page.keyboard.press('Enter');
		await transcript(view).getByText('First answer.').waitFor();
		await hasKeyboard(view.locator('[data-row]').filter({ hasText: 'First answer.' }));

		model.add(say('Third answer.'));
		await focusChat(product);
		await sendMessage(product, 'Third task');
		await transcript(view).getByText('Third answer.').waitFor();
		await runCommand(page, 'Tiller: Fork Thread…');
		await picks.filter({ hasText: 'After: First task' }).click();
		await transcript(view).getByText('Third answer.').waitFor({ state: 'hidden' });
		await transcript(view).getByText('First answer.').waitFor();

		await runCommand(page, 'Tiller: Pin Thread');
		await tree.locator('.codicon-pinned').first().waitFor();
		await takeScreenshot(page, { name: 'threads-tree' });
		const before = await tree.getByRole('treeitem').count();
		await runCommand(page, 'Tiller: Delete Thread…');
		await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Delete', exact: true }).click();
		await view.getByText('What should we work on?').waitFor();
		await row('Better name').waitFor();
		await until('one row less', async () => (await tree.getByRole('treeitem').count()) === before - 1);
		await expand(tree.getByRole('treeitem', { name: 'Archived', exact: true }));
		await tree.getByText('No archived threads').waitFor();
		await expand(tree.getByRole('treeitem', { name: 'Other Folders', exact: true }));
		await tree.getByText('No threads in other folders').waitFor();
		assert.equal(model.unscripted, 0);
	});
});

const expand = (row: Locator) => setExpanded(row, 'true');
const collapse = (row: Locator) => setExpanded(row, 'false');

/** A row that is drawn anew at this moment does not take the click. */
async function setExpanded(row: Locator, wanted: 'true' | 'false'): Promise<void> {
	await until(`the row to be ${wanted === 'true' ? 'expanded' : 'collapsed'}`, async () => {
		if ((await row.getAttribute('aria-expanded')) === wanted) return true;
		await row.click();
		return (await row.getAttribute('aria-expanded')) === wanted;
	});
}
