import assert from 'node:assert/strict';
import { type FakeModelServer, Gate, respond, say } from '../../support/fakeModelServer.ts';
import { execCommand, message } from '../../support/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { composer, newThread, sendMessage, transcript, useProduct } from './conversation.ts';

describe('messages with a real server', function () {
	this.timeout(90_000);
	let model: FakeModelServer;
	let product: Product;
	useProduct((opened) => {
		({ model, product } = opened);
	});

	it('queued behind a turn begin turns of their own, in the order that the person gave them', async () => {
		const { view } = product;
		const gate = new Gate();
		model.add(respond(message('Let me look.'), gate, execCommand('pwd', { callId: 'call_pwd' })), say('Seen.'), say('Tested.'), say('Written.'));
		await newThread(product);
		await sendMessage(product, 'Look at it');
		await gate.reached();
		for (const words of ['Then write it down', 'Then test it']) {
			await composer(view).fill(words);
			await composer(view).press('Alt+Enter');
			await view.getByRole('button', { name: new RegExp(`^Queued message \\d: ${words}`) }).waitFor();
		}
		await composer(view).press('Alt+ArrowUp');
		await view.getByRole('button', { name: 'Queued message 2: Then test it' }).press('Alt+ArrowUp');
		await view.getByRole('button', { name: 'Queued message 1: Then test it' }).waitFor();
		gate.open();
		await transcript(view).getByText('Written.').waitFor();
		assert.deepEqual(await transcript(view).locator('.user-text').allTextContents(), ['Look at it', 'Then test it', 'Then write it down']);
		assert.equal(await transcript(view).locator('.turn').count(), 3);
		assert.equal(model.unscripted, 0);
	});

	it('name a file of the workspace, whose text goes along', async () => {
		const { view } = product;
		model.add(say('I see it.'));
		await newThread(product);
		const first = model.requests.length + 1;
		await composer(view).pressSequentially('Explain @pack');
		await view
			.getByRole('option', { name: /^package\.json/ })
			.first()
			.waitFor();
		await composer(view).press('Enter');
		await view.getByRole('button', { name: /^package\.json ~\d+ tokens/ }).waitFor();
		await composer(view).press('Enter');
		await transcript(view).getByText('I see it.').waitFor();
		assert.match(JSON.stringify((await model.request(first)).body.input), /Explain @package\.json.*<attachment kind=.*package\.json/);
	});
});
