import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { takeScreenshot } from '../../host/browser.ts';
import { runCommand } from '../../host/workbench.ts';
import { type FakeModelServer, Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { composer, focusChat, sendMessage, transcript, useProduct, workingSign } from './conversation.ts';

describe('side questions', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct((opened) => {
		({ model, product } = opened);
	});

	it('are answered beside the running turn by the keyboard, read and do not write, and never enter the thread', async () => {
		const { page, view } = product;
		const gate = new Gate();
		model.add(respond(message('Half of the work.'), gate, message('And the rest.')));
		await focusChat(product);
		await sendMessage(product, 'Do the work');
		await transcript(view).getByText('Half of the work.').waitFor();
		await gate.reached();

		model.add(respond(execCommand('echo written > side.txt', { callId: 'side' })), say('It cannot be written here, but **ninety** is the answer.'));
		await sendMessage(product, '/btw How many zebras?');
		const card = view.getByRole('group', { name: 'Side question: How many zebras?' });
		await card.locator('strong', { hasText: 'ninety' }).waitFor();
		await workingSign(view).waitFor();
		assert.match(JSON.stringify(model.requests.at(-1)?.body.input), /Do the work.*How many zebras\?.*(Read-only|Permission denied|read-only)/i);
		assert.equal(await transcript(view).getByText('zebras').count(), 0);
		await takeScreenshot(page, { name: 'side-question' });
		await card.getByRole('button', { name: 'Close Side Question (Esc)' }).press('Enter');
		await card.waitFor({ state: 'detached' });

		gate.open();
		await transcript(view).getByText('And the rest.').waitFor();
		model.add(say('By the palette.'));
		await runCommand(page, 'Tiller: Ask Side Question…');
		const input = page.locator('.quick-input-widget:visible input');
		await input.fill('And the lions?');
		await input.press('Enter');
		const second = view.getByRole('group', { name: 'Side question: And the lions?' });
		await second.getByText('By the palette.').waitFor();
		await second.getByRole('button', { name: 'And the lions?' }).press('Escape');
		await second.waitFor({ state: 'detached' });

		model.add(say('Thanks.'));
		await composer(view).focus();
		await sendMessage(product, 'Go on');
		await transcript(view).getByText('Thanks.').waitFor();
		assert.doesNotMatch(JSON.stringify(model.requests.at(-1)?.body.input), /zebras|lions|side_question/);
		const sessions = path.join(product.run.codexHome, 'sessions');
		const files = (await readdir(sessions, { recursive: true })).filter((name) => name.endsWith('.jsonl'));
		assert.equal(files.length, 1);
		assert.doesNotMatch(await readFile(path.join(sessions, files[0] ?? ''), 'utf8'), /zebras|lions/);
		assert.ok(!(await readdir(product.workspace)).includes('side.txt'));
	});
});
