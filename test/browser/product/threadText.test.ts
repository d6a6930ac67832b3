import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { takeScreenshot } from '../../host/browser.ts';
import { runCommand } from '../../host/workbench.ts';
import { until } from '../../support/deadline.ts';
import { type FakeModelServer, respond, say } from '../../support/fakeModelServer.ts';
import { SocketClient } from '../../support/socketClient.ts';
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

	it('follows what another window does in the same thread', async () => {
		const { page, view, run } = product;
		const folder = path.join(run.codexHome, 'tiller', 'run');
		const state = (await readdir(folder)).find((name) => name.endsWith('.json'));
		const { socket } = JSON.parse(await readFile(path.join(folder, state ?? ''), 'utf8')) as { readonly socket: string };
		const other = await SocketClient.connect(socket.replace(/^unix:(?:\/\/)?/, ''));
		try {
			const { data } = (await other.request('thread/list', {})) as { readonly data: readonly { readonly id: string }[] };
			const threadId = data[0]?.id;
			await other.request('thread/resume', { threadId });
			model.add(say('Told to the other window.'));
			await other.request('turn/start', { threadId, input: [{ type: 'text', text: 'Asked in the other window', text_elements: [] }] });
			await transcript(view).getByText('Asked in the other window', { exact: true }).waitFor();
			await transcript(view).getByText('Told to the other window.').waitFor();
			await other.request('thread/name/set', { threadId, name: 'Named elsewhere' });
			await page.getByRole('treeitem', { name: /^Named elsewhere,/ }).waitFor();
			await view.getByRole('heading', { name: 'Named elsewhere' }).waitFor();
		} finally {
			await other.close();
		}
	});
});
