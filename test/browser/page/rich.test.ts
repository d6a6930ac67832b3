import assert from 'node:assert/strict';
import { agentMessage, note, pageState, thread, threadId, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

const formulas = [
	'The roots of $ax^2 + bx + c = 0$ are',
	'',
	'$$',
	'x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}',
	'$$',
	'',
	'and \\(\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}\\). It costs $5, not $10; `$HOME` and `<T>` stay, <T> and $HOME too.',
	'',
	'\\[ \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix} \\]',
	'',
	'Broken: $\\frac{1$',
].join('\n');

const said = (text: string) => pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Explain'), agentMessage('a1', text)])]) });

describe('formulas in a message', () => {
	const suite = pageSuite();
	let tiller: TillerPage;

	for (const theme of ['light', 'dark', 'hc-black', 'hc-light'] as const) {
		it(`draws formulas, and leaves money and variables alone, in ${theme}`, async () => {
			tiller = await suite.open({ state: said(formulas), theme, viewport: { width: 300, height: 620 } });
			const { page } = tiller;
			await page.locator('.math-display math mfrac').waitFor();
			await page.locator('.math-drawn').nth(3).waitFor();
			assert.equal(await page.locator('math').count(), 4);
			assert.equal(await page.locator('.math-failed').textContent(), '$\\frac{1$');
			await page.getByText('It costs $5, not $10; $HOME and <T> stay, <T> and $HOME too.').waitFor();
			assert.deepEqual(await suite.violations(), []);
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 300);
			await tiller.screenshot(`formulas-${theme}`);
		});
	}

	it('draws a formula of a message that is still being written once its paragraph has ended', async () => {
		const running = turn('turn-1', [userMessage('u1', 'Explain')], { status: 'inProgress', durationMs: null, completedAt: null });
		tiller = await suite.open({ state: pageState({ thread: thread([running]) }) });
		const delta = (text: string) => note({ method: 'item/agentMessage/delta', params: { threadId, turnId: 'turn-1', itemId: 'a1', delta: text } });
		await tiller.events(
			note({ method: 'item/started', params: { threadId, turnId: 'turn-1', item: agentMessage('a1', ''), startedAtMs: 0 } }),
			delta('With $x'),
		);
		await tiller.page.getByText('With $x').waitFor();
		await tiller.events(delta('^2$ it grows.\n\nNext'));
		await tiller.page.locator('math msup').waitFor();
		await tiller.page.getByText('Next').waitFor();
	});

	it('lets no formula bring in anything else', async () => {
		tiller = await suite.open({
			state: said('$\\href{https://evil.example}{x} \\htmlClass{a}{y}$ and $\\includegraphics{a.png}$, $\\text{<img src=x onerror=alert(1)>}$'),
		});
		await tiller.page.locator('.math-drawn').first().waitFor();
		assert.equal(await tiller.page.locator('.markdown :is(img, a, script, style, [style], [onerror])').count(), 0);
	});
});

describe('code in a message', () => {
	const suite = pageSuite();
	const failing = pageSuite({ errors: 'expected' });
	const fences = [
		'```ts\nconst answer: number = 42;\n```',
		'```diff\n-old\n+new\n```',
		'```sh\n$ echo "$HOME" # home\n```',
		'```nosuch\nif (a < b) {}\n```',
		'```\nconst plain = 1;\n```',
	].join('\n\n');
	const scripts = (tiller: TillerPage) =>
		tiller.page.evaluate(() => [...document.querySelectorAll('script[src]')].map((script) => script.getAttribute('src')?.replace(/^.*\//, '')));

	it('is coloured by a script that no page without code loads, and is copied as it was written', async () => {
		const tiller = await suite.open({ state: said('No code, but `inline`.') });
		await tiller.page.getByText('inline').waitFor();
		assert.deepEqual(await scripts(tiller), ['webview.js']);
		await tiller.setState(said(fences), 'now');
		const { page } = tiller;
		await page.locator('.hljs-keyword', { hasText: 'const' }).waitFor();
		await page.locator('.hljs-addition', { hasText: '+new' }).waitFor();
		await page.locator('.hljs-variable', { hasText: '$HOME' }).waitFor();
		assert.deepEqual((await scripts(tiller)).sort(), ['highlight.js', 'webview.js']);
		assert.deepEqual(await page.locator('.code-block pre').allTextContents(), [
			'const answer: number = 42;',
			'-old\n+new',
			'$ echo "$HOME" # home',
			'if (a < b) {}',
			'const plain = 1;',
		]);
		assert.equal(await page.locator('.code-block').nth(3).locator('code *').count(), 0);
		assert.equal(await page.locator('.code-block').nth(4).locator('code *').count(), 0);
		await page.getByRole('button', { name: 'Insert into Terminal' }).click();
		const [ran] = await tiller.waitForRequests('runCode');
		assert.deepEqual(ran?.params, { text: 'echo "$HOME" # home' });
	});

	it('is shown at once, and stays readable when the script does not come', async () => {
		const tiller = await failing.open({ state: said('No code.') });
		const { page } = tiller;
		const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
		const { promise: released, resolve: release } = Promise.withResolvers<void>();
		await page.route('**/highlight.js', async (route) => {
			ask();
			await released;
			await route.abort();
		});
		await tiller.setState(said(fences), 'now');
		await asked;
		await page.getByText('const answer: number = 42;').waitFor();
		assert.equal(await page.locator('[class^="hljs-"]').count(), 0);
		await page.evaluate(() => document.addEventListener('error', () => Object.assign(window, { scriptFailed: true }), true));
		release();
		await page.waitForFunction(() => 'scriptFailed' in window);
		await page.getByText('const answer: number = 42;').waitFor();
		await page.unroute('**/highlight.js');
		// What comes later tries again, and colours.
		await tiller.setState(said(`${fences}\n\nMore.\n\n\`\`\`js\nlet later = 1;\n\`\`\``), 'now');
		await page.locator('.hljs-keyword', { hasText: 'let' }).waitFor();
		await page.getByText('const answer: number = 42;').waitFor();
	});

	it('has no flash when it is drawn anew', async () => {
		const tiller = await suite.open({ state: said(fences) });
		const { page } = tiller;
		await page.locator('.hljs-keyword').first().waitFor();
		await page.evaluate(() => {
			const seen: string[] = [];
			Object.assign(window, { seen });
			const watch = (): void => {
				const code = document.querySelector('.code-block code');
				if (code !== null) seen.push(code.querySelector('.hljs-keyword') === null ? 'plain' : 'coloured');
				requestAnimationFrame(watch);
			};
			requestAnimationFrame(watch);
		});
		await tiller.setState(said(`New first line.\n\n${fences}`), 'now');
		await page.getByText('New first line.').waitFor();
		await page.locator('.hljs-keyword').first().waitFor();
		assert.deepEqual([...new Set(await page.evaluate(() => (window as unknown as { seen: string[] }).seen))], ['coloured']);
	});
});

describe('pictures in a message', () => {
	const suite = pageSuite();

	it('are those of the workspace, given by the host; from elsewhere nothing is fetched', async () => {
		const state = said('![The chart](docs/chart.png)\n\n![Far](https://example.com/x.png) ![Gone](gone.png)');
		const tiller = await suite.open({ state: pageState({ thread: null }) });
		const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
		await tiller.answer('readPicture', { result: { address: `data:image/png;base64,${png}` } });
		await tiller.setState(state, 'now');
		const picture = tiller.page.getByRole('img', { name: 'The chart' });
		await picture.waitFor();
		assert.deepEqual(
			(await tiller.waitForRequests('readPicture', 2)).map(({ params }) => params),
			[{ path: 'docs/chart.png' }, { path: 'gone.png' }],
		);
		await picture.click();
		const [opened] = await tiller.waitForRequests('openFile');
		assert.deepEqual(opened?.params, { path: 'docs/chart.png' });
		assert.equal(await tiller.page.locator('img[src^="http"]').count(), 0);
	});
});

describe('diagrams', () => {
	// The frame may not have the styles that the library writes into elements, and says so; the picture has them.
	const suite = pageSuite({ errors: 'expected' });
	let tiller: TillerPage;
	const diagram = '```mermaid\nflowchart TD\n  A[Read the file] --> B{Is it valid?}\n  B -- yes --> C[Count words]\n  B -- no --> D[Say why]\n```';
	for (const theme of ['light', 'dark', 'hc-black', 'hc-light'] as const) {
		it(`draws a diagram in a frame that has nothing of the page, in ${theme}`, async () => {
			tiller = await suite.open({ state: said(`So it goes:\n\n${diagram}`), theme, viewport: { width: 420, height: 720 } });
			const { page } = tiller;
			await page.locator('img.diagram').waitFor();
			await page.locator('img.diagram').evaluate((image) => (image as HTMLImageElement).decode());
			assert.equal(await page.locator('iframe').getAttribute('sandbox'), 'allow-scripts');
			await tiller.screenshot(`diagram-${theme}`);
			assert.deepEqual(await suite.violations(), []);
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 420);
		});
	}

	it('shows the source of what is no diagram', async () => {
		tiller = await suite.open({ state: said('```mermaid\nnonsense here\n```') });
		await tiller.page.locator('.code-diagram[title^="This diagram cannot be drawn"]').waitFor();
		await tiller.page.getByText('nonsense here').waitFor();
		assert.equal(await tiller.page.locator('img.diagram').count(), 0);
	});

	it('hears nothing from the frame of the diagrams', async () => {
		tiller = await suite.open({ state: said(diagram) });
		await tiller.page.locator('img.diagram').waitFor();
		const frame = tiller.page.frames().find((each) => each.parentFrame() !== null);
		await frame?.evaluate(() => parent.postMessage({ type: 'failure', id: 1, message: 'x' }, '*'));
		const forged = JSON.stringify({ type: 'snapshot', epoch: 99, state: said('Forged.') });
		await frame?.evaluate((message) => parent.postMessage(JSON.parse(message), '*'), forged);
		await tiller.events({ type: 'composerText', text: 'after it' });
		await tiller.page.waitForFunction(() => document.querySelector('textarea')?.value === 'after it');
		assert.equal(await tiller.page.getByText('Forged.').count(), 0);
	});
});
