import assert from 'node:assert/strict';
import type { Attachment, Mention } from '../../../webview/channel/attachment.ts';
import { agentMessage, pageState, thread, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';
import { until } from '../../support/deadline.ts';

describe('commands, mentions and attachments', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const idle = pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Hello'), agentMessage('a1', 'Hi.')])]) });
	const field = () => tiller.page.getByRole('textbox', { name: 'Message to Tiller' });
	const option = (name: string | RegExp) => tiller.page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option', { name });
	const activeOption = () =>
		field().evaluate(
			(element) => document.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.querySelector('bdi')?.textContent ?? null,
		);
	const paramsOf = async (name: Parameters<TillerPage['waitForRequests']>[0]) => (await tiller.waitForRequests(name)).map(({ params }) => params);
	const mentions: readonly Mention[] = [
		{ id: 'selection', kind: 'selection', label: 'Selection', detail: 'src/price.ts:3-9' },
		{ id: 'path:/w/src/price.ts', kind: 'file', label: 'price.ts', detail: 'src/price.ts' },
		{ id: 'path:/w/src', kind: 'folder', label: 'src', detail: 'src' },
	];
	const attachment: Attachment = {
		kind: 'file',
		label: 'src/price.ts',
		content: 'export const price = 3;\n// "</attachment>"',
		tokens: 1234,
		cut: false,
	};

	it('offers commands after a slash, walked through and chosen by keys', async () => {
		tiller = await suite.open({ state: idle });
		await field().press('/');
		await option(/^\/compact/).waitFor();
		assert.equal(await option(/^\/undo/).count(), 0, 'nothing was changed that could be undone');
		assert.equal(await activeOption(), '/new');
		await field().press('ArrowDown');
		assert.equal(await activeOption(), '/compact');
		await field().press('Enter');
		await tiller.waitForRequests('compact');
		assert.equal(await field().inputValue(), '');
		await tiller.page.keyboard.type('/rev');
		await field().press('Tab');
		assert.equal(await field().inputValue(), '/review ');
		await option(/^Uncommitted changes/).waitFor();
		await tiller.page.keyboard.type('only the tests');
		await option(/^Review: only the tests/).waitFor();
		await field().press('Enter');
		assert.deepEqual(await paramsOf('review'), [{ target: { type: 'custom', instructions: 'only the tests' } }]);
		assert.equal((await tiller.requests('send')).length, 0);
	});

	it('chooses model, approvals and mode, and shows the status', async () => {
		tiller = await suite.open({ state: idle });
		await field().pressSequentially('/model mini');
		await option(/GPT-5.5-mini/).waitFor();
		await field().press('Enter');
		assert.deepEqual(await paramsOf('setModel'), [{ model: 'gpt-5.5-mini', effort: 'medium' }]);
		await field().pressSequentially('/plan');
		await option(/^\/plan/).waitFor();
		await field().press('Enter');
		assert.deepEqual(await paramsOf('setMode'), [{ mode: 'plan' }]);
		await tiller.events({ type: 'settings', settings: { ...idle.settings, mode: 'plan' } });
		await tiller.page.getByText('Plan mode', { exact: true }).waitFor();
		await field().pressSequentially('/status');
		await option(/^\/status/).waitFor();
		await field().press('Enter');
		const status = tiller.page.getByRole('region', { name: 'Thread Status' });
		await status.getByText('Plan').waitFor();
		await tiller.page.keyboard.press('Escape');
		await status.waitFor({ state: 'detached' });
		await until('the composer has the focus again', () => field().evaluate((element) => element === document.activeElement));
	});

	it('sends what is no command as text, after saying so; Esc closes the menu and stops nothing', async () => {
		tiller = await suite.open({
			state: pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'x')], { status: 'inProgress' })]) }),
		});
		await field().pressSequentially('/ne');
		await option(/^\/new/).waitFor();
		await field().press('Escape');
		await tiller.page.getByRole('listbox', { name: 'Suggestions' }).waitFor({ state: 'detached' });
		assert.equal(await tiller.page.getByText('Press Esc again to stop').count(), 0);
		await field().fill('/deploy now');
		await field().press('Enter');
		await tiller.page.getByText('Unknown command /deploy. Press Enter again').waitFor();
		assert.equal((await tiller.requests('send')).length, 0);
		await field().press('Enter');
		await tiller.waitForRequests('send');
		await field().fill('/usr/bin is a folder');
		await field().press('Enter');
		await tiller.waitForRequests('send', 2);
	});

	it('names files after @, shows what goes along with its tokens, and sends exactly that', async () => {
		tiller = await suite.open({ state: idle });
		await tiller.answer('findMentions', { result: { items: mentions } });
		await tiller.answer('attach', { result: { words: '@src/price.ts', attachment } });
		await field().pressSequentially('Fix @pri');
		await option(/^price\.ts/).waitFor();
		await field().press('ArrowDown');
		await field().press('Enter');
		assert.deepEqual(await paramsOf('attach'), [{ id: 'path:/w/src/price.ts' }]);
		const chip = tiller.page.getByRole('button', { name: /^src\/price\.ts ~1\.2k tokens/ });
		await chip.waitFor();
		assert.equal(await field().inputValue(), 'Fix @src/price.ts ');
		await chip.press('Enter');
		await tiller.page.getByLabel('src/price.ts', { exact: true }).getByText('export const price = 3;').waitFor();
		await tiller.reload();
		await chip.waitFor();
		await field().press('End');
		await field().pressSequentially('please');
		await field().press('Enter');
		const [sent] = (await paramsOf('send')) as { readonly input: readonly { readonly text: string }[] }[];
		assert.deepEqual(
			sent?.input.map(({ text }) => text),
			['Fix @src/price.ts please', '\n\n<attachment kind="file" label="src/price.ts">\nexport const price = 3;\n// "<\\/attachment>"\n</attachment>'],
		);
		assert.equal(await chip.count(), 0);
		const message = tiller.page.getByRole('log').locator('.user-message').filter({ hasText: 'please' });
		assert.equal(await message.locator('.user-text').textContent(), 'Fix @src/price.ts please');
		await message.locator('summary').click();
		await message.getByText('// "</attachment>"').waitFor();
	});

	it('takes the text where the clipboard has it beside a picture of it', async () => {
		tiller = await suite.open({ state: idle });
		await field().evaluate((area) => {
			const data = new DataTransfer();
			data.setData('text/plain', 'Total\t42');
			data.items.add(new File([new Uint8Array([137, 80, 78, 71])], 'image.png', { type: 'image/png' }));
			const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
			(window as unknown as { pasted: boolean }).pasted = area.dispatchEvent(event);
		});
		// Not prevented: the browser itself puts the text in.
		assert.equal(await tiller.page.evaluate(() => (window as unknown as { pasted: boolean }).pasted), true);
		assert.equal(await tiller.page.locator('.composer-attachments').count(), 0);
	});

	it('takes pictures by paste, makes large ones smaller, and lets them be removed', async () => {
		tiller = await suite.open({ state: idle });
		await field().evaluate(async (element) => {
			const canvas = new OffscreenCanvas(4000, 1000);
			canvas.getContext('2d')?.fillRect(0, 0, 10, 10);
			const data = new DataTransfer();
			data.items.add(new File([await canvas.convertToBlob({ type: 'image/png' })], 'shot.png', { type: 'image/png' }));
			element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
		});
		const chip = tiller.page.getByRole('button', { name: /^shot\.png/ });
		await chip.waitFor();
		await tiller.reload();
		await chip.waitFor();
		await field().press('Enter');
		const [sent] = (await paramsOf('send')) as { readonly input: readonly { readonly type: string; readonly url: string }[] }[];
		const url = sent?.input[0]?.url ?? '';
		assert.match(url, /^data:image\/png;base64,/);
		const size = await tiller.page.evaluate(async (source) => {
			const image = new Image();
			image.src = source;
			await image.decode();
			return [image.naturalWidth, image.naturalHeight];
		}, url);
		assert.deepEqual(size, [1568, 392]);

		await field().evaluate((element) => {
			const data = new DataTransfer();
			data.items.add(new File(['one\ntwo'], 'notes.txt', { type: 'text/plain' }));
			data.items.add(new File([new Uint8Array([0, 1, 2])], 'tool.bin'));
			element.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
		});
		await tiller.page.getByText('Not attached: tool.bin is not a text file.').waitFor();
		await tiller.page.getByRole('button', { name: 'Remove notes.txt' }).press('Enter');
		assert.equal(await tiller.page.getByRole('button', { name: /^notes\.txt/ }).count(), 0);
	});

	it('implements the newest plan in Default mode', async () => {
		const plan = { type: 'plan' as const, id: 'p1', text: '1. Read\n2. Write' };
		tiller = await suite.open({
			state: pageState({ settings: { ...idle.settings, mode: 'plan' }, thread: thread([turn('turn-1', [userMessage('u1', 'Plan it'), plan])]) }),
		});
		await tiller.screenshot('composer-plan');
		await tiller.page.getByRole('button', { name: 'Implement Plan' }).click();
		assert.deepEqual(await paramsOf('setMode'), [{ mode: 'default' }]);
		await tiller.waitForRequests('send');
		await tiller.page.getByRole('button', { name: 'Implement Plan' }).waitFor({ state: 'detached' });
	});

	for (const theme of ['light', 'dark', 'hc-black', 'hc-light'] as const) {
		it(`is without a finding of axe in ${theme}`, async () => {
			tiller = await suite.open({ state: idle, theme, viewport: { width: 420, height: 760 } });
			await tiller.answer('findMentions', { result: { items: mentions } });
			await tiller.answer('attach', { result: { words: '@src/price.ts', attachment } });
			await field().press('/');
			await option(/^\/compact/).waitFor();
			await tiller.screenshot(`composer-commands-${theme}`);
			assert.deepEqual(await suite.violations(), []);
			await field().fill('');
			await field().pressSequentially('Fix @pri');
			await option(/^price\.ts/).waitFor();
			await field().press('Enter');
			await tiller.page.getByRole('button', { name: /^src\/price\.ts/ }).click();
			await field().pressSequentially('and @');
			await option(/^price\.ts/).waitFor();
			await tiller.screenshot(`composer-mentions-${theme}`);
			assert.deepEqual(await suite.violations(), []);
		});
	}
});
