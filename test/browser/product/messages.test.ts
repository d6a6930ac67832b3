import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from '../../support/deadline.ts';
import { type FakeModelServer, Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { composer, newThread, sendMessage, transcript, useProduct } from './conversation.ts';

describe('messages with a real server', () => {
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

	it('are made of the prompts in the home, which are seen as they are on the disk', async () => {
		const { page, view, run } = product;
		await mkdir(path.join(run.codexHome, 'prompts'), { recursive: true });
		await writeFile(path.join(run.codexHome, 'prompts', 'bad.md'), '---\ndescription: No end\n');
		await newThread(product);
		await page.keyboard.type('/ba');
		await view.getByRole('option', { name: /^\/bad Invalid prompt/ }).waitFor();
		await writeFile(
			path.join(run.codexHome, 'prompts', 'draft.md'),
			'---\ndescription: Drafts notes\nargument-hint: FOR=<whom>\n---\nWrite notes for $FOR.\n',
		);
		await composer(view).fill('');
		await page.keyboard.type('/dra');
		await view.getByRole('option', { name: /^\/draft FOR=<whom> Drafts notes/ }).waitFor();
		await page.keyboard.press('Enter');
		await page.keyboard.type('FOR="the team"');
		await view.getByRole('option', { name: /Press Enter to/ }).waitFor();
		model.add(say('Noted.'));
		const first = model.requests.length + 1;
		await page.keyboard.press('Enter');
		await view.getByText('This will be sent. Press Enter to send it.').waitFor();
		assert.equal(await composer(view).inputValue(), 'Write notes for the team.');
		await page.keyboard.press('Enter');
		await transcript(view).getByText('Noted.').waitFor();
		assert.match(JSON.stringify((await model.request(first)).body.input), /Write notes for the team\./);
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

	it('offer no file that the person hides', async () => {
		const { view, workspace } = product;
		await mkdir(path.join(workspace, 'generated'));
		for (const name of ['generated/shape.js', 'shape.js', 'shape.ts', 'shapes.md']) await writeFile(path.join(workspace, name), '');
		await mkdir(path.join(workspace, '.vscode'), { recursive: true });
		await writeFile(
			path.join(workspace, '.vscode/settings.json'),
			JSON.stringify({ 'search.exclude': { '**/{generated,dist}': true }, 'files.exclude': { '**/*.js': { when: '$(basename).ts' } } }),
		);
		await newThread(product);
		const files = view.getByRole('option', { name: /^shape/ });
		await until('the settings to count', async () => {
			await composer(view).fill('');
			await composer(view).pressSequentially('@shape');
			await files.first().waitFor();
			return (await files.count()) === 2;
		});
		assert.deepEqual((await files.allTextContents()).map((text) => /^shapes?\.\w\w/.exec(text)?.[0]).sort(), ['shape.ts', 'shapes.md']);
		await composer(view).fill('');
	});
});
