import assert from 'node:assert/strict';
import type { SentMessage } from '../../../../server/protocol/thread/turnQueue.ts';
import type { QueueState } from '../../../../webview/channel/pageState.ts';
import { agentMessage, pageState, thread, turn, userMessage } from '../fixtures.ts';
import type { TillerPage } from '../harness.ts';
import { pageSuite } from '../pageSuite.ts';

describe('the queue of messages', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const running = pageState({
		thread: thread([turn('turn-1', [userMessage('u1', 'Hello'), agentMessage('a1', 'On it.')], { status: 'inProgress', durationMs: null })]),
	});
	const field = () => tiller.page.getByRole('textbox', { name: 'Message to Tiller' });
	const message = (id: string, text: string, change: Partial<SentMessage> = {}): SentMessage => ({
		id,
		clientMessageId: `client-${id}`,
		input: [{ type: 'text', text, text_elements: [] }],
		state: 'queued',
		turnId: null,
		sentAtMs: 0,
		...change,
	});
	const queueOf = (...messages: readonly SentMessage[]): QueueState => ({ available: true, messages, paused: false });
	const three = queueOf(message('q1', 'Then run the tests'), message('q2', 'Then write the changelog'), message('q3', 'Then commit'));
	const params = async (name: Parameters<TillerPage['requests']>[0], count = 1) =>
		(await tiller.waitForRequests(name ?? 'send', count)).map((request) => request.params);

	it('takes a message with Alt+Enter, and shows it where it waits', async () => {
		tiller = await suite.open({ state: running });
		await tiller.answer('send', { result: { delivery: 'queued' } });
		await field().fill('Then run the tests');
		await tiller.page.getByText('Alt+Enter queues').waitFor();
		await field().press('Alt+Enter');
		const [sent] = (await params('send')) as { readonly id: string; readonly delivery: string }[];
		assert.equal(sent?.delivery, 'queue');
		await tiller.events({ type: 'queue', queue: queueOf(message('q1', 'Then run the tests', { clientMessageId: sent?.id ?? '' })) });
		await tiller.page.getByRole('heading', { name: 'Queued (1)' }).waitFor();
		assert.equal(await tiller.page.getByText('Then run the tests').count(), 1);
		assert.equal(await field().inputValue(), '');
	});

	it('takes a message with Alt+Enter while the page does not know yet that a turn runs', async () => {
		tiller = await suite.open({ state: pageState({ thread: thread([]) }) });
		await tiller.answer('send', 'never');
		await field().fill('Look at it');
		await field().press('Enter');
		await field().fill('Then run the tests');
		await field().press('Alt+Enter');
		const sent = (await params('send', 2)) as { readonly delivery: string }[];
		assert.deepEqual(
			sent.map(({ delivery }) => delivery),
			['now', 'queue'],
		);
	});

	it('is changed, ordered, sent now and deleted by the keyboard alone; the server says what became of it', async () => {
		tiller = await suite.open({ state: { ...running, queue: three } });
		const row = (words: string) => tiller.page.getByRole('button', { name: new RegExp(`^Queued message \\d: ${words}`) });
		await field().focus();
		await tiller.page.keyboard.press('Alt+ArrowUp');
		await tiller.page.keyboard.press('Alt+ArrowUp');
		assert.deepEqual(await params('orderQueue'), [{ messageIds: ['q1', 'q3', 'q2'] }]);
		const [q1, q2, q3] = three.messages;
		assert.ok(q1 && q2 && q3);
		await tiller.events({ type: 'queue', queue: queueOf(q1, q3, q2) });
		await tiller.page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Queued message 2: Then commit');

		await tiller.page.keyboard.press('Enter');
		await tiller.page.getByRole('textbox', { name: 'Queued message' }).fill('Then commit and push');
		await tiller.page.keyboard.press('Enter');
		assert.deepEqual(await params('changeQueued'), [{ messageId: 'q3', input: [{ type: 'text', text: 'Then commit and push', text_elements: [] }] }]);
		const changed = message('q3', 'Then commit and push');
		await tiller.events({ type: 'queue', queue: queueOf(q1, changed, q2) });
		await row('Then commit and push').waitFor();

		await tiller.page.keyboard.press('Delete');
		assert.deepEqual(await params('removeQueued'), [{ messageId: 'q3' }]);
		await tiller.events({ type: 'queue', queue: queueOf(q1, q2) });
		await tiller.page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Queued message 2: Then write the changelog');

		await tiller.page.getByRole('listitem').filter({ hasText: 'Then run the tests' }).getByRole('button', { name: 'Send Now' }).press('Enter');
		assert.deepEqual(await params('sendQueued'), [{ messageId: 'q1' }]);
		await tiller.events({ type: 'queue', queue: queueOf({ ...q1, state: 'accepted', turnId: 'turn-1' }, q2) });
		await tiller.page.getByRole('log').getByText('The agent reads it at its next step').waitFor();
		await tiller.page.getByRole('heading', { name: 'Queued (1)' }).waitFor();
	});

	it('loses no word when a message goes out while it is being changed', async () => {
		tiller = await suite.open({ state: { ...running, queue: three } });
		await tiller.page.getByRole('button', { name: /^Queued message 1/ }).click();
		await tiller.page.getByRole('textbox', { name: 'Queued message' }).fill('Then run only the unit tests');
		await tiller.events({ type: 'queue', queue: queueOf(...three.messages.slice(1)) });
		await tiller.page.waitForFunction(
			() => document.querySelector<HTMLTextAreaElement>('.composer textarea')?.value === 'Then run only the unit tests',
		);
	});

	it('says when it waits for a person, after a reload too', async () => {
		tiller = await suite.open({
			state: pageState({
				thread: thread([turn('turn-1', [userMessage('u1', 'Hello')], { status: 'interrupted' })]),
				queue: { ...three, paused: true },
			}),
		});
		await tiller.page.getByText('Paused because the last turn did not finish').waitFor();
		await tiller.reload();
		await tiller.page.getByRole('button', { name: 'Send First Now' }).click();
		assert.deepEqual(await params('sendQueued'), [{ messageId: 'q1' }]);
	});

	it('is not offered by a server that has none: Alt+Enter keeps the words and says why', async () => {
		tiller = await suite.open({ state: { ...running, queue: { available: false, messages: [], paused: false } } });
		await field().fill('later');
		await field().press('Alt+Enter');
		await tiller.page.getByText('This server has no queue.').waitFor();
		assert.equal(await tiller.page.getByRole('button', { name: /^Queue/ }).count(), 0);
		assert.equal((await tiller.requests('send')).length, 0);
		assert.equal(await field().inputValue(), 'later');
	});

	it('brings back what was sent with the up key, and what was typed with the down key', async () => {
		tiller = await suite.open({ state: pageState({ thread: thread([]) }) });
		for (const words of ['one', 'two']) {
			await field().fill(words);
			await field().press('Enter');
		}
		await tiller.waitForRequests('send', 2);
		await field().press('ArrowUp');
		assert.equal(await field().inputValue(), 'two');
		await field().press('ArrowUp');
		assert.equal(await field().inputValue(), 'one');
		await field().press('ArrowUp');
		await field().press('ArrowDown');
		await field().press('ArrowDown');
		assert.equal(await field().inputValue(), '');
	});

	for (const theme of ['light', 'dark', 'hc-black', 'hc-light'] as const) {
		it(`is without a finding of axe in ${theme}`, async () => {
			const accepted = message('q0', 'Use tabs, please', { state: 'accepted', turnId: 'turn-1' });
			tiller = await suite.open({
				state: { ...running, queue: queueOf(accepted, ...three.messages) },
				theme,
				viewport: { width: 420, height: 700 },
			});
			await field().fill('And then');
			await tiller.screenshot(`queue-${theme}`);
			assert.deepEqual(await suite.violations(), []);
		});
	}
});
