import assert from 'node:assert/strict';
import type { HookRunSummary } from '../../../server/protocol/integrations/hook.ts';
import { agentMessage, command, note, pageState, thread, threadId, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

const run = (id: string, change: Partial<HookRunSummary> = {}): HookRunSummary => ({
	id,
	eventName: 'postToolUse',
	handlerType: 'command',
	executionMode: 'sync',
	scope: 'turn',
	sourcePath: '/home/me/shop/.codex/hooks.json',
	source: 'project',
	displayOrder: 0,
	status: 'completed',
	statusMessage: null,
	startedAt: 1_790_000_010,
	completedAt: 1_790_000_011,
	durationMs: 120,
	entries: [],
	...change,
});
const denied = run('pre', {
	eventName: 'preToolUse',
	status: 'blocked',
	entries: [{ kind: 'feedback', text: 'Not in the vendor folder.\nEdit the patch instead.' }],
});
const items = [userMessage('user', 'Go'), command('cmd', 'npm test'), agentMessage('answer', 'Done.')];

describe('runs of hooks', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const line = (name: string | RegExp) => tiller.page.getByRole('button', { name, expanded: false });

	it('are a quiet line each, with what they did and how long it took, and their words on demand', async () => {
		const hookRuns = [
			{ run: run('start', { eventName: 'sessionStart', durationMs: 40 }), afterItemId: null },
			{ run: denied, afterItemId: 'user' },
			{ run: run('post'), afterItemId: 'cmd' },
			{ run: run('post-2', { displayOrder: 1 }), afterItemId: 'cmd' },
			{ run: run('stop', { eventName: 'stop', status: 'failed', entries: [{ kind: 'error', text: 'It printed rubbish.' }] }), afterItemId: 'answer' },
		];
		tiller = await suite.open({ state: pageState({ thread: thread([turn('t', items, { hookRuns })]) }) });
		await line(/^SessionStart hook 40 ms/).waitFor();
		await line(/^PostToolUse hook 120 ms/).waitFor();
		await line(/^Stop hook · failed: It printed rubbish\./).waitFor();
		const blocked = line(/^PreToolUse hook · blocked: Not in the vendor folder\. 120 ms/);
		await blocked.focus();
		await tiller.page.keyboard.press('Enter');
		const detail = tiller.page.getByRole('region', { name: 'PreToolUse hook' });
		await detail.getByText('Edit the patch instead.').waitFor();
		assert.deepEqual(await suite.violations(), []);
		await tiller.screenshot('hooks');
		await tiller.page.keyboard.press('Tab');
		await tiller.page.keyboard.press('Enter');
		assert.deepEqual(
			(await tiller.waitForRequests('openFile')).map(({ params }) => params),
			[{ path: '/home/me/shop/.codex/hooks.json' }],
		);
	});

	it('are shown while they run, and stay where they began', async () => {
		tiller = await suite.open({ state: pageState({ thread: thread([turn('t', items.slice(0, 2), { status: 'inProgress' })]) }) });
		const began = run('check', { status: 'running', statusMessage: 'Checking the style', completedAt: null, durationMs: null });
		await tiller.events(note({ method: 'hook/started', params: { threadId, turnId: 't', run: began } }));
		await line('Checking the style').waitFor();
		const ended = run('check', { entries: [{ kind: 'context', text: 'Tabs, please.' }] });
		await tiller.events(
			note({ method: 'item/completed', params: { threadId, turnId: 't', item: agentMessage('answer', 'Done.'), completedAtMs: 0 } }),
			note({ method: 'hook/completed', params: { threadId, turnId: 't', run: ended } }),
		);
		await line(/^PostToolUse hook · added context: Tabs, please\. 120 ms/).waitFor();
		const order = await tiller.page.locator('.row').allInnerTexts();
		assert.match(order[1] ?? '', /Tabs, please/);
		assert.deepEqual(await suite.violations(), []);
	});
});
