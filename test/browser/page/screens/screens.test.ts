import assert from 'node:assert/strict';
import type { PageState } from '../../../../webview/channel/pageState.ts';
import type { PendingQuestion } from '../../../../webview/channel/questions.ts';
import {
	agentMessage,
	command,
	commandQuestion,
	fileChange,
	pageState,
	priceDiff,
	showcase,
	thread,
	threadId,
	turn,
	userMessage,
} from '../fixtures.ts';
import { pageSuite } from '../pageSuite.ts';
import type { ThemeName } from '../themes.ts';

const widths = [250, 300, 420, 900] as const;
/** Every theme with TILLER_SCREENS=all: 128 pictures to look at. The colours of the cards are held in all themes by look.test.ts. */
const themeNames: readonly ThemeName[] = process.env['TILLER_SCREENS'] === 'all' ? ['light', 'dark', 'hc-black', 'hc-light'] : ['dark'];

const failed = (message: string): PageState => {
	const error = { message, codexErrorInfo: 'unauthorized' as const, additionalDetails: null };
	return pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Fix the rounding')], { status: 'failed', error })]) });
};
const asks = (kind: string, params: object) => ({ key: kind, kind, params: { threadId, turnId: 'turn-2', ...params } }) as unknown as PendingQuestion;
const storage = {
	id: 'store',
	header: 'Storage',
	question: 'Where are the notes kept?',
	isOther: true,
	isSecret: false,
	options: [
		{ label: 'SQLite (Recommended)', description: 'One file, no server; enough for one user.' },
		{ label: 'PostgreSQL', description: 'For several users at once.' },
	],
};
const waiting = (id: string, text: string) => ({
	id,
	clientMessageId: `client-${id}`,
	input: [{ type: 'text' as const, text, text_elements: [] }],
	state: 'queued' as const,
	turnId: null,
	sentAtMs: 0,
});

/** What a person can meet, one screen each. Pictures of all of them: out/screenshots/screens/NAME-WIDTH-THEME.png */
const screens: Readonly<Record<string, () => PageState>> = {
	empty: () => pageState({ account: { type: 'signedOut' } }),
	ready: () => pageState(),
	working: showcase,
	done: () =>
		pageState({
			review: { files: 2 },
			contextUsage: { usedTokens: 61_000, window: 272_000 },
			thread: thread([
				turn('turn-1', [
					userMessage('u1', 'Fix the bug'),
					command('c1', 'rg -n total src'),
					command('c2', 'git push', { status: 'declined', exitCode: null }),
					fileChange('f1'),
					agentMessage('a1', 'All tests pass now. The total counts whole cents.', 'final_answer'),
				]),
			]),
		}),
	approval: () => ({
		...showcase(),
		pending: [commandQuestion('npm test -- --test-name-pattern "discounts of a customer in another country"', 'c4')],
	}),
	question: () => ({ ...showcase(), pending: [asks('userInput', { itemId: 'call', questions: [storage] })] }),
	failed: () => failed('OpenAI answered 401.'),
	queue: () => ({
		...showcase(),
		queue: { available: true, messages: [waiting('q1', 'Then run the tests'), waiting('q2', 'Then write the changelog')], paused: false },
	}),
};

describe('every screen', () => {
	const suite = pageSuite();

	for (const [name, state] of Object.entries(screens)) {
		it(`fits and is without a finding of axe at every width: ${name}`, async () => {
			for (const theme of themeNames) {
				const tiller = await suite.open({ state: state(), theme, viewport: { width: 900, height: 790 } });
				for (const width of widths) {
					await tiller.page.setViewportSize({ width, height: 790 });
					// Two frames: the row of the composer measures itself after the first.
					await tiller.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
					assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), width, `${theme} at ${width} px`);
					await tiller.screenshot(`screens/${name}-${width}-${theme}`);
				}
				await tiller.page.setViewportSize({ width: 300, height: 790 });
				assert.deepEqual(await suite.violations(), [], theme);
			}
		});
	}

	it('shortens folders, never the name of a file, and says how much there is to review', async () => {
		const path = '/home/me/shop/packages/checkout/src/price.ts';
		const changes = [{ path, kind: { type: 'update' as const, move_path: null }, diff: priceDiff }];
		const state = pageState({ review: { files: 2 }, thread: thread([turn('turn-1', [userMessage('u1', 'Fix it'), fileChange('f1', { changes })])]) });
		for (const width of [250, 300, 420]) {
			const { page } = await suite.open({ state, viewport: { width, height: 790 } });
			const shown = await page.locator('.file-change .path').evaluate((box) => {
				const text = document.createTreeWalker(box, NodeFilter.SHOW_TEXT).nextNode();
				if (text === null) return null;
				const name = document.createRange();
				name.setStart(text, (text.textContent ?? '').lastIndexOf('price.ts'));
				name.setEnd(text, (text.textContent ?? '').length);
				const [inner, outer] = [name.getBoundingClientRect(), box.getBoundingClientRect()];
				return inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
			});
			assert.equal(shown, true, `${width} px`);
			const tray = await page.locator('.tray-name .cut').evaluate((box) => box.scrollWidth - box.clientWidth);
			assert.equal(tray, 0, `tray at ${width} px`);
		}
	});
});
