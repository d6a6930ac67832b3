import assert from 'node:assert/strict';
import type { ThreadStatusInfo } from '../../../webview/channel/statusInfo.ts';
import type { ResourceInfo } from '../../../webview/channel/statusInfo.ts';
import { agentMessage, cwd, note, pageState, thread, threadId, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';
import type { ThemeName } from './themes.ts';

describe('the panel of context and usage', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const use = (inputTokens: number) => ({
		totalTokens: inputTokens + 500,
		inputTokens,
		cachedInputTokens: inputTokens / 2,
		outputTokens: 500,
		reasoningOutputTokens: 200,
	});
	const command = (processId: string, text: string) => ({
		processId,
		itemId: `item-${processId}`,
		turnId: 'turn-1',
		command: text,
		cwd,
		pid: 1,
		startedAtMs: Date.now() - 61_000,
	});
	const state = pageState({
		background: [command('7', 'npm run dev -- --port 3000 --host 127.0.0.1'), command('8', 'sleep 100')],
		thread: thread([turn('turn-1', [userMessage('u1', 'Start the server'), agentMessage('a1', 'It runs.')])]),
		contextUsage: { usedTokens: 61_000, window: 272_000, last: use(60_500), total: use(400_000) },
	});
	const info: ThreadStatusInfo = {
		context: {
			tokens: 61_000,
			parts: [
				{ kind: 'instructions', tokens: 8_000 },
				{ kind: 'userMessages', tokens: 1_000 },
				{ kind: 'toolOutput', tokens: 40_000 },
				{ kind: 'other', tokens: 12_000 },
			],
		},
		limits: [
			{ name: null, minutes: 300, usedPercent: 42, resetsAt: 1_790_000_000 },
			{ name: null, minutes: 10_080, usedPercent: 7, resetsAt: null },
		],
		cost: {
			turn: [{ currency: 'USD', amount: 0.0123 }],
			thread: [{ currency: 'USD', amount: 1.5 }],
			today: [
				{ currency: 'USD', amount: 3.25 },
				{ currency: 'EUR', amount: 2 },
			],
			unpriced: ['llama-4'],
		},
	};
	const row = { command: null, processes: 1, cpuPercent: null, startedAtMs: Date.now() - 3_725_000, stop: null };
	const resources: ResourceInfo = {
		rows: [
			{ ...row, kind: 'server', memoryBytes: 71_000_000, cpuPercent: 2.34 },
			{
				...row,
				kind: 'command',
				memoryBytes: 310_000_000,
				cpuPercent: 97.6,
				processes: 4,
				command: 'npm run dev -- --port 3000',
				stop: { threadId: 'other', processId: '9' },
			},
			{ ...row, kind: 'extensionHost', memoryBytes: 240_000_000 },
		],
		serverTells: true,
	};
	const meter = () => tiller.page.getByRole('button', { name: /Context 22 % full/ });
	const panel = () => tiller.page.getByRole('dialog', { name: 'Context and usage' });
	const open = async (theme: ThemeName = 'dark', viewport = { width: 420, height: 800 }) => {
		tiller = await suite.open({ state, theme, viewport });
		await tiller.answer('readStatus', { result: info });
	};

	it('opens by key, tells what fills the context and what was used, and gives the focus back', async () => {
		await open();
		await meter().focus();
		await tiller.page.keyboard.press('Enter');
		await panel().getByText('61,000 of 272,000 tokens (22 %)').waitFor();
		await panel().getByText('Tool output').waitFor();
		await panel().getByText('42 % used, resets').waitFor();
		assert.equal(await panel().getByRole('row', { name: 'Input 60,500 400,000' }).count(), 1);
		assert.equal(await panel().getByText('7 days').count(), 1);
		await tiller.screenshot('status-panel');
		await tiller.page.keyboard.press('Escape');
		await panel().waitFor({ state: 'hidden' });
		assert.equal(await meter().evaluate((button) => document.activeElement === button), true);
		assert.equal((await tiller.requests('interrupt')).length, 0);
	});

	it('tells what our processes take while that is open, and what was paid', async () => {
		await open();
		await tiller.answer('readResources', { result: resources });
		await meter().focus();
		await tiller.page.keyboard.press('Enter');
		await panel().getByText('$3.25 + €2.00').waitFor();
		await panel().getByText('$0.0123').waitFor();
		await panel().getByText('no price is set: llama-4').waitFor();
		assert.equal((await tiller.requests('readResources')).length, 0);
		const title = panel().getByRole('button', { name: 'Resource use' });
		await title.focus();
		await tiller.page.keyboard.press('Enter');
		await panel()
			.getByRole('listitem')
			.filter({ hasText: /^Server2\.3 % CPU · 68 MB · 1:0\d:/ })
			.waitFor();
		await tiller.waitForRequests('readResources', 2);
		await panel().getByRole('button', { name: 'Stop npm run dev -- --port 3000', exact: true }).click();
		const [stop] = await tiller.waitForRequests('stopCommand');
		assert.deepEqual(stop?.params, { processId: '9', threadId: 'other' });
		await title.click();
		const asked = (await tiller.requests('readResources')).length;
		await tiller.page.keyboard.press('Escape');
		await panel().waitFor({ state: 'hidden' });
		assert.equal((await tiller.requests('readResources')).length, asked);
	});

	it('stops a command that still runs', async () => {
		await open();
		await meter().click();
		await panel().getByRole('button', { name: 'Stop sleep 100' }).click();
		const [request] = await tiller.waitForRequests('stopCommand');
		assert.deepEqual(request?.params, { processId: '8' });
		await tiller.events({ type: 'background', background: [command('7', 'npm run dev')] });
		await panel().getByText('sleep 100').waitFor({ state: 'hidden' });
		await panel().getByText('npm run dev').waitFor();
		await tiller.page.getByRole('log').click({ position: { x: 20, y: 20 } });
		await panel().waitFor({ state: 'hidden' });
	});

	it('says beside the meter, and at the command, that it still runs, until it has ended', async () => {
		const left = {
			type: 'commandExecution' as const,
			id: 'item-7',
			command: 'npm run dev',
			cwd,
			processId: '7',
			source: 'agent' as const,
			status: 'completed' as const,
			commandActions: [],
			aggregatedOutput: null,
			exitCode: null,
			durationMs: null,
		};
		const ended = pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Start'), left])]), background: [command('7', 'npm run dev')] });
		tiller = await suite.open({ state: ended });
		await tiller.page.getByRole('button', { name: '1 running command' }).waitFor();
		const line = tiller.page.locator('.row-commandExecution');
		await line.getByText('in background').waitFor();
		await line.getByText(/^1:\d\d$/).waitFor();
		await line.getByRole('button', { name: 'Stop npm run dev' }).click();
		assert.deepEqual((await tiller.waitForRequests('stopCommand'))[0]?.params, { processId: '7' });
		await tiller.events({ type: 'background', background: [] });
		await line.getByText('in background').waitFor({ state: 'hidden' });
		await tiller.page.getByRole('button', { name: '1 running command' }).waitFor({ state: 'hidden' });
		const item = { ...left, status: 'failed' as const, exitCode: -1, stopped: true };
		const params = { threadId: threadId, turnId: 'turn-1', item, completedAtMs: 0 };
		await tiller.events(note({ method: 'item/completed', params }));
		await line.getByText('Stopped', { exact: true }).waitFor();
	});

	it('still tells what the page knows when the server does not answer', async () => {
		await open();
		await tiller.answer('readStatus', { failure: 'unknown method' });
		await tiller.events({ type: 'background', background: [] });
		await meter().click();
		await panel().getByText('61,000 of 272,000 tokens (22 %)').waitFor();
		await panel().getByText('None').waitFor();
	});

	for (const theme of ['light', 'dark', 'hc-black', 'hc-light'] satisfies ThemeName[]) {
		it(`is without a finding of axe in ${theme}, and narrow`, async () => {
			await open(theme, { width: 260, height: 500 });
			await tiller.page.locator('button.meter').click();
			await tiller.answer('readResources', { result: resources });
			await panel().getByRole('button', { name: 'Resource use' }).click();
			await panel().getByText('Extension host').scrollIntoViewIfNeeded();
			await tiller.screenshot(`status-panel-${theme}`);
			assert.deepEqual(await suite.violations(), []);
			assert.equal(await tiller.page.evaluate(() => document.documentElement.scrollWidth), 260);
		});
	}

	it('is whole in a page as low as at 200 % zoom, and so is the composer', async () => {
		const viewport = { width: 300, height: 165 };
		await open('dark', viewport);
		await meter().click();
		await panel().waitFor();
		const box = await panel().boundingBox();
		assert.ok(box !== null && box.y >= 0 && box.height > 100 && box.y + box.height <= viewport.height, JSON.stringify(box));
		await tiller.page.keyboard.press('Escape');
		tiller = await suite.open({ state: pageState(), viewport });
		const send = await tiller.page.locator('button.send').boundingBox();
		assert.ok(send !== null && send.y + send.height <= viewport.height, JSON.stringify(send));
	});
});
