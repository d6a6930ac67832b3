import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { takeScreenshot } from '../../host/browser.ts';
import { runningAppServers } from '../../host/processTree.ts';
import { runCommand, workbenchReady } from '../../host/workbench.ts';
import { until } from '../../support/deadline.ts';
import { type FakeModelServer, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { commandQuestion, composer, focusChat, newThread, sendMessage, transcript, useProduct, workingSign } from './conversation.ts';

/** Rounds and the seed of what happens in them: TILLER_FAULT_ROUNDS=50 TILLER_FAULT_SEED=7. */
const rounds = Number(process.env['TILLER_FAULT_ROUNDS'] ?? 1);
const seed = Number(process.env['TILLER_FAULT_SEED'] ?? 1);

type Fault = 'page' | 'window' | 'server';

/** Whole numbers below a limit, the same ones for the same seed (mulberry32). */
function random(start: number): (below: number) => number {
	let state = start;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}

describe('a fault in the middle of a turn', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct((opened) => {
		({ model, product } = opened);
	});

	const bring: Readonly<Record<Fault, () => Promise<void>>> = {
		page: () => runCommand(product.page, 'Developer: Reload Webviews'),
		window: async () => {
			await product.page.reload({ waitUntil: 'domcontentloaded' });
			await workbenchReady(product.page);
		},
		server: async () => {
			const [server] = await runningAppServers(product.run.codexHome);
			assert.ok(server !== undefined);
			process.kill(server.pid, 'SIGKILL');
			await product.view.getByText('The Tiller server ended unexpectedly').waitFor();
			await product.view.getByText('The Tiller server ended unexpectedly').waitFor({ state: 'hidden' });
		},
	};
	const log = () => readFile(path.join(product.workspace, 'log.txt'), 'utf8').catch(() => '');

	/** What the extension keeps of the page. */
	const kept = async () => {
		const files = await Array.fromAsync(glob('**/tiller.tiller/page.json', { cwd: product.run.folder }));
		return Promise.all(files.map((file) => readFile(path.join(product.run.folder, file), 'utf8')));
	};

	const next = random(seed);
	const faults: readonly Fault[] = ['page', 'window', 'server'];
	const offset = next(faults.length);
	for (let round = 1; round <= rounds; round++) {
		const fault = faults[(round + offset) % faults.length] ?? 'page';
		// How much of the draft is typed when it happens, and whether the question was answered just before.
		const typed = 4 + next(12);
		const answered = next(2) === 1;

		it(`(round ${round}, seed ${seed}: ${fault}, ${answered ? 'just answered' : 'question waits'}, ${typed} characters typed) loses nothing`, async () => {
			const { page, view } = product;
			const name = `round ${round}`;
			const draft = `And then look at the ${name} again`.slice(0, typed);
			model.add(respond(message(`Working on ${name}.`), execCommand(`echo ${name} >> log.txt`, { callId: `call_${round}` })));
			await focusChat(product);
			await newThread(product);
			await sendMessage(product, `Begin ${name}`);
			await commandQuestion(view).waitFor();
			await focusChat(product);
			await page.keyboard.type(`Queued in ${name}`);
			await page.keyboard.press('Alt+Enter');
			await view.getByRole('heading', { name: 'Queued (1)' }).waitFor();
			await page.keyboard.type(draft);
			// What the last key changed is on its way to the disk for some milliseconds.
			await until('the draft is on the disk', async () => (await kept()).some((saved) => saved.includes(`"${draft}"`)));
			const survives = fault !== 'server';
			if (survives) model.add(say(`Finished ${name}.`), say(`Queue of ${name} answered.`));
			if (answered && survives) await runCommand(page, 'Tiller: Allow Pending Request Once');

			await bring[fault]();
			await focusChat(product);
			await takeScreenshot(page, { name: `fault-${round}-${fault}` });
			await transcript(view).getByText(`Begin ${name}`, { exact: true }).waitFor();
			assert.equal(await composer(view).inputValue(), draft, 'what was typed is there');

			if (survives && !answered) {
				await commandQuestion(view).getByText(`echo ${name} >> log.txt`, { exact: true }).waitFor();
				await runCommand(page, 'Tiller: Allow Pending Request Once');
			}
			if (!survives) {
				await transcript(view).getByText('The Tiller server ended in the middle of this turn').waitFor();
				await view.getByRole('heading', { name: 'Queued (1)' }).waitFor();
				model.add(say(`Queue of ${name} answered.`));
				await view.getByRole('button', { name: 'Send First Now' }).click();
			}
			await transcript(view).getByText(`Queue of ${name} answered.`, { exact: true }).waitFor();
			await workingSign(view).waitFor({ state: 'hidden' });
			const runs = (await log()).split('\n').filter((line) => line === name).length;
			assert.equal(runs, survives ? 1 : 0, 'an answered command ran once, one that nobody allowed did not');
			assert.equal(await transcript(view).getByText(`Queued in ${name}`, { exact: true }).count(), 1, 'the queued message was sent once');
			assert.equal(await composer(view).inputValue(), draft);
			assert.equal(model.unscripted, 0);
			await composer(view).fill('');
		});
	}
});
