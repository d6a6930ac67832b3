import assert from 'node:assert/strict';
import { commandQuestion, cwd, fileChange, priceDiff, showcase, thread, threadId, turn, userMessage, pageState } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

describe('an approval', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const question = commandQuestion('npm test -- --test-name-pattern discounts', 'c4');
	const card = () => tiller.page.getByRole('region', { name: 'Run this command?' });

	it('says what is allowed and for how long, and is answered once by one key', async () => {
		tiller = await suite.open({ state: showcase() });
		await tiller.page.getByRole('textbox').focus();
		await tiller.events({ type: 'pending', pending: [question] });
		await card().waitFor();
		for (const text of [
			question.params.reason ?? '',
			'This command, now.',
			'begins with "npm test", outside the sandbox, in all threads',
			'The agent goes on without it.',
		]) {
			await card().getByText(text).waitFor();
		}
		assert.equal(await tiller.page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA');
		await tiller.page.getByRole('status').getByText('Approval needed: npm test').waitFor();
		// Keys right after it came up were meant for something else.
		await tiller.page.keyboard.press('Control+Enter');
		assert.equal((await tiller.requests('answer')).length, 0);
		await tiller.page.waitForTimeout(450);
		await tiller.page.keyboard.press('Control+Enter');
		await tiller.page.keyboard.press('Control+Enter');
		assert.deepEqual(
			(await tiller.waitForRequests('answer')).map(({ params }) => params),
			[{ key: 'question-1', answer: { kind: 'command', decision: 'accept' } }],
		);
		await tiller.events({ type: 'pending', pending: [] });
		await card().waitFor({ state: 'detached' });
		assert.equal((await tiller.requests('answer')).length, 1);
	});

	for (const theme of ['dark', 'light', 'hc-black'] as const) {
		it(`about a host names it with its port, protocol and command, and what each answer does, in ${theme}`, async () => {
			const host = 'registry.example.org';
			const amend = (action: 'allow' | 'deny') => ({ applyNetworkPolicyAmendment: { network_policy_amendment: { host, action } } });
			const { reason: _, ...params } = commandQuestion('npm install left-pad', 'c4').params;
			const asked = {
				...question,
				params: {
					...params,
					networkApprovalContext: { host, protocol: 'https' as const, port: 8443 },
					availableDecisions: ['accept' as const, 'acceptForSession' as const, amend('allow'), amend('deny'), 'decline' as const, 'cancel' as const],
				},
			};
			tiller = await suite.open({ state: { ...showcase(), pending: [asked] }, theme, viewport: { width: 300, height: 700 } });
			const region = tiller.page.getByRole('region', { name: `Allow a connection to ${host}?` });
			for (const text of [
				'npm install left-pad',
				`${host}:8443 by HTTPS`,
				`This command may reach ${host} as long as it runs.`,
				`Every connection to ${host} without asking, until the thread is closed.`,
				`Every connection to ${host}, in all threads, until you remove the rule.`,
				`No connection to ${host}, in all threads, until you remove the rule.`,
				'The command goes on without the connection.',
			]) {
				await region.getByText(text, { exact: true }).waitFor();
			}
			assert.deepEqual(await suite.violations(), []);
			assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), 300);
			if (process.env.SCREENSHOTS) await tiller.page.screenshot({ path: `${process.env.SCREENSHOTS}/host-${theme}.png` });
			await region.getByRole('button', { name: 'Always block host' }).focus();
			await tiller.page.waitForTimeout(450);
			await tiller.page.keyboard.press('4');
			const [request] = await tiller.waitForRequests('answer');
			assert.deepEqual(request?.params, { key: 'question-1', answer: { kind: 'command', decision: amend('deny') } });
		});
	}

	it('can be reached and answered with the keyboard alone', async () => {
		tiller = await suite.open({ state: { ...showcase(), pending: [question] } });
		await tiller.page.getByRole('textbox').focus();
		await tiller.page.keyboard.press('Shift+Tab');
		assert.match(await tiller.page.evaluate(() => document.activeElement?.textContent ?? ''), /Deny and stop/);
		await tiller.page.waitForTimeout(450);
		await tiller.page.keyboard.press('3');
		const [request] = await tiller.waitForRequests('answer');
		assert.deepEqual(request?.params, {
			key: 'question-1',
			answer: { kind: 'command', decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['npm', 'test'] } } },
		});
	});

	it('does not take Ctrl+Enter for an answer while something is typed', async () => {
		tiller = await suite.open({ state: { ...showcase(), pending: [question] } });
		await tiller.page.getByRole('textbox').fill('wait');
		await tiller.page.waitForTimeout(450);
		await tiller.page.keyboard.press('Control+Enter');
		await tiller.waitForRequests('send');
		assert.equal((await tiller.requests('answer')).length, 0);
	});

	it('keeps its buttons in view however long the command and however small the window', async () => {
		const long = commandQuestion(`python3 -c '${'print("x")\n'.repeat(400)}'`, 'c4');
		tiller = await suite.open({ state: { ...showcase(), pending: [long] }, viewport: { width: 250, height: 520 } });
		for (const name of [/Allow once/, /Always allow/, /Deny The/, /Deny and stop/]) {
			const reachable = await tiller.page.getByRole('button', { name }).evaluate((button) => {
				const { left, top, right, bottom } = button.getBoundingClientRect();
				return [
					[left + 2, top + 2],
					[right - 2, bottom - 2],
				].every(([x, y]) => button.contains(document.elementFromPoint(x ?? 0, y ?? 0)));
			});
			assert.ok(reachable, `${name} is covered or cut off`);
		}
		assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), 250);
		await tiller.screenshot('approval-narrow');
	});

	it('of a file change shows the diff, and says when somebody else was faster', async () => {
		const change = fileChange('f2', {
			status: 'inProgress',
			changes: [{ path: '/etc/hosts', kind: { type: 'update', move_path: null }, diff: priceDiff }],
		});
		const state = pageState({
			thread: thread([turn('turn-2', [userMessage('u', 'x'), change], { status: 'inProgress' })]),
			pending: [
				{
					key: 'q',
					kind: 'fileChange',
					params: { threadId, turnId: 'turn-2', itemId: 'f2', startedAtMs: 0, reason: 'Outside of the folder', grantRoot: null },
				},
			],
			conflicts: [{ itemId: 'f2', path: `${cwd}/src/cart.ts`, message: 'Line 4 was changed by you at the same time.' }],
		});
		tiller = await suite.open({ state });
		await tiller.answer('answer', { result: { accepted: false } });
		const region = tiller.page.getByRole('region', { name: 'Make these changes?' });
		await region.getByText('sum += Math.round(item.price * 100) * item.count;').waitFor();
		await tiller.page.getByText('Line 4 was changed by you').waitFor();
		await tiller.screenshot('approval-files');
		await region.getByRole('button', { name: /^Deny The agent/ }).click();
		await tiller.page.getByText('This was already answered elsewhere.').waitFor();
		await tiller.page.getByRole('button', { name: 'Dismiss: src/cart.ts' }).click();
		assert.deepEqual((await tiller.waitForRequests('dismissConflict'))[0]?.params, { itemId: 'f2', path: `${cwd}/src/cart.ts` });
	});

	it('is there again after a reload', async () => {
		tiller = await suite.open({ state: { ...showcase(), pending: [question] } });
		await tiller.reload();
		await card().waitFor();
	});

	it('keeps every answer in view beside a queue, a draft and a running turn, in a sidebar of the usual size', async () => {
		const message = {
			id: 'q1',
			clientMessageId: 'c1',
			input: [{ type: 'text' as const, text: 'Then that', text_elements: [] }],
			state: 'queued' as const,
			turnId: null,
			sentAtMs: 0,
		};
		const state = { ...showcase(), pending: [question], queue: { available: true, messages: [message], paused: false } };
		for (const height of [420, 500, 570, 640, 760]) {
			tiller = await suite.open({ state, viewport: { width: 300, height } });
			await tiller.page.getByRole('textbox', { name: 'Message to Tiller' }).fill('Something of my own');
			const field = await tiller.page.getByRole('textbox', { name: 'Message to Tiller' }).boundingBox();
			for (const button of await card().locator('.choice').all()) {
				const box = await button.boundingBox();
				const inside = await button.evaluate((element) => {
					const { left, bottom } = element.getBoundingClientRect();
					return element.contains(document.elementFromPoint(left + 8, bottom - 3));
				});
				assert.ok(box !== null && field !== null && inside && box.y + box.height < field.y, `${await button.textContent()} at ${height}`);
			}
			await tiller.screenshot(`approval-${height}`);
		}
	});
});
