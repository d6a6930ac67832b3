import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runningAppServers } from '../../host/processTree.ts';
import { workbenchReady } from '../../host/workbench.ts';
import { type FakeModelServer, Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { commandQuestion, focusChat, newThread, pressUntilGone, sendMessage, transcript, workingSign, useProduct } from './conversation.ts';

describe('after a break', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct((opened) => {
		({ model, product } = opened);
	});

	it('a question is there again in the reloaded window, and its answer lets the turn go on to its end', async () => {
		const { page, view, workspace } = product;
		model.add(respond(message('I write it down.'), execCommand('echo once >> kept.txt')), say('It is written.'));
		await focusChat(product);
		await sendMessage(product, 'Write it down');
		await commandQuestion(view).waitFor();

		await page.reload({ waitUntil: 'domcontentloaded' });
		await workbenchReady(page);
		await focusChat(product);
		await commandQuestion(view).getByText('echo once >> kept.txt', { exact: true }).waitFor();
		await transcript(view).getByText('I write it down.').waitFor();
		await pressUntilGone(product, 'Control+Enter', commandQuestion(view));
		await transcript(view).getByText('It is written.').waitFor();
		await workingSign(view).waitFor({ state: 'hidden' });
		assert.equal(await readFile(path.join(workspace, 'kept.txt'), 'utf8'), 'once\n');
		assert.equal(model.requests.length, 2, 'the turn was not begun anew');
	});

	it('a killed server comes back by itself; the turn says so, offers to go on, and the next message works', async () => {
		const { view, run } = product;
		const gate = new Gate();
		model.add(respond(message('Half of the answer.'), gate, message('Never said.')));
		await newThread(product);
		await sendMessage(product, 'Begin something');
		await gate.reached();
		await transcript(view).getByText('Half of the answer.').waitFor();
		const [server, ...others] = await runningAppServers(run.codexHome);
		assert.ok(server !== undefined && others.length === 0, 'one server runs');
		const told = view.getByText('The Tiller server ended unexpectedly. Restarting it').waitFor();
		process.kill(server.pid, 'SIGKILL');
		await told;
		await view.getByText('The Tiller server ended unexpectedly').waitFor({ state: 'hidden' });
		await transcript(view).getByText('Half of the answer.').waitFor();
		await transcript(view).getByText('The Tiller server ended in the middle of this turn').waitFor();
		await transcript(view).getByRole('button', { name: 'Continue' }).waitFor();
		assert.equal(await transcript(view).getByText('Stopped', { exact: true }).count(), 0);
		await workingSign(view).waitFor({ state: 'hidden' });

		model.add(say('Here I am again.'));
		await focusChat(product);
		await sendMessage(product, 'Go on');
		await transcript(view).getByText('Here I am again.').waitFor();
		assert.match(JSON.stringify(model.requests.at(-1)?.body.input), /Begin something.*Half of the answer.*Go on/);
		assert.equal(await transcript(view).locator('.turn').count(), 2);
		assert.equal(model.unscripted, 0);
	});
});
