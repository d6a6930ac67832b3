import assert from 'node:assert/strict';
import { command, commandQuestion, cwd, fileChange, pageState, priceDiff, thread, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

describe('a workspace of several folders', () => {
	const suite = pageSuite();
	let tiller: TillerPage;

	it('shows of each command, change and question in which folder it is', async () => {
		const api = '/home/me/shop-api';
		tiller = await suite.open({
			state: pageState({
				folder: 'shop',
				roots: [
					{ name: 'shop', path: cwd },
					{ name: 'api', path: api },
				],
				thread: thread([
					turn(
						'turn-2',
						[
							userMessage('u1', 'Rename the field on both sides'),
							command('c1', 'npm test'),
							command('c2', 'npm run check', { cwd: `${api}/src` }),
							fileChange('f1', {
								changes: [
									{ path: `${cwd}/src/price.ts`, kind: { type: 'update', move_path: null }, diff: priceDiff },
									{ path: `${api}/src/price.ts`, kind: { type: 'update', move_path: null }, diff: priceDiff },
									{ path: '/etc/hosts', kind: { type: 'update', move_path: null }, diff: priceDiff },
								],
							}),
							command('c3', 'npm run deploy', { cwd: api, status: 'inProgress', exitCode: null, durationMs: null }),
						],
						{ status: 'inProgress' },
					),
				]),
				pending: [{ ...commandQuestion('npm run deploy', 'c3'), params: { ...commandQuestion('npm run deploy', 'c3').params, cwd: api } }],
			}),
			viewport: { width: 420, height: 1000 },
		});
		const { page } = tiller;
		await page.getByRole('region', { name: 'Run this command?' }).getByText('Runs in api', { exact: true }).waitFor();
		await page.locator('.group-head').first().waitFor();
		for (const head of await page.locator('.group-head').all()) await head.click();
		assert.deepEqual(await page.locator('.command-root').allTextContents(), ['shop', 'api/src', 'api']);
		assert.deepEqual(await page.locator('.file-change .path').allTextContents(), ['shop/src/price.ts', 'api/src/price.ts', '/etc/hosts']);
		await tiller.screenshot('several-roots');
	});
});
