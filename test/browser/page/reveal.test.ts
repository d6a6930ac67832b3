import assert from 'node:assert/strict';
import { sharedBrowser } from '../../host/browser.ts';
import { newPage } from '../support.ts';
import { agentMessage, pageState, thread, threadId, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite, sharedServer } from './pageSuite.ts';

describe('a page whose script does not come', () => {
	it('says what can be done without it, without any script', async () => {
		const { server } = await sharedServer();
		const { page, close } = await newPage(await sharedBrowser());
		await page.route('**/webview.js', (route) => route.abort());
		await page.goto(`${server.origin}/page.html`);
		await page.getByText('This page does not load.').waitFor({ state: 'hidden' });
		await page.emulateMedia({ reducedMotion: 'reduce' });
		await page.getByText('This page does not load.').waitFor();
		const link = page.getByRole('link', { name: 'Open Thread as Text' });
		assert.equal(await link.getAttribute('href'), 'command:tiller.openThreadText');
		await close();
	});
});

describe('going to a place of a thread', () => {
	const suite = pageSuite();
	let tiller: TillerPage;

	const turns = (from: number, to: number) =>
		Array.from({ length: to - from }, (_, index) => {
			const number = from + index;
			return turn(`turn-${number}`, [userMessage(`u${number}`, `Question ${number}`), agentMessage(`a${number}`, `Answer ${number}. `.repeat(30))]);
		});
	const place = (turnId: string, itemId: string) => ({ type: 'reveal', threadId, turnId, itemId }) as const;

	it('brings the item into view, loading what came before as far as needed', async () => {
		const state = pageState({ thread: thread(turns(60, 120)), olderTurns: 'before-60' });
		tiller = await suite.open({ state, viewport: { width: 400, height: 500 } });
		await tiller.answer('loadOlder', { result: { turns: turns(0, 60), cursor: null } });
		await tiller.events(place('turn-70', 'a70'));
		const row = tiller.page.locator('[data-row="turn-70/a70"]');
		await row.and(tiller.page.locator(':focus')).waitFor();
		await tiller.events(place('turn-10', 'a10'));
		const older = tiller.page.locator('[data-row="turn-10/a10"]');
		await older.and(tiller.page.locator(':focus')).waitFor();
		const box = await older.boundingBox();
		assert.ok(box !== null && box.y > 0 && box.y < 300, `at ${box?.y}`);
		assert.equal((await tiller.requests('loadOlder')).length, 1);
		await tiller.screenshot('reveal');
	});

	it('says so when the place is gone', async () => {
		tiller = await suite.open({ state: pageState({ thread: thread(turns(0, 3)) }) });
		await tiller.events(place('turn-99', 'a99'));
		await tiller.page.getByText('This part of the thread no longer exists.').waitFor();
	});

	it('waits for the thread that is meant', async () => {
		tiller = await suite.open({ state: pageState() });
		await tiller.events(place('turn-1', 'a1'));
		await tiller.setState(pageState({ thread: thread(turns(0, 3)) }), 'now');
		await tiller.page.locator('[data-row="turn-1/a1"]').and(tiller.page.locator(':focus')).waitFor();
	});
});
