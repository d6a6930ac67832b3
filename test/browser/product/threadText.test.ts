import assert from 'node:assert/strict';
import { glob, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { takeScreenshot } from '../../host/browser.ts';
import { runCommand } from '../../host/workbench.ts';
import { until } from '../../support/deadline.ts';
import { type FakeModelServer, Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { SocketClient } from '../../support/socketClient.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { focusChat, hasKeyboard, newThread, sendMessage, transcript, useProduct } from './conversation.ts';

describe('a thread as text', () => {
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
		await editor.waitFor();
		const text = async () => ((await editor.locator('.view-lines').textContent()) ?? '').replaceAll('\u00a0', ' ');
		await until('the answer in the editor', async () => (await text()).includes('The first answer.'));

		model.add(respond(execCommand('rm -f nothing', { callId: 'call_1' })), say('The second answer.'));
		await focusChat(product);
		await sendMessage(product, 'Second task');
		await until('the running command in the editor', async () => (await text()).includes('rm -f nothing'));
		const lens = (title: string) => editor.locator('.codelens-decoration a').filter({ hasText: title });
		await lens('Tiller is waiting for your answer').waitFor();
		await takeScreenshot(page, { name: 'thread-text' });
		await lens('Tiller is waiting for your answer').click();
		await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Allow' }).first().click();
		await until('the second answer in the editor', async () => (await text()).includes('The second answer.'));
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
			await runCommand(page, 'Tiller: Focus on Threads View');
			await page.getByRole('treeitem', { name: /^Named elsewhere,/ }).waitFor();
			await view.getByRole('heading', { name: 'Named elsewhere' }).waitFor();
		} finally {
			await other.close();
		}
	});

	it('is led by commands alone: a message, stop, next and previous, finding, a summary, a review, an export', async () => {
		const { page, view, workspace } = product;
		const input = page.locator('.quick-input-widget:visible input[type=text]').and(page.locator(':focus'));
		const heading = (name: string) => view.getByRole('heading', { name, exact: true });
		const gate = new Gate();
		model.add(respond(message('On it.'), gate));
		await newThread(product);
		await runCommand(page, 'Tiller: Send Message…');
		await input.waitFor();
		await page.keyboard.type('Led by commands');
		await page.keyboard.press('Enter');
		await transcript(view).getByText('On it.').waitFor();
		await runCommand(page, 'Tiller: Stop Turn');
		await transcript(view).locator('.turn-end', { hasText: 'Stopped' }).last().waitFor();
		gate.open();

		await runCommand(page, 'Tiller: Next Thread');
		await heading('Named elsewhere').waitFor();
		await runCommand(page, 'Tiller: Previous Thread');
		await heading('Led by commands').waitFor();
		await runCommand(page, 'Tiller: Find in Thread');
		await hasKeyboard(view.getByRole('textbox', { name: 'Find in Thread' }));
		await page.keyboard.press('Escape');

		model.add(say('Nothing was done yet.'));
		await runCommand(page, 'Tiller: Compact Thread');
		await transcript(view).getByText('Compacted the earlier conversation').waitFor();
		model.add(say('Nothing is wrong with it.'));
		await runCommand(page, 'Tiller: Review Changes with Agent…');
		await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Uncommitted changes' }).first().click();
		await transcript(view).getByText('Nothing is wrong with it.').first().waitFor();

		await runCommand(page, 'Tiller: Export Thread…');
		await input.waitFor();
		await page.keyboard.press('Enter');
		const exported = async () => (await Array.fromAsync(glob('*.md', { cwd: workspace }))).filter((name) => name !== 'README.md');
		await until('the exported file', async () => (await exported()).length === 1);
		const [name] = await exported();
		await until('its text', async () => (await readFile(path.join(workspace, name ?? ''), 'utf8')).includes('On it.'));
		assert.equal(model.unscripted, 0);
	});
});
