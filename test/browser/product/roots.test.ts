import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { takeScreenshot } from '../../host/browser.ts';
import { until } from '../../support/deadline.ts';
import { type FakeModelServer, respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { composer, focusChat, newThread, transcript, useProduct } from './conversation.ts';

describe('a workspace of two folders', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct(
		(opened) => {
			({ model, product } = opened);
		},
		{
			options: {
				secondFolder: 'second',
				// Without these the temporary folder that both lie in would be writable anyway.
				config: { sandbox_workspace_write: '{ exclude_slash_tmp = true, exclude_tmpdir_env_var = true }' },
				settings: { 'tiller.approvals.mode': 'auto' },
			},
		},
	);

	it('is asked where a new thread works; it may write in both, names the folder of each step, and undoes in both', async () => {
		const { page, view, workspace } = product;
		const second = path.join(path.dirname(workspace), 'second');
		const patch = ['*** Begin Patch', '*** Add File: here.txt', '+here', `*** Add File: ${workspace}/there.txt`, '+there', '*** End Patch'].join(
			'\n',
		);
		model.add(
			respond(execCommand(`echo made > ${workspace}/command.txt && pwd`, { callId: 'call_1' })),
			respond(applyPatch(patch, 'call_2')),
			say('Wrote in both.'),
		);
		await focusChat(product);
		await newThread(product);
		await composer(view).fill('Write in both folders');
		await view.locator('button.send:not([disabled])').waitFor();
		await page.keyboard.press('Enter');
		const pick = page.locator('.quick-input-widget:visible');
		await pick.getByText('Select a folder for the new thread').or(pick.locator('input[placeholder*="Select a folder"]')).first().waitFor();
		await takeScreenshot(page, { name: 'roots-pick' });
		await page.keyboard.type('second');
		await page.keyboard.press('Enter');

		await transcript(view).getByText('Wrote in both.').waitFor();
		assert.equal(await readFile(path.join(workspace, 'command.txt'), 'utf8'), 'made\n');
		assert.equal(await readFile(path.join(second, 'here.txt'), 'utf8'), 'here\n');
		assert.equal(await readFile(path.join(workspace, 'there.txt'), 'utf8'), 'there\n');
		assert.match(JSON.stringify(model.requests.at(-1)?.body.input), /second\\+n/, 'the command ran in the chosen folder');
		const root = path.basename(workspace);
		assert.deepEqual(await view.locator('.command-root').allTextContents(), ['second']);
		assert.deepEqual(await view.locator('.file-change .path').allTextContents(), ['second/here.txt', `${root}/there.txt`]);
		await view.getByText('3 files changed').waitFor();
		await view.getByText('3 files to review').waitFor();
		await takeScreenshot(page, { name: 'roots-turn' });

		await view.getByRole('button', { name: 'Undo…' }).click();
		await pick.getByText('will be deleted (was new)').first().waitFor();
		await page.keyboard.press('Enter');
		const files = [path.join(workspace, 'command.txt'), path.join(second, 'here.txt'), path.join(workspace, 'there.txt')];
		await until('nothing is left in either folder', async () => files.every((file) => !existsSync(file)));
		await view.getByText('Changes undone').waitFor();
		assert.equal(model.unscripted, 0);
	});
});
