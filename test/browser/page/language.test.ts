import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { PageState } from '../../../webview/channel/pageState.ts';
import { messagesInSources, readWords } from '../../support/l10n/l10nMessages.ts';
import { commandQuestion, note, pageState, showcase, thread, threadId, turn, userMessage } from './fixtures.ts';
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

	it('is also that of what the server says of a failure, as far as it says how its words were made', async () => {
		const dictionary = await readWords('l10n/bundle.l10n.de.json');
		const answered = { message: '{0} answered {1}: {2} ({3})', args: ['OpenAI', '401 Unauthorized', 'no such key', 'https://api.openai.com'] };
		const error = {
			message: 'In English.',
			l10n: { message: '{0}. Check the API key of this provider.', args: [answered] },
			codexErrorInfo: 'unauthorized' as const,
			additionalDetails: 'it has expired',
			detailsL10n: { message: 'it has expired', args: [] },
		};
		const failed = turn('turn-1', [userMessage('u1', 'Hallo')], { status: 'failed', error });
		tiller = await suite.open({ state: pageState({ thread: thread([failed]) }), dictionary, viewport: { width: 250, height: 820 } });
		await tiller.page.getByText('Details').click();
		await tiller.page
			.getByText(
				'OpenAI hat mit 401 Unauthorized geantwortet: no such key (https://api.openai.com). Überprüfen Sie den API-Schlüssel dieses Anbieters.',
			)
			.waitFor();
		await tiller.page.getByText('Sie ist abgelaufen').waitFor();
		assert.equal(await tiller.page.getByText('In English.').count(), 0);
		const retry = {
			message: 'Reconnecting... 2/5',
			l10n: { message: 'Reconnecting... {0}/{1}', args: ['2', '5'] },
			codexErrorInfo: null,
			additionalDetails: null,
		};
		const running = turn('turn-2', [userMessage('u2', 'Weiter')], { status: 'inProgress' });
		await tiller.events(
			note({ method: 'turn/started', params: { threadId, turn: running } }),
			note({ method: 'error', params: { threadId, turnId: 'turn-2', error: retry, willRetry: true, retryInMs: 60_000 } }),
		);
		await tiller.page.getByText('Verbindung wird wiederhergestellt … 2/5').first().waitFor();
		await tiller.screenshot('german-failure-details');
		assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), 250);
	});

	it('leaves every button of a request, and of what is to be reviewed, in reach in the narrowest page', async () => {
		const dictionary = await readWords('l10n/bundle.l10n.de.json');
		const ofItem = { threadId, turnId: 'turn-2', itemId: 'c4' };
		const folders = { read: ['/etc'], write: ['/home/me/other'] };
		const access = { startedAtMs: 1, cwd: '/home/me/shop', reason: null, permissions: { network: { enabled: true }, fileSystem: folders } };
		const requests: PageState['pending'] = [
			commandQuestion('npm test', 'c4'),
			{ key: 'p', kind: 'permissions', params: { ...ofItem, ...access } },
			{ key: 'f', kind: 'fileChange', params: { ...ofItem, itemId: 'f1', startedAtMs: 1, grantRoot: '/home/me/other' } },
		];
		for (const pending of [...requests.map((each) => [each]), []]) {
			const state = { ...showcase(), pending, review: { files: 3 } };
			tiller = await suite.open({ state, dictionary, viewport: { width: 250, height: 900 } });
			await tiller.page.locator('.ask-buttons button, .review-tray button').first().waitFor();
			const outside = await tiller.page.evaluate(() =>
				[...document.querySelectorAll('.ask-buttons button, .review-tray button')]
					.filter((button) => button.getBoundingClientRect().right > innerWidth - 8)
					.map((button) => button.textContent),
			);
			assert.deepEqual(outside, [], pending[0]?.kind ?? 'review');
			assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), 250);
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
