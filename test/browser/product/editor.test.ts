import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { takeScreenshot } from '../../host/browser.ts';
import { openFile, runCommand } from '../../host/workbench.ts';
import { type FakeModelServer, respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch } from '../../support/model/modelEvents.ts';
import { patient, until } from '../../support/deadline.ts';
import type { Product } from '../openProduct.ts';
import { changesFilesFreely, composer, focusChat, newThread, sendMessage, transcript, useProduct } from './conversation.ts';

const patch = '*** Begin Patch\n*** Update File: notes.txt\n@@\n-two\n+zwei\n*** End Patch';

describe('Tiller in the editor', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct(
		(opened) => {
			({ model, product } = opened);
		},
		{ options: changesFilesFreely },
	);

	it('tells who wrote a line and why, and goes to the turn', async () => {
		const { page, view, workspace } = product;
		await writeFile(path.join(workspace, 'notes.txt'), 'one\ntwo\nthree\n');
		await focusChat(product);
		await newThread(product);
		model.add(respond(applyPatch(patch, 'call_1')), say('Done.'));
		await sendMessage(product, 'Make the second line German');
		await transcript(view).getByText('Done.', { exact: true }).waitFor();
		await newThread(product);

		const editor = await openFile(page, 'notes.txt');
		await runCommand(page, 'Tiller: Keep All Changes');
		await page.keyboard.press('Control+End');
		await page.keyboard.press('Control+Home');
		await page.keyboard.press('ArrowDown');
		const hover = page.locator('.monaco-hover:visible', { hasText: 'Written by Tiller' });
		// The hover comes with what is known then, and is not renewed when more is known later.
		await until('the hover', async () => {
			await page.mouse.move(0, 0);
			await editor.locator('.view-line', { hasText: 'zwei' }).getByText('zwei').hover();
			return hover.waitFor({ timeout: patient(3000) }).then(
				() => true,
				() => false,
			);
		});
		await hover.getByText('Make the second line German').waitFor();
		await takeScreenshot(page, { name: 'blame-hover' });

		await runCommand(page, 'Tiller: Who Wrote This Line?');
		const pick = page.locator('.quick-input-widget:visible');
		await pick.getByText('Line 2 was written by').waitFor();
		await pick.getByText('Make the second line German').first().waitFor();
		await takeScreenshot(page, { name: 'blame-pick' });
		await page.keyboard.press('Enter');
		await transcript(view).getByText('Done.', { exact: true }).waitFor();
	});

	it('puts the selection into the message behind what was typed, and sends nothing', async () => {
		const { page, view } = product;
		await focusChat(product);
		await page.keyboard.type('Look:');
		await openFile(page, 'notes.txt');
		const requests = model.requests.length;
		await page.keyboard.press('Control+A');
		await runCommand(page, 'Tiller: Ask Tiller');
		// The text of the selection goes along as an attachment; what was typed stays as it is.
		await view.getByRole('button', { name: /^notes\.txt:1-3 ~\d+ tokens/ }).waitFor();
		assert.equal(await composer(view).inputValue(), 'Look:');
		await takeScreenshot(page, { name: 'ask-selection' });
		assert.equal(model.requests.length, requests);
	});
});
