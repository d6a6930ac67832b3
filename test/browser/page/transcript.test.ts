import assert from 'node:assert/strict';
import type { ThreadItem } from '../../../server/protocol/thread/item.ts';
import { agentMessage, command, cwd, fileChange, note, pageState, showcase, thread, threadId, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';
import { patient } from '../../support/deadline.ts';

describe('the transcript', () => {
	const suite = pageSuite();
	let tiller: TillerPage;

	const startTurn = note({ method: 'turn/started', params: { threadId, turn: turn('turn-2', [], { status: 'inProgress', durationMs: null }) } });
	const started = (item: ThreadItem) => note({ method: 'item/started', params: { threadId, turnId: 'turn-2', item, startedAtMs: 0 } });
	const completed = (item: ThreadItem) => note({ method: 'item/completed', params: { threadId, turnId: 'turn-2', item, completedAtMs: 0 } });
	const delta = (itemId: string, text: string) =>
		note({ method: 'item/agentMessage/delta', params: { threadId, turnId: 'turn-2', itemId, delta: text } });
	const base = pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Hello'), agentMessage('a1', 'Hi.')])]) });

	it('streams an answer without making any node anew, and follows its end', async () => {
		tiller = await suite.open({ state: base, viewport: { width: 400, height: 500 } });
		const text = `First **bold** words.\n\n- one\n- two\n\n\`\`\`js\nconst a = 1;\n\`\`\`\n\nLast paragraph that ${'goes on and '.repeat(60)}ends.`;
		await tiller.events(startTurn, started(agentMessage('a2', '')), delta('a2', text.slice(0, 8)));
		await tiller.page.locator('[data-row="turn-2/a2"] p').waitFor();
		await tiller.page.evaluate(() => {
			const row = document.querySelector('[data-row="turn-2/a2"]');
			Object.assign(window, {
				kept: [row, row?.querySelector('.markdown-block'), row?.querySelector('p')],
				old: document.querySelector('[data-row="turn-1/a1"] p'),
			});
		});
		for (let at = 8; at < text.length; at += 40) {
			await tiller.events(delta('a2', text.slice(at, at + 40)));
		}
		await tiller.events(completed(agentMessage('a2', text)));
		await tiller.page.locator('[data-row="turn-2/a2"] .hljs-keyword').waitFor();
		const facts = await tiller.page.evaluate(() => {
			const { kept, old } = window as unknown as { kept: Element[]; old: Element };
			const box = document.querySelector('.transcript');
			return {
				connected: [...kept, old].map((node) => node.isConnected),
				gap: box === null ? 99 : box.scrollHeight - box.scrollTop - box.clientHeight,
			};
		});
		assert.deepEqual(facts.connected, [true, true, true, true]);
		assert.ok(facts.gap < 2, `${facts.gap} pixels below the view`);
		assert.equal(await tiller.page.locator('[data-row="turn-2/a2"] strong').textContent(), 'bold');
	});

	it('does not move what is being read, and jumps to the end on request', async () => {
		tiller = await suite.open({ state: showcase(), viewport: { width: 400, height: 600 } });
		await tiller.page.getByRole('log').hover();
		await tiller.page.mouse.wheel(0, -4000);
		const jump = tiller.page.getByRole('button', { name: 'Jump to Latest' });
		await jump.waitFor();
		const top = await tiller.page.locator('.transcript').evaluate((box) => box.scrollTop);
		await tiller.events(started(agentMessage('a3', '')), delta('a3', 'many words '.repeat(300)));
		await tiller.page.locator('[data-row="turn-2/a3"]').waitFor();
		assert.equal(await tiller.page.locator('.transcript').evaluate((box) => box.scrollTop), top);
		await jump.click();
		await tiller.page.waitForFunction(() => {
			const box = document.querySelector('.transcript');
			return box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < 2;
		});
		await jump.waitFor({ state: 'detached' });
	});

	it('shows live output of a command and how it ended', async () => {
		tiller = await suite.open({ state: base });
		const running = command('c1', 'make all', { status: 'inProgress', exitCode: null, durationMs: null, aggregatedOutput: null });
		const output = (text: string) =>
			note({ method: 'item/commandExecution/outputDelta', params: { threadId, turnId: 'turn-2', itemId: 'c1', delta: text } });
		await tiller.events(startTurn, started(running), output('10 %\r'), output('\u001b[32mdone\u001b[0m\nnext'));
		await tiller.page.locator('.terminal .ansi-fg-2').getByText('done').waitFor();
		assert.equal(await tiller.page.getByText('10 %').count(), 0);
		await tiller.events(completed(command('c1', 'make all', { status: 'failed', exitCode: 2, aggregatedOutput: 'done\nnext\n', durationMs: 5300 })));
		await tiller.page.getByText('Exit code 2 · 5.3 s').waitFor();
	});

	it('shows a patch that could not be applied with the reason, also one of which nothing can be read', async () => {
		tiller = await suite.open({ state: base });
		const failed = (id: string, reason: string, changes?: []) => completed(fileChange(id, { status: 'failed', reason, ...(changes && { changes }) }));
		await tiller.events(startTurn, failed('f1', 'Failed to find expected lines'), failed('f2', 'The first line must be a header', []));
		const rows = tiller.page.locator('.row-fileChange');
		const [fits, unread] = [rows.filter({ hasText: 'Failed to find' }), rows.filter({ hasText: 'The first line must be a header' })];
		await fits.getByText('price.ts').waitFor();
		await fits.getByText('Not applied').waitFor();
		await unread.getByText('Changes to files').waitFor();
		await unread.getByText('Not applied').waitFor();
	});

	it('lets nothing that a model writes run, load or open by itself', async () => {
		const attacks = [
			'<script>window.pwned=1</script><img src=x onerror="window.pwned=1"><svg onload="window.pwned=1">',
			'[a](javascript:window.pwned=1) [b](JaVaScRiPt&colon;window.pwned=1) [c](command:workbench.action.quit) [d](data:text/html,x) [e](vscode://x/y)',
			'![i](https://evil.example/pixel.png) ![j](x" onerror="window.pwned=1)',
			'```html" onclick="window.pwned=1\n<iframe src="https://evil.example"></iframe>\n```',
			'<a href="javascript:window.pwned=1">x</a> <style>*{display:none}</style> <form action="https://evil.example"><input></form>',
			'| a |\n| - |\n| <b onmouseover=window.pwned=1>x</b> |',
			'[x]: javascript:window.pwned=1\n\n[x]',
			'<https://ok.example/"onclick="window.pwned=1>',
		];
		const items = [
			...attacks.map((text, index) => agentMessage(`x${index}`, text)),
			userMessage('ux', attacks.join('\n')),
			command('cx', attacks[0] ?? '', {
				status: 'failed',
				exitCode: 1,
				aggregatedOutput: `${attacks.join('\n')}\u001b]8;;javascript:window.pwned=1\u001b\\link`,
			}),
			{ type: 'webSearch', id: 'wx', query: attacks[0] ?? '', action: null } satisfies ThreadItem,
		];
		tiller = await suite.open({ state: pageState({ thread: thread([turn('turn-1', items)]) }) });
		const { origin } = new URL(tiller.page.url());
		const outside: string[] = [];
		tiller.page.on('request', (request) => {
			if (!request.url().startsWith(origin)) outside.push(request.url());
		});
		await tiller.page.locator('[data-row="turn-1/wx"]').waitFor();
		for (const link of await tiller.page.locator('.markdown a').all()) {
			await link.click();
		}
		const facts = await tiller.page.evaluate(() => ({
			pwned: 'pwned' in window,
			bad: [...document.querySelectorAll('main script, main iframe, main img, main style, main form, main input, main svg:not([viewBox])')].map(
				(node) => node.outerHTML,
			),
			handlers: [...document.querySelectorAll('main *')]
				.flatMap((node) => [...node.attributes].filter(({ name }) => name.startsWith('on') || name === 'style'))
				.map(({ name }) => name),
			links: [...document.querySelectorAll('main a')].map((link) => link.getAttribute('href')),
		}));
		assert.deepEqual([facts.pwned, facts.bad, facts.handlers, outside], [false, [], [], []]);
		assert.deepEqual(
			facts.links.filter((href) => /^(?!https:\/\/(evil|ok)\.example)/.test(href ?? '') && href?.includes(':')),
			[],
		);
		const asked = await tiller.requests();
		assert.ok(
			asked.every(({ name, params }) => name === 'openFile' || (name === 'openExternal' && /^https:/.test(JSON.stringify(params).slice(8)))),
			JSON.stringify(asked),
		);
		assert.equal(new URL(tiller.page.url()).pathname, '/page.html');
	});

	it('opens files and web pages through the host', async () => {
		tiller = await suite.open({ state: showcase() });
		await tiller.page.getByRole('link', { name: 'src/price.ts:12' }).click();
		await tiller.page.getByRole('button', { name: 'Open Diff: src/price.ts' }).click();
		assert.deepEqual(
			(await tiller.waitForRequests('openDiff')).map(({ params }) => params),
			[{ turnId: 'turn-1', itemId: 'f1', path: `${cwd}/src/price.ts` }],
		);
		assert.deepEqual(
			(await tiller.requests('openFile')).map(({ params }) => params),
			[{ path: 'src/price.ts', line: 12 }],
		);
		await tiller.page.getByRole('button', { name: 'Copy Code' }).click();
		assert.match(await tiller.page.evaluate(() => navigator.clipboard.readText()), /^function total[\s\S]*unit\n\}$/);
	});

	it('opens 10,000 items and keeps few of them in the document', async () => {
		const turns = Array.from({ length: 1000 }, (_, index) =>
			turn(`turn-${index}`, [
				userMessage(`u${index}`, `Question ${index}`),
				...Array.from({ length: 8 }, (__, step) => command(`c${index}-${step}`, `echo ${step}`, { aggregatedOutput: 'x\n'.repeat(20) })),
				agentMessage(`a${index}`, `Answer **${index}** with \`code\`.\n\n- a\n- b`),
			]),
		);
		tiller = await suite.open({ state: pageState() });
		await tiller.setState(pageState({ thread: thread(turns) }));
		await tiller.page.evaluate(async () => {
			window.tillerHost.snapshot();
			while (document.querySelector('[data-row="turn-999/a999"]') === null) {
				await new Promise((resolve) => requestAnimationFrame(resolve));
			}
		});
		assert.ok((await tiller.page.locator('[data-row]').count()) <= 320);
		await tiller.page.getByRole('log').hover();
		for (let turnsBack = 0; turnsBack < 25; turnsBack++) {
			await tiller.page.mouse.wheel(0, -3000);
			await tiller.page.waitForTimeout(30);
		}
		const count = await tiller.page.locator('[data-row]').count();
		assert.ok(count > 100 && count <= 400, `${count} rows`);
		await tiller.page.getByRole('button', { name: 'Jump to Latest' }).click();
		await tiller.page.locator('[data-row="turn-999/a999"]').waitFor();
	});

	it('types without delay while an answer streams', async () => {
		tiller = await suite.open({ state: base });
		await tiller.events(startTurn, started(agentMessage('a2', '')));
		const median = await tiller.page.evaluate(async () => {
			const field = document.querySelector('textarea');
			const times: number[] = [];
			for (let index = 0; index < 120; index++) {
				const deltas = Array.from({ length: 20 }, () => ({
					type: 'notification' as const,
					notification: {
						method: 'item/agentMessage/delta' as const,
						params: { threadId: 'thread-1', turnId: 'turn-2', itemId: 'a2', delta: index % 10 === 9 ? '\n\n' : 'some more words ' },
					},
				}));
				window.tillerHost.events(deltas, 0);
				await new Promise((resolve) => requestAnimationFrame(resolve));
				const from = performance.now();
				field?.setRangeText('x');
				field?.dispatchEvent(new InputEvent('input', { bubbles: true }));
				await Promise.resolve();
				times.push(performance.now() - from);
			}
			return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.POSITIVE_INFINITY;
		});
		assert.ok(median < patient(16), `${median} ms for one key`);
	});

	it('loads older turns when scrolled up and keeps the place', async () => {
		const newest = Array.from({ length: 12 }, (_, index) =>
			turn(`new-${index}`, [userMessage(`n${index}`, `New ${index}`), agentMessage(`m${index}`, 'words '.repeat(80))]),
		);
		const older = Array.from({ length: 12 }, (_, index) =>
			turn(`old-${index}`, [userMessage(`o${index}`, `Old ${index}`), agentMessage(`p${index}`, 'words '.repeat(80))]),
		);
		tiller = await suite.open({
			state: pageState({ thread: thread(newest), olderTurns: 'cursor-1' }),
			viewport: { width: 400, height: 600 },
		});
		assert.equal((await tiller.requests('loadOlder')).length, 0);
		await tiller.answer('loadOlder', 'never');
		await tiller.page.locator('.transcript').evaluate((box) => {
			box.scrollTop = 120;
		});
		const [request] = await tiller.waitForRequests('loadOlder');
		assert.deepEqual(request?.params, { cursor: 'cursor-1' });
		const place = () => tiller.page.locator('[data-row="new-1/n1"]').evaluate((row) => Math.round(row.getBoundingClientRect().top));
		const before = await place();
		await tiller.page.evaluate(([id, json]) => window.tillerHost.send({ type: 'reply', id, result: { turns: JSON.parse(json), cursor: null } }), [
			request?.id ?? 0,
			JSON.stringify(older),
		] as const);
		await tiller.page.locator('[data-row="old-11/p11"]').waitFor();
		assert.ok(Math.abs((await place()) - before) <= 1, `moved from ${before} to ${await place()}`);
	});

	it('is where the reader was after a reload', async () => {
		const turns = Array.from({ length: 40 }, (_, index) =>
			turn(`turn-${index}`, [userMessage(`u${index}`, `Question ${index}`), agentMessage(`a${index}`, 'words '.repeat(120))]),
		);
		tiller = await suite.open({ state: pageState({ thread: thread(turns) }), viewport: { width: 400, height: 600 } });
		await tiller.page.getByRole('log').hover();
		await tiller.page.mouse.wheel(0, -1500);
		const top = () =>
			tiller.page.locator('.transcript').evaluate((box) => {
				const row = [...box.querySelectorAll<HTMLElement>('[data-row]')].find(
					(element) => element.getBoundingClientRect().bottom > box.getBoundingClientRect().top + 1,
				);
				return [row?.dataset.row, Math.round(row?.getBoundingClientRect().top ?? 0)];
			});
		let before = await top();
		const saved = () => tiller.page.evaluate(() => sessionStorage.getItem('page-state') ?? '');
		while (!(await saved()).includes(`"row":"${before[0]}"`)) {
			before = await top();
		}
		await tiller.reload();
		const after = await top();
		assert.equal(after[0], before[0]);
		assert.ok(Math.abs(Number(after[1]) - Number(before[1])) <= 2, `${before.join()} became ${after.join()}`);
	});

	it('has open after a reload what the reader had opened, and folded what was folded', async () => {
		const reasoning = { type: 'reasoning' as const, id: 'r1', summary: ['**Plan**\n\nLook first.'], content: [] };
		const items = [userMessage('u1', 'Go'), reasoning, fileChange('f1'), agentMessage('a1', 'Done.')];
		tiller = await suite.open({ state: pageState({ thread: thread([turn('turn-1', items)]) }) });
		const thought = () => tiller.page.locator('.reasoning .card-toggle');
		const change = () => tiller.page.locator('.file-change .card-toggle');
		assert.deepEqual([await thought().getAttribute('aria-expanded'), await change().getAttribute('aria-expanded')], ['false', 'true']);
		await thought().click();
		await change().click();
		await tiller.page.waitForFunction(() => (sessionStorage.getItem('page-state') ?? '').includes('turn-1/f1/'));
		await tiller.reload();
		assert.deepEqual([await thought().getAttribute('aria-expanded'), await change().getAttribute('aria-expanded')], ['true', 'false']);
	});

	it('asks for a new snapshot when a batch was lost', async () => {
		tiller = await suite.open({ state: base });
		await tiller.setState(
			pageState({
				thread: thread([turn('turn-1', [userMessage('u1', 'Hello'), agentMessage('a1', 'Hi.'), agentMessage('a9', 'From the snapshot')])]),
			}),
		);
		await tiller.eventsOutOfSequence(startTurn);
		await tiller.page.getByText('From the snapshot').waitFor();
		assert.equal(await tiller.readies(), 2);
	});

	it('shows every kind of item, also one it does not know', async () => {
		const items: ThreadItem[] = [
			userMessage('u', 'x'),
			{ type: 'hookPrompt', id: 'h', fragments: [{ text: 'Be brief', hookRunId: 'r' }] },
			{ type: 'plan', id: 'p', text: '1. Look\n2. Fix' },
			{
				type: 'mcpToolCall',
				id: 'm',
				server: 'docs',
				tool: 'find',
				status: 'completed',
				arguments: { q: 1 },
				result: { content: [{ type: 'text', text: 'Found it' }], structuredContent: null, _meta: null },
				error: null,
				durationMs: 120,
			},
			{
				type: 'dynamicToolCall',
				id: 'd',
				namespace: null,
				tool: 'lookup',
				arguments: {},
				status: 'failed',
				contentItems: [],
				success: false,
				durationMs: null,
			},
			{
				type: 'collabAgentToolCall',
				id: 'ca',
				tool: 'spawnAgent',
				status: 'completed',
				senderThreadId: 'a',
				receiverThreadIds: ['b'],
				prompt: 'Go',
				model: null,
				reasoningEffort: null,
				agentsStates: {},
			},
			{ type: 'webSearch', id: 'w', query: 'css subgrid', action: null },
			{ type: 'imageView', id: 'iv', path: `${cwd}/logo.png` },
			{ type: 'imageGeneration', id: 'ig', status: 'completed', revisedPrompt: 'A cart', result: '' },
			{ type: 'enteredReviewMode', id: 'e1', review: 'Uncommitted changes' },
			{ type: 'exitedReviewMode', id: 'e2', review: 'All fine.' },
			{ type: 'contextCompaction', id: 'cc' },
			{ type: 'telepathy', id: 'new' } as unknown as ThreadItem,
		];
		const failed = { message: 'The key was refused.', codexErrorInfo: 'unauthorized' as const, additionalDetails: null };
		tiller = await suite.open({
			state: pageState({ thread: thread([turn('turn-1', items, { status: 'failed', error: failed })]) }),
			viewport: { width: 420, height: 1000 },
		});
		await tiller.page.locator('.group-head').first().waitFor();
		for (const head of await tiller.page.locator('.group-head').all()) await head.click();
		for (const words of [
			'A hook added',
			'docs · find',
			'lookup',
			'Started an agent',
			'css subgrid',
			'Viewed logo.png',
			'A cart',
			'All fine.',
			'Compacted the earlier',
			'"telepathy"',
			'OpenAI did not accept your sign-in',
		]) {
			await tiller.page.getByText(words).first().waitFor();
		}
		await tiller.page.getByRole('button', { name: 'docs · find' }).click();
		await tiller.page.getByText('Found it').waitFor();
		await tiller.screenshot('all-items');
	});
});
