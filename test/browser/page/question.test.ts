import assert from 'node:assert/strict';
import type { PendingQuestion } from '../../../webview/channel/questions.ts';
import { showcase, threadId } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

const options = [
	{ label: 'SQLite (Recommended)', description: 'One file, no server; enough for one user.' },
	{ label: 'PostgreSQL', description: 'For several users at once.' },
];
const question = (overrides: object = {}) => ({
	id: 'store',
	header: 'Storage',
	question: 'Where are the notes kept?',
	isOther: true,
	isSecret: false,
	options,
	...overrides,
});
const pending = (questions: readonly object[]): PendingQuestion =>
	({ key: 'question-1', kind: 'userInput', params: { threadId, turnId: 'turn', itemId: 'call', questions } }) as unknown as PendingQuestion;

describe('a question of the model', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const card = (name: string) => tiller.page.getByRole('region', { name });
	const answers = async () => (await tiller.waitForRequests('answer')).map(({ params }) => params);

	it('is answered with an option and a note, by the keyboard alone', async () => {
		tiller = await suite.open({ state: showcase() });
		await tiller.page.getByRole('textbox').focus();
		await tiller.events({ type: 'pending', pending: [pending([question()])] });
		await card('Storage').waitFor();
		assert.equal(await tiller.page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA');
		await tiller.page.getByRole('status').getByText('Question: Where are the notes kept?').waitFor();
		assert.equal(
			await card('Storage')
				.getByRole('button', { name: /^Submit/ })
				.isEnabled(),
			false,
		);
		await card('Storage').getByRole('radio').first().focus();
		await tiller.page.keyboard.press('2');
		assert.equal(
			await card('Storage')
				.getByRole('radio', { name: /PostgreSQL/ })
				.isChecked(),
			true,
		);
		await tiller.page.keyboard.press('Tab');
		await tiller.page.keyboard.type('version 2');
		await tiller.screenshot('question');
		// A card takes no key just after it came: it may have been meant for what was there before.
		await tiller.page.waitForFunction((from) => performance.now() - from > 600, await tiller.page.evaluate(() => performance.now()));
		await tiller.page.keyboard.press('Control+Enter');
		assert.deepEqual(await answers(), [
			{ key: 'question-1', answer: { kind: 'userInput', answers: { store: { answers: ['PostgreSQL', 'user_note: version 2'] } } } },
		]);
	});

	it('can be skipped, and several are answered together', async () => {
		const both = [question(), question({ id: 'name', question: 'What is it called?', options: null })];
		tiller = await suite.open({ state: { ...showcase(), pending: [pending(both)] } });
		await card('Questions').getByText('SQLite').click();
		assert.equal(
			await card('Questions')
				.getByRole('button', { name: /^Submit/ })
				.isEnabled(),
			false,
		);
		await card('Questions')
			.getByRole('textbox', { name: /What is it called/ })
			.fill('Notes');
		await tiller.screenshot('questions');
		await card('Questions')
			.getByRole('button', { name: /^Submit/ })
			.click();
		const given = { store: { answers: ['SQLite (Recommended)'] }, name: { answers: ['Notes'] } };
		assert.deepEqual(await answers(), [{ key: 'question-1', answer: { kind: 'userInput', answers: given } }]);
	});

	it('that is skipped goes on without an answer', async () => {
		tiller = await suite.open({ state: { ...showcase(), pending: [pending([question({ isSecret: true })])] } });
		assert.equal(await card('Storage').locator('input.question-words').getAttribute('type'), 'password');
		await card('Storage').getByRole('button', { name: 'Skip' }).click();
		await tiller.events({ type: 'pending', pending: [{ ...pending([question({ isOther: false })]), key: 'question-2' }] });
		await card('Storage').getByRole('radio').first().waitFor();
		// One of the options has to be chosen.
		await card('Storage').getByRole('button', { name: 'Skip' }).waitFor({ state: 'detached' });
		assert.deepEqual(await answers(), [{ key: 'question-1', answer: { kind: 'userInput', answers: {} } }]);
	});
});
