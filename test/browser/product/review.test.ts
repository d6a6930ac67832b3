import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { takeScreenshot } from '../../host/browser.ts';
import { openFile, runCommand, workbenchReady } from '../../host/workbench.ts';
import { type FakeModelServer, respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand } from '../../support/model/modelEvents.ts';
import { until } from '../../support/deadline.ts';
import type { Product } from '../openProduct.ts';
import { changesFilesFreely, focusChat, newThread, sendMessage, transcript, useProduct } from './conversation.ts';

const lines = (changes: Readonly<Record<number, string>> = {}) =>
	Array.from({ length: 30 }, (_, index) => `${changes[index] ?? `line ${index}`}\n`).join('');

const patch = [
	'*** Begin Patch',
	'*** Update File: notes.txt',
	'@@',
	'-line 2',
	'+two',
	'@@',
	' line 19',
	'-line 20',
	'+twenty',
	'*** End Patch',
].join('\n');

describe('the review of changes', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct(
		(opened) => {
			({ model, product } = opened);
		},
		{ options: changesFilesFreely },
	);

	const lens = (page: Page, title: string) => page.locator('.codelens-decoration a').filter({ hasText: title });
	const text = () => readFile(path.join(product.workspace, 'notes.txt'), 'utf8');

	it('stands at each place in the editor, survives a reload, and is decided one by one', async () => {
		const { page, view, workspace } = product;
		await writeFile(path.join(workspace, 'notes.txt'), lines());
		await focusChat(product);
		await newThread(product);
		model.add(respond(applyPatch(patch, 'call_1')), respond(execCommand('printf made > made.txt', { callId: 'call_2' })), say('Done.'));
		await sendMessage(product, 'Change the notes');
		await transcript(view).getByText('Done.', { exact: true }).waitFor();
		await openFile(page, 'notes.txt');
		await lens(page, 'Tiller: 2 changes to review').waitFor();
		await lens(page, 'Keep (+1 −1)').first().waitFor();
		await takeScreenshot(page, { name: 'review-editor' });

		await page.reload();
		await workbenchReady(page);
		await openFile(page, 'notes.txt');
		await lens(page, 'Tiller: 2 changes to review').waitFor();
		await lens(page, 'Keep (+1 −1)').first().click();
		await lens(page, 'Tiller: 1 change to review').waitFor();
		await lens(page, 'Undo').nth(1).click();
		await lens(page, 'to review').waitFor({ state: 'hidden' });
		await until('the undone change is on the disk', async () => (await text()) === lines({ 2: 'two' }));

		await page.getByRole('tab', { name: /^Source Control/ }).click();
		const row = page.getByRole('treeitem', { name: /made\.txt/ });
		await row.waitFor();
		await takeScreenshot(page, { name: 'review-scm' });
		await runCommand(page, 'Tiller: Keep All Changes');
		await row.waitFor({ state: 'hidden' });
		assert.equal(await readFile(path.join(workspace, 'made.txt'), 'utf8'), 'made');
	});

	it('ends with undoing a whole turn from the page, after a look at what would happen, and bringing it again', async () => {
		const { page, view, workspace } = product;
		await focusChat(product);
		await newThread(product);
		model.add(respond(execCommand('printf b > notes.txt; printf made > other.txt', { callId: 'call_3' })), say('Changed both.'));
		await sendMessage(product, 'Change two files');
		await transcript(view).getByText('Changed both.').waitFor();
		await view.getByText('2 files changed').waitFor();
		await view.getByText('2 files to review').waitFor();
		await takeScreenshot(page, { name: 'turn-changes' });
		await view.getByRole('button', { name: 'Undo…' }).click();
		const pick = page.locator('.quick-input-widget:visible');
		await pick.getByText('will be deleted (was new)').waitFor();
		await takeScreenshot(page, { name: 'undo-turn' });
		await page.keyboard.press('Enter');
		await until('the files are as before', async () => (await text()) === lines({ 2: 'two' }) && !existsSync(path.join(workspace, 'other.txt')));
		await view.getByText('Changes undone').waitFor();
		await view.getByRole('button', { name: 'Redo…' }).click();
		await pick.waitFor();
		await page.keyboard.press('Enter');
		await until('the changes are there again', async () => (await text()) === 'b' && existsSync(path.join(workspace, 'other.txt')));
		await view.getByText('2 files changed').waitFor();
	});

	it('is over for a file that another program brought back to what it was', async () => {
		const { page, view, workspace } = product;
		await runCommand(page, 'Tiller: Keep All Changes');
		await writeFile(path.join(workspace, 'notes.txt'), lines());
		await focusChat(product);
		await newThread(product);
		model.add(respond(applyPatch(patch, 'call_4')), say('Changed again.'));
		await sendMessage(product, 'Change the notes again');
		await transcript(view).getByText('Changed again.', { exact: true }).waitFor();
		await openFile(page, 'notes.txt');
		await lens(page, 'Tiller: 2 changes to review').waitFor();
		await writeFile(path.join(workspace, 'notes.txt'), lines({ 2: 'two' }));
		await lens(page, 'Tiller: 1 change to review').waitFor();
		await writeFile(path.join(workspace, 'notes.txt'), lines());
		await lens(page, 'to review').first().waitFor({ state: 'hidden' });
		await view.getByText('1 file to review').waitFor({ state: 'hidden' });
	});
});
