import assert from 'node:assert/strict';
import { agentMessage, note, pageState, thread, threadId, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

describe('the composer', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const idle = pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Hello'), agentMessage('a1', 'Hi.')])]) });
	const running = pageState({
		thread: thread([turn('turn-1', [userMessage('u1', 'Hello')], { status: 'inProgress', durationMs: null, completedAt: null })]),
	});
	const field = () => tiller.page.getByRole('textbox', { name: 'Message to Tiller' });

	it('sends with Enter, breaks the line with Shift+Enter, and shows the message until the transcript has it', async () => {
		tiller = await suite.open({ state: idle });
		await tiller.answer('send', 'never');
		await field().click();
		await tiller.page.keyboard.type('first');
		await tiller.page.keyboard.press('Shift+Enter');
		await tiller.page.keyboard.type('second');
		await tiller.page.keyboard.press('Enter');
		const [request] = await tiller.waitForRequests('send');
		const { id, ...sent } = request?.params as { readonly id: string };
		assert.match(id, /^[0-9a-f-]{36}$/);
		assert.deepEqual(sent, { input: [{ type: 'text', text: 'first\nsecond', text_elements: [] }], delivery: 'now' });
		assert.equal(await field().inputValue(), '');
		await tiller.page.getByText('Sending…').waitFor();
		await tiller.events(
			note({ method: 'turn/started', params: { threadId, turn: turn('turn-2', [], { status: 'inProgress', durationMs: null }) } }),
			note({ method: 'item/started', params: { threadId, turnId: 'turn-2', item: userMessage('u2', 'first\nsecond'), startedAtMs: 0 } }),
		);
		await tiller.page.locator('[data-row="turn-2/u2"]').waitFor();
		assert.equal(await tiller.page.getByText('Sending…').count(), 0);
	});

	it('leaves Enter to an input method', async () => {
		tiller = await suite.open({ state: idle });
		await field().fill('にほん');
		await field().evaluate((element) => {
			element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }));
			element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }));
		});
		await field().press('Enter');
		await tiller.waitForRequests('send');
		assert.equal((await tiller.requests('send')).length, 1);
	});

	it('gives a message back that could not be sent, before what was typed since', async () => {
		tiller = await suite.open({ state: idle });
		await tiller.answer('send', 'never');
		await field().fill('important words');
		await field().press('Enter');
		const [request] = await tiller.waitForRequests('send');
		await field().fill('newer');
		await tiller.page.evaluate((id) => window.tillerHost.send({ type: 'failure', id, message: 'The server is gone.' }), request?.id);
		await tiller.page.getByText('Not sent: The server is gone.').waitFor();
		assert.equal(await field().inputValue(), 'important words\nnewer');
	});

	it('keeps the draft of each thread across a reload, and a message that was cut off by it', async () => {
		tiller = await suite.open({ state: idle });
		await tiller.answer('send', 'never');
		await field().fill('sent but lost');
		await field().press('Enter');
		await tiller.waitForRequests('send');
		await field().fill('half a thou');
		await tiller.reload();
		// The host has a new life too, and does not know the message.
		const [asked] = await tiller.waitForRequests('sent');
		await tiller.page.evaluate((id) => window.tillerHost.send({ type: 'failure', id, message: 'The window was reloaded.' }), asked?.id);
		await tiller.page.getByText('Not sent: The window was reloaded.').waitFor();
		assert.equal(await field().inputValue(), 'sent but lost\nhalf a thou');
		await tiller.setState({ ...idle, thread: thread([], { id: 'thread-2' }) }, 'now');
		await tiller.page.waitForFunction(() => document.querySelector('textarea')?.value === '');
	});

	it('steers a running turn and says so', async () => {
		tiller = await suite.open({ state: running });
		await tiller.answer('send', { result: { delivery: 'steered' } });
		await field().fill('use tabs');
		await tiller.page.getByText('Enter steers').waitFor();
		await field().press('Enter');
		await tiller.page.getByText('The agent reads it at its next step').waitFor();
		const [request] = await tiller.requests('send');
		const { id } = request?.params as { readonly id: string };
		const item = { ...userMessage('u2', 'use tabs'), clientMessageId: id };
		await tiller.events(note({ method: 'item/completed', params: { threadId, turnId: 'turn-1', item, completedAtMs: 0 } }));
		await tiller.page.locator('[data-row="turn-1/u2"]').getByText('Seen by the agent').waitFor();
		assert.equal(await tiller.page.getByText('Accepted:').count(), 0);
	});

	it('stops by button or by Esc twice, never by Esc once', async () => {
		tiller = await suite.open({ state: running });
		await field().focus();
		await tiller.page.keyboard.press('Escape');
		await tiller.page.getByText('Press Esc again to stop').waitFor();
		assert.equal((await tiller.requests('interrupt')).length, 0);
		await tiller.page.keyboard.press('Escape');
		await tiller.waitForRequests('interrupt');
		assert.equal(await tiller.page.getByRole('button', { name: /^Stop/ }).isDisabled(), true);
		await tiller.events(note({ method: 'turn/completed', params: { threadId, turn: turn('turn-1', [], { status: 'interrupted' }) } }));
		await tiller.page.locator('.turn-end').getByText('Stopped').waitFor();
		assert.equal(await tiller.page.getByRole('button', { name: /^Stop/ }).count(), 0);
	});

	it('says why it cannot send, with the next step', async () => {
		tiller = await suite.open({ state: pageState({ account: { type: 'signedOut' } }) });
		await field().fill('x');
		await field().press('Enter');
		assert.equal(await tiller.page.getByRole('button', { name: 'Send (Enter)' }).isDisabled(), true);
		await tiller.page.getByRole('button', { name: /^Sign In/ }).click();
		assert.deepEqual(
			(await tiller.waitForRequests('runCommand')).map(({ params }) => params),
			[{ command: 'tiller.signIn' }],
		);
		for (const [connection, words] of [
			[{ type: 'starting' }, 'Starting Tiller…'],
			[{ type: 'restarting', attempt: 2 }, 'attempt 2'],
			[{ type: 'restricted' }, 'Restricted Mode'],
			[{ type: 'failed', message: 'It ended five times in a row.' }, 'It ended five times in a row.'],
		] as const) {
			await tiller.events({ type: 'connection', connection });
			await tiller.page.locator('.banner').getByText(words).first().waitFor();
		}
		await tiller.page.getByRole('button', { name: 'Restart' }).click();
		await tiller.waitForRequests('runCommand', 2);
		assert.equal((await tiller.requests('send')).length, 0);
		assert.equal(await field().inputValue(), 'x');
	});

	it('takes text and focus from the editor without losing what was typed', async () => {
		tiller = await suite.open({ state: idle });
		await field().fill('typed');
		await tiller.page.getByRole('log').focus();
		await tiller.events({ type: 'composerText', text: 'src/a.ts:3' }, { type: 'focusComposer' });
		await tiller.page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
		assert.equal(await field().inputValue(), 'typed\nsrc/a.ts:3');
	});

	it('takes the keyboard only when the page has it, never from a box of VS Code that opened meanwhile', async () => {
		tiller = await suite.open({ state: idle });
		const isFocused = () => field().evaluate((element) => element === document.activeElement);
		await tiller.page.evaluate(() => {
			Document.prototype.hasFocus = () => false;
		});
		await tiller.events({ type: 'composerText', text: 'meanwhile' }, { type: 'focusComposer' });
		await tiller.page.waitForFunction(() => document.querySelector('textarea')?.value === 'meanwhile');
		// Effects run after the frame that drew the words.
		await tiller.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
		assert.equal(await isFocused(), false);
		await tiller.events({ type: 'openFind' });
		const find = tiller.page.getByRole('textbox', { name: 'Find in Thread' });
		await find.waitFor();
		assert.equal(await tiller.page.evaluate(() => document.activeElement === document.body), true);
		await tiller.page.evaluate(() => {
			Document.prototype.hasFocus = () => true;
			window.dispatchEvent(new Event('focus'));
		});
		await find.and(tiller.page.locator(':focus')).waitFor();
	});

	it('shows what it works with, and leaves the choice to lists of VS Code', async () => {
		tiller = await suite.open({ state: idle });
		await tiller.page.getByRole('button', { name: 'Model: GPT-5.5, Medium' }).click();
		await tiller.waitForRequests('pickModel');
		await tiller.page.getByRole('button', { name: 'Permissions: Workspace' }).click();
		await tiller.waitForRequests('pickPermissions');
		await tiller.events({ type: 'settings', settings: { ...idle.settings, effort: 'high', approvalMode: 'fullAccess', mode: 'plan' } });
		await tiller.page.getByRole('button', { name: 'Model: GPT-5.5, High' }).waitFor();
		await tiller.page.getByRole('button', { name: 'Permissions: Full Access' }).waitFor();
		await tiller.page.getByRole('button', { name: 'Leave Plan mode' }).click();
		assert.deepEqual((await tiller.waitForRequests('setMode'))[0]?.params, { mode: 'default' });
	});
});
