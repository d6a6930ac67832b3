import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { sharedBrowser, takeScreenshot } from '../../host/browser.ts';
import { workbenchAddress } from '../../host/vscode.ts';
import { openWorkbench, runCommand, tillerView } from '../../host/workbench.ts';
import { AppServerProcess } from '../../support/appServerProcess.ts';
import { until } from '../../support/deadline.ts';
import { type FakeModelServer, Gate, type ReceivedRequest, type Reply, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { newPage, type OpenPage } from '../support.ts';
import { focusChat, hasKeyboard, newThread, sendMessage, transcript, useProduct } from './conversation.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');

describe('the view of agents', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct((opened) => {
		({ model, product } = opened);
	});

	const agents = (page: Page) => page.getByRole('tree', { name: 'Agents' });
	const row = (page: Page, title: string) => agents(page).getByRole('treeitem', { name: new RegExp(`^${title}(?:,|$)`) });
	const badge = (page: Page) =>
		page
			.locator('.activitybar .action-item')
			.filter({ has: page.locator('[aria-label*="Tiller"]') })
			.locator('.badge-content');
	const focusAgents = async (page: Page) => {
		await runCommand(page, 'Tiller: Focus on Agents View');
		await hasKeyboard(agents(page));
	};
	/** Moves the keyboard to a row, as a person does with the arrow keys. */
	const goTo = async (page: Page, title: string) => {
		// Without a row the view has nothing that takes the keyboard.
		await runCommand(page, 'Tiller: Focus on Agents View');
		await row(page, title).first().waitFor();
		await focusAgents(page);
		const focused = agents(page).locator('.monaco-list-row.focused').and(row(page, title));
		await page.keyboard.press('Home');
		for (let presses = 0; presses < 8 && !(await focused.isVisible()); presses++) await page.keyboard.press('ArrowDown');
		await focused.waitFor();
	};
	/** Sends it in a new thread, whose requests are answered with these replies. */
	const begin = async (text: string, ...replies: Reply[]) => {
		scripts.set(text, replies);
		await focusChat(product);
		await newThread(product);
		await sendMessage(product, text);
	};
	const scripts = new Map<string, Reply[]>();
	before(() => {
		const next = (request: ReceivedRequest): Reply => {
			const input = JSON.stringify(request.body.input);
			return [...scripts].find(([text]) => input.includes(text))?.[1].shift() ?? say('Nothing more.');
		};
		model.add(...Array.from({ length: 12 }, () => next));
	});

	it('shows by keyboard what waits and what runs; answers, stops, opens', async () => {
		const { page, view } = product;
		const gate = new Gate();
		await begin('Make a file', respond(execCommand('touch made.txt')), say('All is made.'));
		await view.getByRole('region', { name: 'Run this command?' }).waitFor();
		await begin('Think long', respond(gate, ...message('Never said.')));
		await gate.reached();
		await runCommand(page, 'Tiller: Focus on Agents View');
		await row(page, 'Make a file, waiting for you, Run touch made.txt\\?').waitFor();
		await row(page, 'Think long, running').waitFor();
		assert.deepEqual(await agents(page).getByRole('treeitem').locator('.label-name').allTextContents(), ['Make a file', 'Think long']);
		await badge(page).filter({ hasText: '1' }).first().waitFor();
		await takeScreenshot(page, { name: 'agents' });

		await goTo(page, 'Make a file');
		await page.keyboard.press('Control+Alt+A');
		const picks = page.locator('.quick-input-list .monaco-list-row');
		await picks.first().waitFor();
		await page.keyboard.type('Deny');
		await picks.filter({ hasText: 'Deny' }).first().waitFor();
		await page.keyboard.press('Enter');
		await row(page, 'Make a file, finished, unread, All is made.').waitFor();
		await badge(page).first().waitFor({ state: 'hidden' });

		// The row that has the keyboard is meant, not the one that was selected.
		await goTo(page, 'Think long');
		await page.keyboard.press('Control+Escape');
		await row(page, 'Think long').waitFor({ state: 'hidden' });
		gate.open();

		await goTo(page, 'Make a file');
		await page.keyboard.press('Enter');
		await transcript(view).getByText('All is made.').waitFor();
		// Who sees it has read it.
		await row(page, 'Make a file').waitFor({ state: 'hidden' });
	});

	it('says in each window the same, and answers there what another one asks', async () => {
		const { run, workspace } = product;
		const other = path.join(path.dirname(workspace), 'other');
		await mkdir(other, { recursive: true });
		const second: OpenPage = await newPage(await sharedBrowser());
		try {
			await openWorkbench(second.page, workbenchAddress({ authority: run.authority, folder: other, extension: checkout }));
			await runCommand(second.page, 'Tiller: Focus Chat');
			await tillerView(second.page).getByText('What should we work on?').waitFor();
			await product.page.bringToFront();
			await begin('Ask elsewhere', respond(execCommand('touch here.txt')), say('Nothing was made.'));
			await second.page.bringToFront();
			await goTo(second.page, 'Ask elsewhere, waiting for you');
			// It says where.
			await row(second.page, `Ask elsewhere, .*, ${path.basename(workspace)}`).waitFor();
			await badge(second.page).filter({ hasText: '1' }).first().waitFor();
			await second.page.keyboard.press('Control+Alt+A');
			const picks = second.page.locator('.quick-input-list .monaco-list-row');
			await picks.first().waitFor();
			await second.page.keyboard.type('Deny');
			await picks.filter({ hasText: 'Deny' }).first().waitFor();
			await second.page.keyboard.press('Enter');
			await transcript(product.view).getByText('Nothing was made.').waitFor();
			await badge(second.page).first().waitFor({ state: 'hidden' });
			// The window that shows it has read it: in the other one it is read as well.
			await row(second.page, 'Ask elsewhere').waitFor({ state: 'hidden' });
		} finally {
			await second.close();
		}
	});

	it('follows what another server runs, and does not say that it can answer or stop it', async () => {
		const { page, run, workspace } = product;
		const gate = new Gate();
		const server = new AppServerProcess({
			home: {
				root: run.folder,
				codexHome: run.codexHome,
				workspace,
				env: { ...process.env, CODEX_HOME: run.codexHome } as never,
				config: async () => {},
				remove: async () => {},
			},
		});
		try {
			await server.initialize();
			scripts.set('Work there', [respond(gate, ...message('Done there.'))]);
			const { thread } = await server.request('thread/start', { cwd: workspace });
			await server.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'Work there', text_elements: [] }] });
			await gate.reached();
			await goTo(page, 'Work there, running');
			await row(page, 'Work there, .*another server on .*').waitFor();
			assert.equal(await row(page, 'Work there').getByRole('button', { name: /^Stop/ }).count(), 0);
			await page.keyboard.press('Control+Escape');
			await runCommand(page, 'Notifications: Show Notifications');
			await page.locator('.notifications-center').getByText('You can answer and stop it only there.').first().waitFor();
			gate.open();
			await row(page, 'Work there, finished, unread, Done there.').waitFor();
			await goTo(page, 'Work there');
			await page.keyboard.press('Delete');
			await row(page, 'Work there').waitFor({ state: 'hidden' });
			const listed = async () => (await server.request('thread/list', { archived: true })).data.map(({ id }: { id: string }) => id);
			await until('it to be in the archive', async () => (await listed()).includes(thread.id));
		} finally {
			await server.kill();
		}
	});
});
