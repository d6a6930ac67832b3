import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { PageState } from '../../../webview/channel/pageState.ts';
import { messagesInSources, readWords } from '../../support/l10n/l10nMessages.ts';
import { commandQuestion, pageState, showcase, thread, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

/** Every text half as long again, between brackets: what lacks a bracket was cut off, or is not translated. */
const stretched = (text: string): string => `⟦${text}${' ~~~~'.repeat(Math.ceil(text.length / 10))}⟧`;

const limit = { message: 'Until 2030-01-02 14:05 UTC.', codexErrorInfo: 'usageLimitExceeded' as const, additionalDetails: null };
const states: Readonly<Record<string, PageState>> = {
	welcome: pageState({ account: { type: 'signedOut' } }),
	demo: pageState({ settings: { model: 'demo', effort: null, approvalMode: 'auto' } }),
	question: { ...showcase(), pending: [commandQuestion('npm test', 'c4')] },
	work: showcase(),
	failure: pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Hello')], { status: 'failed', error: limit })]) }),
	restricted: { ...pageState(), connection: { type: 'restricted' } },
	conflict: pageState({ conflicts: [{ itemId: 'f1', path: '/home/me/shop/a.ts', message: 'x' }], folder: null }),
};

/** Buttons, labels and headings whose text does not fit into them. */
function cutOff(page: Page): Promise<readonly string[]> {
	return page.evaluate(() => {
		const shown = [...document.querySelectorAll<HTMLElement>('button, h1, h2, strong, p, label, .status, .banner, .composer-hint')];
		// A title and a line of activity may be shortened: all of it stands in the tooltip, or unfolds.
		return shown
			.filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
			.filter((element) => element.closest('h1, .sr-only, .activity, [title], pre, table') === null && getComputedStyle(element).display !== 'inline')
			.map((element) => `${element.tagName}.${element.className}: ${element.textContent?.slice(0, 80)}`);
	});
}

describe('the language of the page', () => {
	const suite = pageSuite();
	let tiller: TillerPage;

	it('is that of the dictionary the host hands over: German', async () => {
		const dictionary = await readWords('l10n/bundle.l10n.de.json');
		for (const [name, state] of Object.entries(states)) {
			tiller = await suite.open({ state, dictionary, viewport: { width: 400, height: 820 } });
			await tiller.page.getByRole('textbox', { name: 'Nachricht an Tiller' }).waitFor();
			await tiller.screenshot(`german-${name}`);
		}
	});

	it('may be much longer than English: nothing is cut off, and nothing is left in English', async () => {
		const dictionary = Object.fromEntries((await messagesInSources()).map((text) => [text, stretched(text)]));
		for (const [name, state] of Object.entries(states)) {
			tiller = await suite.open({ state, dictionary, viewport: { width: 280, height: 900 } });
			await tiller.screenshot(`stretched-${name}`);
			assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), 280, name);
			assert.deepEqual(await cutOff(tiller.page), [], name);
			const plain = await tiller.page.evaluate(() =>
				[...document.querySelectorAll('button, h2, strong, [aria-label], [title]')]
					.filter((element) => element.closest('.markdown, pre, .user-text, .diff, .suggestions, .card-toggle, select') === null)
					.flatMap((element) => [
						element.getAttribute('aria-label'),
						element.tagName === 'BUTTON' || element.tagName === 'H2' ? element.textContent : null,
					])
					.filter((text) => text !== null && /[a-z]{3}/i.test(text) && !text.includes('⟦')),
			);
			assert.deepEqual(plain, [], name);
		}
	});
});
