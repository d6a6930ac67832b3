import assert from 'node:assert/strict';
import { until } from '../../support/deadline.ts';
import { agentMessage, command, pageState, thread, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

describe('finding words in a thread', () => {
	const suite = pageSuite();
	let tiller: TillerPage;

	const turns = (from: number, to: number) =>
		Array.from({ length: to - from }, (_, index) => {
			const number = from + index;
			return turn(`turn-${number}`, [
				userMessage(`u${number}`, `Question ${number}`),
				agentMessage(`a${number}`, `The needle of ${number}. `.repeat(20)),
			]);
		});

	it('opens by key, goes from place to place, also to what is not loaded yet, and gives the keyboard back', async () => {
		const state = pageState({ thread: thread(turns(30, 60)), olderTurns: 'before' });
		tiller = await suite.open({ state, viewport: { width: 420, height: 600 } });
		const { page } = tiller;
		await tiller.answer('loadOlder', { result: { turns: turns(0, 30), cursor: null } });
		await tiller.answer('find', { result: { found: [5, 40, 59].map((number) => ({ turnId: `turn-${number}`, itemId: `a${number}`, count: 20 })) } });
		await page.getByRole('log').focus();
		await page.keyboard.press('Control+F');
		const field = page.getByRole('textbox', { name: 'Find in Thread' });
		await field.and(page.locator(':focus')).waitFor();
		await page.keyboard.type('Needle');
		await page.getByText('3 of 3').waitFor();
		// A slow typist's halves are searched for too; what counts is the last.
		assert.deepEqual((await tiller.requests('find')).at(-1)?.params, { query: 'Needle' });
		await page.keyboard.press('Shift+Enter');
		await page.getByText('2 of 3').waitFor();
		await page.locator('[data-row="turn-40/a40"].row-found').waitFor();
		await page.keyboard.press('Shift+Enter');
		await page.locator('[data-row="turn-5/a5"].row-found').waitFor();
		const marked = () =>
			page.evaluate(() => {
				const row = document.querySelector('[data-row="turn-5/a5"]');
				return [...(CSS.highlights.get('tiller-found') ?? [])].filter(({ startContainer }) => row?.contains(startContainer)).length;
			});
		await until('the marks', async () => (await marked()) === 20);
		await tiller.screenshot('find');
		await page.keyboard.press('Enter');
		await page.getByText('2 of 3').waitFor();
		await field.and(page.locator(':focus')).waitFor();
		await page.keyboard.press('Escape');
		await field.waitFor({ state: 'detached' });
		await page.getByRole('log').and(page.locator(':focus')).waitFor();
		await until('the marks to go', async () => (await page.evaluate(() => CSS.highlights.size)) === 0);
	});

	it('says when there is nothing', async () => {
		tiller = await suite.open({ state: pageState({ thread: thread(turns(0, 2)) }) });
		await tiller.answer('find', { result: { found: [] } });
		await tiller.events({ type: 'openFind' });
		await tiller.page.getByRole('textbox', { name: 'Find in Thread' }).fill('nowhere');
		await tiller.page.getByText('No results').waitFor();
	});

	for (const theme of ['light', 'dark', 'hc-black', 'hc-light'] as const) {
		it(`is without a finding of axe in ${theme}, also narrow`, async () => {
			tiller = await suite.open({ state: pageState({ thread: thread(turns(0, 2)) }), theme, viewport: { width: 250, height: 500 } });
			await tiller.answer('find', { result: { found: [{ turnId: 'turn-1', itemId: 'a1', count: 20 }] } });
			await tiller.events({ type: 'openFind' });
			await tiller.page.getByRole('textbox', { name: 'Find in Thread' }).fill('needle');
			await tiller.page.getByText('1 of 1').waitFor();
			assert.deepEqual(await suite.violations(), []);
			assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), 250);
		});
	}

	it('has the whole of a long output in an editor', async () => {
		const output = Array.from({ length: 3000 }, (_, index) => `line ${index}`).join('\n');
		const item = command('c1', 'seq 3000', { aggregatedOutput: output, status: 'failed', exitCode: 1 });
		tiller = await suite.open({ state: pageState({ thread: thread([turn('turn-1', [item])]) }) });
		await tiller.page.getByRole('button', { name: 'Show All' }).click();
		const [asked] = await tiller.waitForRequests('showWhole');
		assert.deepEqual(asked?.params, { turnId: 'turn-1', itemId: 'c1', pointer: null, name: 'seq 3000' });
	});
});
