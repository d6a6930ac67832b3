import assert from 'node:assert/strict';
import type { PromptEntry } from '../../../webview/channel/menuEntries.ts';
import { pageState, thread, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';
import type { ThemeName } from './themes.ts';

describe('prompts of the person', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const entry = (name: string, change: Partial<PromptEntry> = {}): PromptEntry => ({
		name,
		path: `/home/me/.codex/prompts/${name}.md`,
		problem: null,
		description: null,
		argumentHint: null,
		takesArguments: false,
		...change,
	});
	const prompts = [
		entry('broken', { problem: 'It has no text.' }),
		entry('draftpr', { description: 'Drafts a pull request', argumentHint: 'FILES=<paths> TITLE=<title>', takesArguments: true }),
		entry('Release-notes', { description: 'Writes the notes of a release' }),
		entry('review', { description: 'Reviews as our team does' }),
	];
	const state = pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Hello')])]) });
	const field = () => tiller.page.getByRole('textbox', { name: 'Message to Tiller' });
	const option = (name: RegExp) => tiller.page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option', { name });
	const open = async (theme: ThemeName = 'dark') => {
		tiller = await suite.open({ state, theme, viewport: { width: 420, height: 700 } });
		await tiller.answer('listPrompts', { result: { prompts } });
		await tiller.answer('expandPrompt', { result: { text: 'Draft it for a.ts.' } });
	};

	it('are offered with their arguments, shown in full before they are sent, and say what is missing', async () => {
		await open();
		await field().pressSequentially('/draft');
		await option(/^\/draftpr FILES=<paths> TITLE=<title> Drafts a pull request/).waitFor();
		await field().press('Enter');
		assert.equal(await field().inputValue(), '/draftpr ');
		await field().pressSequentially('FILES=a.ts');
		await option(/Press Enter to insert the prompt/).waitFor();
		await tiller.answer('expandPrompt', { failure: 'This prompt also needs: TITLE=…' });
		await field().press('Enter');
		await tiller.page.getByRole('alert').getByText('also needs: TITLE=…').waitFor();
		assert.equal(await field().inputValue(), '/draftpr FILES=a.ts');
		await tiller.answer('expandPrompt', { result: { text: 'Draft it for a.ts.' } });
		await field().press('Enter');
		await tiller.page.getByText('This will be sent.').waitFor();
		assert.equal(await field().inputValue(), 'Draft it for a.ts.');
		assert.deepEqual((await tiller.requests('expandPrompt')).at(-1)?.params, { name: 'draftpr', args: 'FILES=a.ts' });
		assert.equal((await tiller.requests('send')).length, 0);
		await field().press('Enter');
		await tiller.waitForRequests('send');
	});

	it('do not hide a command of their name, and without arguments come at once; a bad one leads to its file', async () => {
		await open();
		await field().pressSequentially('/prompts:rev');
		await option(/^\/prompts:review Reviews as our team does/).waitFor();
		await field().press('Enter');
		await tiller.page.getByText('This will be sent.').waitFor();
		assert.deepEqual((await tiller.requests('expandPrompt')).at(-1)?.params, { name: 'review', args: '' });
		await field().fill('/broken');
		await option(/^\/broken Invalid prompt: It has no text\./).waitFor();
		await field().press('Enter');
		assert.deepEqual((await tiller.waitForRequests('openFile'))[0]?.params, { path: '/home/me/.codex/prompts/broken.md' });
		await field().fill('/mc');
		assert.equal(await option(/^\/mcp/).count(), 0, 'the server has no such method');
		await tiller.events({ type: 'features', features: ['mcp', 'skills'] });
		await option(/^\/mcp/).waitFor();
	});

	for (const theme of ['light', 'dark', 'hc-black'] satisfies ThemeName[]) {
		it(`are without a finding of axe in ${theme}`, async () => {
			await open(theme);
			await field().pressSequentially('/r');
			await option(/^\/Release-notes/).waitFor();
			await tiller.screenshot(`prompts-${theme}`);
			assert.deepEqual(await suite.violations(), []);
		});
	}
});
