import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { groupMembers, listProcesses } from '../../host/processTree.ts';
import { openFile } from '../../host/workbench.ts';
import { type FakeModelServer, Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, message } from '../../support/model/modelEvents.ts';
import { patient, until } from '../../support/deadline.ts';
import type { Product } from '../openProduct.ts';
import { commandQuestion, focusChat, newThread, pressUntilGone, sendMessage, transcript, workingSign, useProduct } from './conversation.ts';

describe('a turn', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct((opened) => {
		({ model, product } = opened);
	});

	it('runs a command that the person allows by key, and shows what it printed and the answer', async () => {
		const { view } = product;
		model.add(respond(execCommand('printf "%s words\\n" seven > seven.txt; cat seven.txt')), say('The file holds **seven words**.'));
		await focusChat(product);
		await sendMessage(product, 'Write seven.txt');
		await pressUntilGone(product, 'Control+Enter', commandQuestion(view));
		await transcript(view).locator('strong').getByText('seven words').waitFor();
		await workingSign(view).waitFor({ state: 'hidden' });
		const command = transcript(view).getByRole('button', { name: /printf/ });
		await command.focus();
		await product.page.keyboard.press('Enter');
		await transcript(view).locator('.terminal').getByText('seven words').waitFor();
		assert.equal(await readFile(path.join(product.workspace, 'seven.txt'), 'utf8'), 'seven words\n');
		assert.equal(model.unscripted, 0);
	});

	it('merges a patch into an editor with unsaved text; Ctrl+Z takes back the patch and leaves the text', async () => {
		const { page, view, workspace } = product;
		const patch = [
			'*** Begin Patch',
			'*** Update File: wordCount.js',
			'@@',
			"-\tconst lines = text === '' ? 0 : text.split('\\n').length;",
			"+\tconst lines = text === '' ? 0 : text.replace(/\\n$/, '').split('\\n').length;",
			'*** End Patch',
		];
		model.add(respond(applyPatch(`${patch.join('\n')}\n`)), say('Lines are counted right now.'));
		await newThread(product);
		const editor = await openFile(page, 'wordCount.js');
		const lines = editor.locator('.view-lines');
		await lines.getByText('readFileSync').first().waitFor();
		await page.keyboard.type('let mine;\n');
		await lines.getByText('let mine;').waitFor();

		await focusChat(product);
		await sendMessage(product, 'Fix the count of lines');
		await pressUntilGone(product, 'Control+Enter', view.getByRole('region', { name: 'Make these changes?' }));
		await transcript(view).getByText('Lines are counted right now.').waitFor();
		await lines.getByText("replace(/\\n$/, '')").waitFor();
		await lines.getByText('let mine;').waitFor();
		assert.doesNotMatch(
			await readFile(path.join(workspace, 'wordCount.js'), 'utf8'),
			/let mine|replace/,
			'nothing was saved behind the back of the person',
		);

		await openFile(page, 'wordCount.js');
		await page.keyboard.press('Control+Z');
		await lines.getByText("replace(/\\n$/, '')").waitFor({ state: 'hidden' });
		await lines.getByText('let mine;').waitFor();
		assert.equal(model.unscripted, 0);
	});

	it('takes a message sent while it runs into the same turn', async () => {
		const { view } = product;
		const gate = new Gate();
		model.add(respond(message('Let me look.'), gate, execCommand('pwd', { callId: 'call_pwd' })), say('In metres, as you wish.'));
		const first = model.requests.length + 1;
		await newThread(product);
		await sendMessage(product, 'Measure it');
		await gate.reached();
		await transcript(view).getByText('Let me look.').waitFor();
		await sendMessage(product, 'in metres please');
		await transcript(view).getByText('in metres please').waitFor();
		await view.getByText('The agent reads it at its next step').waitFor();
		gate.open();
		await transcript(view).getByText('In metres, as you wish.').waitFor();
		const second = await model.request(first + 1);
		assert.match(JSON.stringify(second.body.input), /Measure it.*Let me look.*in metres please/);
		assert.equal(await transcript(view).locator('.user-message').count(), 2);
		assert.equal(await transcript(view).locator('.turn').count(), 1, 'one turn');
		assert.equal(model.unscripted, 0);
	});

	it('stops within a second, with every process of its command', async () => {
		const { page, view, workspace } = product;
		const pidFile = path.join(workspace, 'pids');
		model.add(respond(execCommand('sh -c "echo $$ > new; mv new pids; sleep 1000 & sleep 1000; wait"')));
		await newThread(product);
		await sendMessage(product, 'Sleep long');
		await pressUntilGone(product, 'Control+Enter', commandQuestion(view));
		await until('the command to run', () => existsSync(pidFile));
		const shell = Number(await readFile(pidFile, 'utf8'));
		const groupOfShell = async () => (await listProcesses()).find((row) => row.pid === shell)?.group;
		await until('the command to run', async () => (await groupOfShell()) !== undefined);
		const group = (await groupOfShell()) ?? assert.fail(`${shell} has ended`);
		await until('its sleeps to run', async () => (await groupMembers(group)).length >= 3);

		const pressed = Date.now();
		await page.keyboard.press('Escape');
		await view.getByText('Press Esc again to stop').waitFor();
		await page.keyboard.press('Escape');
		const second = Date.now();
		await until('the process group to end', async () => (await groupMembers(group)).length === 0);
		const took = Date.now() - second;
		await workingSign(view).waitFor({ state: 'hidden' });
		await transcript(view)
			.locator('.command')
			.getByText(/Stopped/)
			.waitFor();
		assert.ok(took < patient(1000), `it took ${took} ms after the second key, ${Date.now() - pressed} ms in all`);
		assert.equal(model.unscripted, 0);
	});
});
