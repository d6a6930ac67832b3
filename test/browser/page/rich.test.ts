import assert from 'node:assert/strict';
import { agentMessage, note, pageState, thread, threadId, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

const formulas = [
	'The roots of $ax^2 + bx + c = 0$ are',
	'',
	'$$',
	'x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}',
	'$$',
	'',
	'and \\(\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}\\). It costs $5, not $10; `$HOME` and `<T>` stay, <T> and $HOME too.',
	'',
	'\\[ \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix} \\]',
	'',
	'Broken: $\\frac{1$',
].join('\n');

describe('what a message is made of', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const said = (text: string) => pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Explain'), agentMessage('a1', text)])]) });

	for (const theme of ['light', 'dark', 'hc-black', 'hc-light'] as const) {
		it(`draws formulas, and leaves money and variables alone, in ${theme}`, async () => {
			tiller = await suite.open({ state: said(formulas), theme, viewport: { width: 300, height: 620 } });
			const { page } = tiller;
			await page.locator('.math-display math mfrac').waitFor();
			await page.locator('.math-drawn').nth(3).waitFor();
			assert.equal(await page.locator('math').count(), 4);
			assert.equal(await page.locator('.math-failed').textContent(), '$\\frac{1$');
			await page.getByText('It costs $5, not $10; $HOME and <T> stay, <T> and $HOME too.').waitFor();
			assert.deepEqual(await suite.violations(), []);
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 300);
			await tiller.screenshot(`formulas-${theme}`);
		});
	}

	it('draws a formula of a message that is still being written once its paragraph has ended', async () => {
		const running = turn('turn-1', [userMessage('u1', 'Explain')], { status: 'inProgress', durationMs: null, completedAt: null });
		tiller = await suite.open({ state: pageState({ thread: thread([running]) }) });
		const delta = (text: string) => note({ method: 'item/agentMessage/delta', params: { threadId, turnId: 'turn-1', itemId: 'a1', delta: text } });
		await tiller.events(
			note({ method: 'item/started', params: { threadId, turnId: 'turn-1', item: agentMessage('a1', ''), startedAtMs: 0 } }),
			delta('With $x'),
		);
		await tiller.page.getByText('With $x').waitFor();
		await tiller.events(delta('^2$ it grows.\n\nNext'));
		await tiller.page.locator('math msup').waitFor();
		await tiller.page.getByText('Next').waitFor();
	});

	it('lets no formula bring in anything else', async () => {
		tiller = await suite.open({
			state: said('$\\href{https://evil.example}{x} \\htmlClass{a}{y}$ and $\\includegraphics{a.png}$, $\\text{<img src=x onerror=alert(1)>}$'),
		});
		await tiller.page.locator('.math-drawn').first().waitFor();
		assert.equal(await tiller.page.locator('.markdown :is(img, a, script, style, [style], [onerror])').count(), 0);
	});
});
