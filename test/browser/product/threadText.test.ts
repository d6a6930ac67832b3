import assert from 'node:assert/strict';
import { takeScreenshot } from '../../host/browser.ts';
import { runCommand } from '../../host/workbench.ts';
import { until } from '../../support/deadline.ts';
import { type FakeModelServer, respond, say } from '../../support/fakeModelServer.ts';
import { execCommand } from '../../support/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { focusChat, sendMessage, transcript, useProduct } from './conversation.ts';

describe('a thread as text', function () {
	this.timeout(120_000);
	let model: FakeModelServer;
	let product: Product;
	useProduct(
		(opened) => {
			({ model, product } = opened);
		},
		{ script: [say('The first answer.')] },
	);

	it('opens in an editor, grows while the thread works, and lets a person answer and go on from there', async () => {
		const { page, view } = product;
		await focusChat(product);
		await sendMessage(product, 'First task');
		await transcript(view).getByText('The first answer.').waitFor();
		await runCommand(page, 'Tiller: Open Thread as Text');
		const editor = page.locator('.monaco-editor[data-uri^="tiller-thread:"]');
		await editor.waitFor({ timeout: 15_000 });
		const text = async () => ((await editor.locator('.view-lines').textContent()) ?? '').replaceAll('\u00a0', ' ');
		await until('the answer in the editor', async () => (await text()).includes('The first answer.'));

		model.add(respond(execCommand('rm -f nothing', { callId: 'call_1' })), say('The second answer.'));
		await focusChat(product);
		await sendMessage(product, 'Second task');
		await until('the running command in the editor', async () => (await text()).includes('rm -f nothing'), 20_000);
		const lens = (title: string) => editor.locator('.codelens-decoration a').filter({ hasText: title });
		await lens('Tiller waits for your answer').waitFor();
		await takeScreenshot(page, { name: 'thread-text' });
		await lens('Tiller waits for your answer').click();
		await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Allow' }).first().click();
		await until('the second answer in the editor', async () => (await text()).includes('The second answer.'), 20_000);
		await lens('Fork Here').nth(1).waitFor();
		assert.equal(model.unscripted, 0);
	});
});
