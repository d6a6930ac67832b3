import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { takeScreenshot } from '../../host/browser.ts';
import { runCommand } from '../../host/workbench.ts';
import { type FakeModelServer, say } from '../../support/model/fakeModelServer.ts';
import type { Product } from '../openProduct.ts';
import { useProduct } from './conversation.ts';

describe('a commit message', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct((opened) => {
		({ model, product } = opened);
	});

	it('is written into the view of source control from what is staged', async () => {
		const { page, workspace } = product;
		const git = (...args: readonly string[]) =>
			execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], { cwd: workspace, stdio: 'pipe' });
		git('init', '-q');
		git('add', '-A');
		git('commit', '-qm', 'Begin the project');
		await appendFile(path.join(workspace, 'README.md'), 'A line more.\n');
		git('add', '-A');
		await page.getByRole('tab', { name: /^Source Control/ }).click();
		await page.getByRole('treeitem', { name: /README\.md/ }).waitFor();
		model.add(say('"Say more in the README"'));
		await runCommand(page, 'Tiller: Write Commit Message');
		await page.locator('.scm-editor').getByText('Say more in the README').waitFor();
		await takeScreenshot(page, { name: 'commit-message' });
		const asked = JSON.stringify(model.requests.at(-1));
		assert.match(asked, /A line more/);
		assert.match(asked, /Earlier messages:\\+n- Begin the project/);
	});
});
