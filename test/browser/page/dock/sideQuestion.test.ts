import assert from 'node:assert/strict';
import type { SideQuestion } from '../../../../webview/channel/sideQuestion.ts';
import { agentMessage, pageState, thread, turn, userMessage } from '../fixtures.ts';
import type { TillerPage } from '../harness.ts';
import { pageSuite } from '../pageSuite.ts';

describe('a side question', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const running = pageState({
		thread: thread([turn('turn-1', [userMessage('u1', 'Rename it'), agentMessage('a1', 'On it.')], { status: 'inProgress', durationMs: null })]),
	});
	const field = () => tiller.page.getByRole('textbox', { name: 'Message to Tiller' });
	const asked = (change: Partial<SideQuestion> = {}): SideQuestion => ({
		id: 's1',
		question: 'Why is it slow?',
		status: 'answering',
		answer: '',
		step: null,
		problem: null,
		...change,
	});
	const show = (...sideQuestions: readonly SideQuestion[]) => tiller.events({ type: 'sideQuestions', sideQuestions });
	const requests = async (name: Parameters<TillerPage['requests']>[0]) =>
		(await tiller.waitForRequests(name ?? 'send', 1)).map((request) => request.params);

	it('is asked with /btw while a turn runs, by the menu and without it, and sends no message', async () => {
		tiller = await suite.open({ state: running });
		await tiller.answer('askBeside', { result: {} });
		await field().fill('/btw');
		await field().press('Escape');
		await field().press('Enter');
		await tiller.page.getByText('Type your question after /btw, then press Enter.').waitFor();
		await field().pressSequentially(' Why is it slow?');
		await tiller.page.getByRole('option', { name: /Ask: Why is it slow\?/ }).waitFor();
		await field().press('Enter');
		const question = 'Why is it slow?';
		assert.deepEqual(await requests('askBeside'), [{ question, input: [{ type: 'text', text: question, text_elements: [] }] }]);
		await tiller.page.waitForFunction(() => document.querySelector('textarea')?.value === '');
		const long = `first line\n${'a long question '.repeat(30)}`.trim();
		await field().fill(`/btw ${long}`);
		await field().press('Enter');
		const [, second] = await tiller.waitForRequests('askBeside', 2);
		assert.equal((second?.params as { readonly question: string }).question, long);
		assert.deepEqual(await tiller.requests('send'), []);
	});

	it('keeps what was typed when it cannot be asked, and says why', async () => {
		tiller = await suite.open({ state: running });
		await tiller.answer('askBeside', { failure: 'Send a message first.' });
		await field().fill('/btw Why?');
		await field().press('Enter');
		await tiller.page.getByRole('alert').getByText('Send a message first.').waitFor();
		assert.equal(await field().inputValue(), '/btw Why?');
	});

	it('is answered in a place of its own: looked on, stopped, asked again, folded and closed by keyboard', async () => {
		tiller = await suite.open({ state: running });
		for (const name of ['stopSideQuestion', 'repeatSideQuestion', 'closeSideQuestion'] as const) await tiller.answer(name, { result: {} });
		await show(asked());
		const card = tiller.page.getByRole('group', { name: 'Side question: Why is it slow?' });
		const answer = card.getByRole('region', { name: 'Answer to the side question' });
		await answer.getByText('Answering…').waitFor();
		await show(asked({ step: 'grep -rn sleep src' }));
		await answer.getByText('grep -rn sleep src').waitFor();
		await card.getByRole('button', { name: 'Stop Answering' }).press('Enter');
		assert.deepEqual(await requests('stopSideQuestion'), [{ id: 's1' }]);
		await show(asked({ answer: 'It **sleeps** in a loop.', status: 'answered' }));
		await answer.locator('strong', { hasText: 'sleeps' }).waitFor();
		await card.getByRole('status').getByText('Side question answered.').waitFor({ state: 'attached' });
		await card.getByRole('button', { name: 'Ask Again' }).press('Enter');
		assert.deepEqual(await requests('repeatSideQuestion'), [{ id: 's1' }]);
		assert.equal(await tiller.page.locator('.transcript').getByText('sleeps').count(), 0);

		const fold = card.getByRole('button', { name: 'Why is it slow?' });
		assert.equal(await fold.getAttribute('aria-expanded'), 'true');
		await fold.press('Enter');
		await answer.waitFor({ state: 'detached' });
		await fold.press('Escape');
		assert.deepEqual(await requests('closeSideQuestion'), [{ id: 's1' }]);
		await tiller.page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
		assert.deepEqual(await tiller.requests('interrupt'), [], 'the turn goes on');
		await show();
		await card.waitFor({ state: 'detached' });
	});

	it('folds the ones before, and says what failed', async () => {
		tiller = await suite.open({ state: running });
		const first = asked({ id: 's0', question: 'What is it?', status: 'answered', answer: 'A shop.' });
		await show(first);
		await show(first, asked({ status: 'failed', problem: 'the provider is away' }));
		await tiller.page.getByText('Not answered: the provider is away').waitFor();
		assert.equal(await tiller.page.getByText('A shop.').count(), 0);
	});
});
