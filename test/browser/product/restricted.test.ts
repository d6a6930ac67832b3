import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { runCommand, trustWorkspace } from '../../host/workbench.ts';
import { AppServerProcess, makeTestHome } from '../../support/appServerProcess.ts';
import { type FakeModelServer, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { commandQuestion, composer, focusChat, hasKeyboard, pressUntilGone, transcript, useProduct } from './conversation.ts';

describe('Restricted Mode', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct(
		(opened) => {
			({ model, product } = opened);
		},
		{ options: { workspaceTrust: 'on' } },
	);

	it('shows what there is and sends nothing; once the folder is trusted it works at once', async () => {
		const { page, view, workspace } = product;
		await makeThread(product, model);
		const tree = page.getByRole('tree', { name: 'Threads' });
		await focusChat(product);
		await view.getByText('Nothing runs until you trust this folder').waitFor();
		await runCommand(page, 'Tiller: Focus on Threads View');
		await runCommand(page, 'Tiller: Refresh Threads');
		await tree.getByRole('treeitem', { name: /^Made elsewhere,/ }).click();
		await transcript(view).getByText('An answer to read.').waitFor();
		await hasKeyboard(composer(view));
		await page.keyboard.type('Make a file');
		await page.keyboard.press('Enter');
		await view.getByText('You cannot send messages in Restricted Mode.').waitFor();
		assert.equal(await composer(view).inputValue(), 'Make a file', 'what was typed stays');
		assert.equal(model.requests.length, 1);

		await trustWorkspace(page);
		model.add(respond(execCommand('touch made.txt')), say('Made.'));
		await focusChat(product);
		await view.getByText('Nothing runs until you trust this folder').waitFor({ state: 'hidden' });
		await page.keyboard.press('Enter');
		await pressUntilGone(product, 'Control+Enter', commandQuestion(view));
		await transcript(view).getByText('Made.', { exact: true }).waitFor();
		assert.ok((await readdir(workspace)).includes('made.txt'));
		assert.equal(model.unscripted, 0);
	});
});

/** A thread in the folder that another client of the same home has made. */
async function makeThread({ run, workspace }: Product, model: FakeModelServer): Promise<void> {
	const home = await makeTestHome();
	const server = new AppServerProcess({ home, env: { CODEX_HOME: run.codexHome } });
	try {
		await server.initialize();
		model.add(say('An answer to read.'));
		const threadId = await server.startThread({ ...home, workspace });
		await server.runTurn(threadId, 'Made elsewhere');
		await server.close();
	} finally {
		await server.kill();
		await home.remove();
	}
}
