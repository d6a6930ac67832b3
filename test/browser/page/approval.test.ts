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
		await card()
			.getByText(question.params.reason ?? '')
			.waitFor();
		await card().getByRole('button', { name: 'More Options' }).click();
		for (const text of ['starts with "npm test", outside the sandbox, in all threads', 'until the thread is closed', 'Saved in the rules folder']) {
			await card().getByText(text).waitFor();
		}
		await tiller.page.getByRole('textbox').focus();
		assert.equal(await tiller.page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA');
		await tiller.page.getByRole('status').getByText('Approval needed: npm test').waitFor();
		// Keys right after it came up were meant for something else.
		await tiller.page.keyboard.press('Control+Enter');
		assert.equal((await tiller.requests('answer')).length, 0);
		await tiller.page.waitForTimeout(550);
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
			await region.getByRole('button', { name: 'More Options' }).click();
			for (const text of [
				'npm install left-pad',
				`Connects to ${host}:8443 over HTTPS`,
				`Connects to ${host} without asking, until the thread is closed.`,
				`Every connection to ${host}, in all threads, until you remove the rule.`,
				`No connection to ${host}, in all threads, until you remove the rule.`,
			]) {
				await region.getByText(text, { exact: true }).waitFor();
			}
			assert.deepEqual(await suite.violations(), []);
			assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), 300);
			if (process.env.SCREENSHOTS) await tiller.page.screenshot({ path: `${process.env.SCREENSHOTS}/host-${theme}.png` });
			await region.getByRole('button', { name: 'Always Block Host' }).focus();
			await tiller.page.keyboard.press('Enter');
			const [request] = await tiller.waitForRequests('answer');
			assert.deepEqual(request?.params, { key: 'question-1', answer: { kind: 'command', decision: amend('deny') } });
		});
	}

	it('offers the thread, the workspace and always, each with what it allows, and answers so', async () => {
		const workspaceFolder = '/home/someone/projects/a-folder-with-quite-a-long-name/shop';
		const asked = { ...question, params: { ...question.params, workspaceFolder } };
		tiller = await suite.open({ state: { ...showcase(), pending: [asked] }, viewport: { width: 300, height: 790 } });
		await card().getByRole('button', { name: 'More Options' }).click();
		assert.deepEqual(await card().locator('.ask-rule > span:first-child').allTextContents(), [
			'Allow in This Thread',
			'Allow in This Workspace',
			'Always Allow',
			'Deny and Stop',
		]);
		await card().getByText(`in all threads in ${workspaceFolder}, until you remove it. Saved in CODEX_HOME`).waitFor();
		assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), 300);
		await card().getByRole('button', { name: 'Allow in This Workspace' }).click();
		const [request] = await tiller.waitForRequests('answer');
		assert.deepEqual(request?.params, { key: 'question-1', answer: { kind: 'command', decision: 'acceptForWorkspace' } });
	});

	it('can be reached and answered with the keyboard alone', async () => {
		tiller = await suite.open({ state: { ...showcase(), pending: [question] } });
		await tiller.page.getByRole('textbox').focus();
		await tiller.page.keyboard.press('Shift+Tab');
		assert.equal(await tiller.page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'More Options');
		await tiller.page.keyboard.press('Enter');
		await card()
			.getByRole('button', { name: /^Always Allow/ })
			.focus();
		await tiller.page.keyboard.press('Enter');
		const [request] = await tiller.waitForRequests('answer');
		assert.deepEqual(request?.params, {
			key: 'question-1',
			answer: { kind: 'command', decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['npm', 'test'] } } },
		});
	});

	it('shows what is hidden in a command, and lets no key allow it', async () => {
		const spoofed = commandQuestion('git push \u202Enigiro', 'c4');
		tiller = await suite.open({ state: { ...showcase(), pending: [spoofed] } });
		await card().getByText('U+202E').waitFor();
		await card().getByText('Contains hidden characters').waitFor();
		assert.deepEqual(await card().locator('.ask-buttons .ask-button').allTextContents(), ['DenyEsc', 'Allow Once']);
		await tiller.page.getByRole('textbox').focus();
		await tiller.page.waitForTimeout(550);
		await tiller.page.keyboard.press('Control+Enter');
		assert.equal((await tiller.requests('answer')).length, 0);
		await tiller.page.keyboard.press('Escape');
		const [request] = await tiller.waitForRequests('answer');
		assert.deepEqual(request?.params, { key: 'question-1', answer: { kind: 'command', decision: 'decline' } });
	});

	it('never cuts what is allowed, at any width', async () => {
		const words = ['cargo', 'run', '--package', 'some-very-long-package-name', '--', '--with-a-flag=/and/a/path/that/is/long/too'];
		const long = {
			...question,
			params: { ...question.params, availableDecisions: [{ acceptWithExecpolicyAmendment: { execpolicy_amendment: words } }] },
		};
		for (const width of [250, 300, 420, 900]) {
			tiller = await suite.open({
				state: { ...showcase(), pending: [{ ...long, params: { ...long.params, outsideSandbox: true } }] },
				viewport: { width, height: 790 },
			});
			await card().getByText('Runs outside the sandbox').waitFor();
			await card().getByRole('button', { name: 'More Options' }).click();
			const cut = await tiller.page.evaluate(() =>
				[...document.querySelectorAll('.ask-rule, .ask-rule > span, .scope, .ask-command')]
					.filter((element) => element.scrollWidth > element.clientWidth + 1 || getComputedStyle(element).textOverflow === 'ellipsis')
					.map((element) => element.textContent),
			);
			assert.deepEqual(cut, [], String(width));
		}
	});

	it('does not take Ctrl+Enter for an answer while something is typed', async () => {
		tiller = await suite.open({ state: { ...showcase(), pending: [question] } });
		await tiller.page.getByRole('textbox').fill('wait');
		await tiller.page.waitForTimeout(550);
		await tiller.page.keyboard.press('Control+Enter');
		await tiller.waitForRequests('send');
		assert.equal((await tiller.requests('answer')).length, 0);
	});

	it('keeps its buttons in view however long the command and however small the window', async () => {
		const long = commandQuestion(`python3 -c '${'print("x")\n'.repeat(400)}'`, 'c4');
		tiller = await suite.open({ state: { ...showcase(), pending: [long] }, viewport: { width: 250, height: 520 } });
		for (const name of [/^Allow Once/, /^Deny/, 'More Options']) {
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
		await region.getByRole('button', { name: /^Deny/ }).click();
		await tiller.page.getByText('This request was already answered.').waitFor();
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
			for (const button of await card().locator('.ask-buttons button').all()) {
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
