import assert from 'node:assert/strict';
import type { PendingQuestion } from '../../../webview/channel/questions.ts';
import { agentMessage, command, cwd, note, pageState, thread, threadId, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';
import type { ThemeName } from './themes.ts';

const review = `The sum is wrong.\n\nFull review comments:\n\n- [P1] Wrong sum — ${cwd}/src/sum.ts:2-3\n  It adds \`1\` too many.\n\n- [P3] Unused — ${cwd}/src/old.ts:7-7\n  Remove it.`;

const waited = {
	type: 'collabAgentToolCall' as const,
	id: 'c1',
	tool: 'wait' as const,
	status: 'completed' as const,
	senderThreadId: threadId,
	receiverThreadIds: ['agent-1'],
	prompt: null,
	model: null,
	reasoningEffort: null,
	agentsStates: { 'agent-1': { status: 'completed' as const, message: 'Seven **files**.' } },
};

describe('reviews, agents and their requests', () => {
	const suite = pageSuite();
	let tiller: TillerPage;

	it('show the findings of a review once, each opening its lines', async () => {
		const items = [
			{ type: 'enteredReviewMode' as const, id: 'r', review: 'current changes' },
			userMessage('u1', 'Review what is not committed yet.'),
			{ type: 'exitedReviewMode' as const, id: 'r', review },
			agentMessage('a1', review),
		];
		tiller = await suite.open({
			state: pageState({ thread: thread([turn('turn-1', items)]) }),
			viewport: { width: 400, height: 600 },
		});
		await tiller.page.getByText('Review started: current changes').waitFor();
		assert.equal(await tiller.page.getByText('The sum is wrong.').filter({ visible: true }).count(), 1);
		assert.equal(await tiller.page.locator('[data-row]').getByText('Review what is not committed yet.').filter({ visible: true }).count(), 0);
		const findings = tiller.page.getByRole('list', { name: '2 findings' }).getByRole('listitem');
		assert.equal(await findings.count(), 2);
		await findings.first().getByRole('button', { name: 'src/sum.ts:2-3' }).click();
		assert.deepEqual(
			(await tiller.waitForRequests('openFile')).map(({ params }) => params),
			[{ path: `${cwd}/src/sum.ts`, line: 2 }],
		);
		if (process.env.SCREENSHOTS) await tiller.page.screenshot({ path: `${process.env.SCREENSHOTS}/review.png` });
	});

	it('lead to the thread of an agent', async () => {
		tiller = await suite.open({
			state: pageState({
				thread: thread([turn('turn-1', [userMessage('u1', 'How many?'), waited])]),
				agents: { 'agent-1': { name: 'Ada', role: 'explorer', running: true } },
			}),
			viewport: { width: 400, height: 600 },
		});
		await tiller.page.getByText('Waited for agents').click();
		await tiller.page.getByText('working').waitFor();
		assert.equal(await tiller.page.getByRole('button', { name: 'Waited for agents Ada' }).count(), 1);
		await tiller.events({ type: 'agents', agents: { 'agent-1': { name: 'Ada', role: 'explorer', running: false } } });
		await tiller.page.getByText('finished').waitFor();
		await tiller.screenshot('agents');
		await tiller.page.locator('strong', { hasText: 'files' }).waitFor();
		await tiller.page.getByRole('button', { name: 'Ada', exact: true }).click();
		assert.deepEqual(
			(await tiller.waitForRequests('openThread')).map(({ params }) => params),
			[{ threadId: 'agent-1' }],
		);
		if (process.env.SCREENSHOTS) await tiller.page.screenshot({ path: `${process.env.SCREENSHOTS}/agent.png` });
	});

	for (const theme of ['light', 'dark', 'hc-black', 'hc-light'] satisfies ThemeName[]) {
		it(`are without a finding of axe in ${theme}, and narrow`, async () => {
			tiller = await suite.open({
				state: pageState({
					thread: thread([turn('turn-1', [userMessage('u1', 'How many?'), waited])]),
					agents: { 'agent-1': { name: 'Ada', role: 'explorer', running: true } },
				}),
				theme,
				viewport: { width: 250, height: 500 },
			});
			await tiller.page.getByText('Waited for agents').click();
			await tiller.page.locator('strong', { hasText: 'files' }).waitFor();
			await tiller.screenshot(`agents-${theme}`);
			assert.deepEqual(await suite.violations(), []);
			assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), 250);
		});
	}

	it('show what the automatic reviewer denied, and let a person allow it', async () => {
		const item = command('c1', 'git push', { status: 'declined', exitCode: null, aggregatedOutput: null });
		tiller = await suite.open({
			state: pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Go'), item], { status: 'inProgress' })]) }),
			viewport: { width: 400, height: 600 },
		});
		const params = {
			threadId,
			turnId: 'turn-1',
			startedAtMs: 0,
			completedAtMs: 1,
			reviewId: 'review-1',
			targetItemId: 'c1',
			decisionSource: 'agent' as const,
			review: { status: 'denied' as const, riskLevel: 'high' as const, userAuthorization: 'low' as const, rationale: 'Nobody asked for a push.' },
			action: { type: 'command' as const, source: 'unifiedExec' as const, command: 'git push', cwd },
		};
		await tiller.events(note({ method: 'item/autoApprovalReview/completed', params }));
		await tiller.page.getByText('Denied by automatic review (high risk): Nobody asked for a push.').waitFor();
		if (process.env.SCREENSHOTS) await tiller.page.screenshot({ path: `${process.env.SCREENSHOTS}/autoReview.png` });
		await tiller.page.getByRole('button', { name: 'Allow Anyway' }).click();
		assert.deepEqual(
			(await tiller.waitForRequests('overruleReview')).map((request) => request.params),
			[{ event: params }],
		);
		await tiller.page.getByText('You allowed it').waitFor();
	});

	it('say what of the sandbox is to be opened, and for how long', async () => {
		const question: PendingQuestion = {
			key: 'question-1',
			kind: 'permissions',
			params: {
				threadId,
				turnId: 'turn-1',
				itemId: 'c1',
				startedAtMs: 0,
				cwd,
				reason: 'Builds there.',
				permissions: { network: { enabled: true }, fileSystem: { read: null, write: ['/srv/shared'] } },
			},
		};
		tiller = await suite.open({
			state: pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Go')], { status: 'inProgress' })]), pending: [question] }),
			viewport: { width: 400, height: 600 },
		});
		const card = tiller.page.getByRole('region', { name: 'Allow access outside the sandbox?' });
		await card.getByRole('button', { name: 'More Options' }).click();
		for (const text of ['Builds there.', 'Network access', 'Write access to /srv/shared', 'until the thread is closed'])
			await card.getByText(text).waitFor();
		if (process.env.SCREENSHOTS) await tiller.page.screenshot({ path: `${process.env.SCREENSHOTS}/permissions.png` });
		await card.getByRole('button', { name: /^Allow for This Turn/ }).click();
		assert.deepEqual(
			(await tiller.waitForRequests('answer')).map(({ params }) => params),
			[{ key: 'question-1', answer: { kind: 'permissions', decision: 'acceptForTurn' } }],
		);
	});
});
