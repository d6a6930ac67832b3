import assert from 'node:assert/strict';
import type { PageState } from '../../../webview/channel/pageState.ts';
import { agentMessage, commandQuestion, note, pageState, showcase, thread, threadId, turn, userMessage } from './fixtures.ts';
import type { TillerPage, TillerPageOptions } from './harness.ts';
import { pageSuite, sharedServer } from './pageSuite.ts';
import type { ThemeName } from './themes.ts';

describe('the look of the page', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const question = commandQuestion('npm test -- --test-name-pattern discounts', 'c4');

	const open = async (state: PageState, options: Omit<TillerPageOptions, 'state'> = {}): Promise<void> => {
		tiller = await suite.open({ state, viewport: { width: 420, height: 1000 }, ...options });
	};

	for (const theme of ['light', 'dark', 'hc-black', 'hc-light'] satisfies ThemeName[]) {
		it(`is without a finding of axe in ${theme}`, async () => {
			await open({ ...showcase(), pending: [question] }, { theme });
			await tiller.screenshot(`page-${theme}`);
			assert.deepEqual(await suite.violations(), []);
			await tiller.events({ type: 'pending', pending: [] });
			await tiller.page.locator('.transcript').evaluate((box) => {
				box.scrollTop = 0;
			});
			await tiller.screenshot(`page-${theme}-top`);
			assert.deepEqual(await suite.violations(), []);
		});
	}

	it('is without a finding when empty, signed out, failed', async () => {
		await open(pageState({ account: { type: 'signedOut' } }), { viewport: { width: 320, height: 700 } });
		await tiller.screenshot('page-empty');
		assert.deepEqual(await suite.violations(), []);
		await tiller.events({ type: 'connection', connection: { type: 'failed', message: 'The server ended five times within a minute.' } });
		await tiller.page.getByText('five times').waitFor();
		await tiller.screenshot('page-failed');
		assert.deepEqual(await suite.violations(), []);
	});

	it('does not scroll sideways at 250 pixels, at 200 % zoom, or wide', async () => {
		for (const [name, viewport] of Object.entries({
			narrow: { width: 250, height: 800 },
			zoomed: { width: 210, height: 500 },
			wide: { width: 1600, height: 900 },
		})) {
			await open({ ...showcase(), pending: name === 'wide' ? [question] : [] }, { viewport });
			assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), viewport.width);
			assert.equal(await tiller.page.locator('.transcript').evaluate((box) => box.scrollWidth - box.clientWidth), 0);
			await tiller.screenshot(`page-${name}`);
			if (name !== 'wide') {
			}
		}
	});

	it('sets right-to-left text from the right', async () => {
		await open(
			pageState({
				thread: thread([turn('turn-1', [userMessage('u1', 'שלום, תקן את הבאג'), agentMessage('a1', 'מצאתי את הבעיה ב־`src/price.ts:3`.')])]),
			}),
		);
		assert.equal(await tiller.page.locator('.user-text').evaluate((text) => getComputedStyle(text).direction), 'rtl');
		assert.equal(await tiller.page.locator('.markdown-block').evaluate((text) => getComputedStyle(text).direction), 'rtl');
		await tiller.screenshot('page-rtl');
	});

	it('moves nothing where movement is not wanted, and nothing at all when idle', async () => {
		await open(showcase(), { bodyClasses: 'vscode-reduce-motion' });
		assert.equal(await tiller.page.evaluate(() => document.getAnimations().length), 0);
		await open(pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'a'), agentMessage('a1', 'b')])]) }));
		assert.equal(await tiller.page.evaluate(() => document.getAnimations().length), 0);
	});

	it('tells a screen reader how the turn goes, once, and reads the answer', async () => {
		await open(pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'a'), agentMessage('a1', 'b')])]) }), {
			bodyClasses: 'vscode-using-screen-reader',
		});
		const status = tiller.page.getByRole('status');
		assert.equal(await tiller.page.locator('[aria-live=polite], [role=status]').count(), 1);
		await tiller.events(
			note({ method: 'turn/started', params: { threadId, turn: turn('turn-2', [], { status: 'inProgress' }) } }),
			note({ method: 'item/completed', params: { threadId, turnId: 'turn-2', item: userMessage('u2', 'Next please'), completedAtMs: 0 } }),
		);
		await status.getByText('Tiller is working').waitFor();
		await tiller.events(
			note({ method: 'item/completed', params: { threadId, turnId: 'turn-2', item: agentMessage('a2', 'All is done.'), completedAtMs: 0 } }),
			note({ method: 'turn/completed', params: { threadId, turn: turn('turn-2', []) } }),
		);
		await status.getByText('Tiller has finished. All is done.').waitFor();
		assert.deepEqual(await tiller.page.getByRole('heading', { level: 2 }).allTextContents(), ['Turn 1: a', 'Turn 2: Next please']);
	});

	it('has a small script, and loads the rest when a message needs it', async () => {
		const { scriptBytes } = await sharedServer();
		assert.ok(scriptBytes < 345_000, `${scriptBytes} bytes`);
	});
});
