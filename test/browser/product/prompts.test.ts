import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../host/workbench.ts';
import { type FakeModelServer, respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { commandQuestion, focusChat, newThread, pressUntilGone, sendMessage, transcript, useProduct } from './conversation.ts';

describe('what is asked outside of the page', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct((opened) => {
		({ model, product } = opened);
	});

	const counter = () => product.page.locator('.part.statusbar').getByRole('button', { name: 'Tiller: 1 pending request' });

	it('a question of a hidden page stands in a notification with the same choices; the answer there ends it everywhere', async () => {
		const { page, view, workspace } = product;
		model.add(respond(execCommand('echo noted > noted.txt')), say('Noted.'));
		await focusChat(product);
		await sendMessage(product, 'Note it');
		await commandQuestion(view).waitFor();
		await counter().waitFor();

		await runCommand(page, 'View: Show Explorer');
		await runCommand(page, 'Notifications: Show Notifications');
		const notice = page.locator('.notifications-center .notification-list-item').filter({ hasText: 'Tiller wants to run: echo noted > noted.txt' });
		await notice.waitFor();
		const buttons = notice.locator('.notification-list-item-buttons-container').getByRole('button');
		const labels = await buttons.allTextContents();
		assert.deepEqual(labels, [
			'Allow Once',
			'Allow in This Thread',
			'Allow in This Workspace',
			'Always Allow "echo noted > noted.txt"',
			'Deny',
			'Deny and Stop',
			'Show',
		]);
		await notice.getByRole('button', { name: 'Allow Once' }).click();
		await counter().waitFor({ state: 'hidden' });
		await focusChat(product);
		await transcript(view).getByText('Noted.', { exact: true }).waitFor();
		assert.equal(await commandQuestion(view).count(), 0);
		assert.equal(await readFile(path.join(workspace, 'noted.txt'), 'utf8'), 'noted\n');
		assert.equal(model.unscripted, 0);
	});

	it('the counter opens the choices with what they allow; they close when the page answers first', async () => {
		const { page, view } = product;
		model.add(respond(execCommand('touch second.txt')), respond(execCommand('touch third.txt', { callId: 'call_2' })), say('All is done.'));
		await newThread(product);
		await sendMessage(product, 'Say it twice');
		const picker = page.locator('.quick-input-widget:visible');
		await commandQuestion(view).waitFor();
		await counter().click();
		await picker.getByText('Runs this command once.').waitFor();
		await commandQuestion(view)
			.getByRole('button', { name: /^Allow Once/ })
			.click();
		await commandQuestion(view).getByText('touch third.txt', { exact: true }).waitFor();
		await picker.waitFor({ state: 'hidden' });

		await counter().click();
		await picker.getByText('Runs this command once.').waitFor();
		await page.keyboard.press('Enter');
		await transcript(view).getByText('All is done.', { exact: true }).waitFor();
		await counter().waitFor({ state: 'hidden' });
		assert.equal(model.unscripted, 0);
	});

	it('a rule that is saved on the card says what else it allows, is listed, and is taken back', async () => {
		const { page, view } = product;
		const asked = { prefix_rule: ['git', 'push'] };
		model.add(respond(execCommand('git push nowhere', asked)), say('Pushed.'), respond(execCommand('git push nowhere', asked)), say('Not pushed.'));
		await newThread(product);
		await sendMessage(product, 'Push it');
		await commandQuestion(view).getByRole('button', { name: 'More Options' }).click();
		const rule = commandQuestion(view).getByRole('button', { name: /^Always Allow/ });
		await rule.getByText('This also allows: git push --force').waitFor();
		await rule.click();
		await transcript(view).getByText('Pushed.', { exact: true }).waitFor();

		await runCommand(page, 'Tiller: Saved Approvals…');
		const picker = page.locator('.quick-input-widget:visible');
		const row = picker.locator('.quick-input-list-entry', { hasText: 'Commands that start with "git push"' });
		await row.getByText(/Allowed .* in tiller-vscode/).waitFor();
		await row.hover();
		await row.locator('.action-label[aria-label="Revoke"]').click();
		await row.waitFor({ state: 'hidden' });
		await page.keyboard.press('Escape');
		await focusChat(product);
		await sendMessage(product, 'Push it again');
		await commandQuestion(view)
			.getByRole('button', { name: /^Deny\b/ })
			.first()
			.click();
		await transcript(view).getByText('Not pushed.', { exact: true }).waitFor();
		assert.equal(model.unscripted, 0);
	});

	it('a change of a file opens in the diff editor, before on the left and after on the right', async () => {
		const { page, view } = product;
		const patch = [
			'*** Begin Patch',
			'*** Update File: package.json',
			'@@',
			'-\t"name": "word-count",',
			'+\t"name": "count-words",',
			'*** End Patch',
			'',
		];
		model.add(respond(applyPatch(patch.join('\n'))), say('Renamed.'));
		await newThread(product);
		await sendMessage(product, 'Rename the package');
		const card = view.getByRole('region', { name: 'Make these changes?' });
		await card.waitFor();
		await card.getByRole('button', { name: /^Open Diff/ }).click();
		const shows = async () => {
			await page.locator('.monaco-diff-editor .editor.original .view-line').getByText('word-count').first().waitFor();
			await page.locator('.monaco-diff-editor .editor.modified .view-line').getByText('count-words').first().waitFor();
			assert.equal(await page.locator('.monaco-diff-editor .editor.original .view-line').getByText('count-words').count(), 0);
		};
		await shows();
		await runCommand(page, 'View: Close Editor');

		await focusChat(product);
		await pressUntilGone(product, 'Control+Enter', card);
		await transcript(view).getByText('Renamed.', { exact: true }).waitFor();
		const made = transcript(view).getByRole('button', { name: /^Open Diff: package.json/ });
		await made
			.or(transcript(view).getByRole('button', { name: /package.json/ }))
			.first()
			.waitFor();
		await made.first().click();
		await shows();
		assert.equal(model.unscripted, 0);
	});
});
