import assert from 'node:assert/strict';
import { agentMessage, command, fileChange, note, pageState, thread, threadId, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';
import type { ThemeName } from './themes.ts';

describe('problems and tests before and after a turn', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const problems = {
		before: 3,
		after: 3,
		fixed: 2,
		added: [
			{ path: 'src/price.ts', line: 12, severity: 'error' as const, message: "Cannot find name 'round'.", source: 'ts 2304' },
			{ path: 'src/cart.ts', line: 3, severity: 'warning' as const, message: 'Unused variable.', source: 'eslint' },
		],
		addedCount: 2,
		notCompared: 1,
	};
	const run = (id: string, output: string, exitCode: number) =>
		command(id, 'npm test', { aggregatedOutput: output, exitCode, status: exitCode === 0 ? 'completed' : 'failed' });
	const state = pageState({
		thread: thread([
			turn('turn-1', [
				userMessage('u1', 'Fix the rounding'),
				run('c1', '\n  12 passing (20ms)\n  2 failing\n', 1),
				fileChange('f1'),
				run('c2', '\n  14 passing (20ms)\n', 0),
				agentMessage('a1', 'Fixed.'),
			]),
			turn('turn-2', [userMessage('u2', 'And now the tax'), fileChange('f2'), agentMessage('a2', 'Done.')]),
			turn('turn-3', [userMessage('u3', 'What is left?'), agentMessage('a3', 'Nothing.')]),
		]),
		turnProblems: { 'turn-1': problems, 'turn-2': { before: 0, after: 0, fixed: 0, added: [], addedCount: 0, notCompared: 0 } },
		turnChanges: { 'turn-1': { files: 1, undone: false } },
	});

	it('stand on the card of their turn, and lead to the new problems and to the run, by keys', async () => {
		tiller = await suite.open({ state });
		const { page } = tiller;
		const line = page.getByRole('button', { name: 'Problems 3 → 3 (2 fixed, 2 new)' });
		await line.focus();
		await page.keyboard.press('Enter');
		await page.getByText("Cannot find name 'round'.").waitFor();
		await page.keyboard.press('Tab');
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		const [open] = await tiller.waitForRequests('openProblem');
		assert.deepEqual(open?.params, { turnId: 'turn-1', index: 1 });
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		const [fix] = await tiller.waitForRequests('fixProblems');
		assert.deepEqual(fix?.params, { turnId: 'turn-1' });
		await page.getByText('1 more in a file that was not open before').waitFor();
		await page.getByText('Tests 12 passed, 2 failed → 14 passed').waitFor();
		await page.getByText('No known problems').waitFor();
		assert.equal(await page.locator('.turn-checks').count(), 2);
		await tiller.events({ type: 'turnChanges', turnChanges: { 'turn-1': { files: 1, undone: true } } });
		await page.getByText('Tests 12 passed, 2 failed → 14 passed').waitFor({ state: 'hidden' });
		await tiller.events({ type: 'turnChanges', turnChanges: { 'turn-1': { files: 1, undone: false } } });
		await page.getByText('Tests 12 passed, 2 failed → 14 passed').waitFor();
		await page.locator('.turn-check').getByRole('button', { name: 'Show' }).click();
		await page.locator('.row-found').getByText('npm test').waitFor();
	});

	it('come when the language servers have spoken', async () => {
		tiller = await suite.open({ state: { ...state, turnProblems: {} } });
		await tiller.page.getByText('Tests 12 passed').waitFor();
		assert.equal(await tiller.page.getByText('No known problems').count(), 0);
		await tiller.events({
			type: 'turnProblems',
			turnProblems: { 'turn-3': { before: 3, after: 1, fixed: 2, added: [], addedCount: 0, notCompared: 0 } },
		});
		await tiller.page.getByText('Problems 3 → 1 (2 fixed, 0 new)').waitFor();
		const running = turn('turn-4', [], { status: 'inProgress', durationMs: null });
		await tiller.events(note({ method: 'turn/started', params: { threadId, turn: running } }));
		await tiller.page.getByRole('status').getByText('Tiller is working').waitFor({ state: 'attached' });
		await tiller.events(note({ method: 'turn/completed', params: { threadId, turn: turn('turn-4', []) } }));
		await tiller.events({ type: 'turnProblems', turnProblems: { 'turn-4': problems } });
		await tiller.page.getByRole('status').getByText('The turn added 2 problems').waitFor({ state: 'attached' });
	});

	for (const theme of ['light', 'dark', 'hc-black'] satisfies ThemeName[]) {
		it(`are without a finding of axe in ${theme}, and narrow`, async () => {
			tiller = await suite.open({ state, theme, viewport: { width: 300, height: 700 } });
			await tiller.page.getByRole('button', { name: /Problems 3 → 3/ }).click();
			await tiller.page.getByText('Unused variable.').waitFor();
			await tiller.screenshot(`checks-${theme}`);
			assert.deepEqual(await suite.violations(), []);
		});
	}
});
