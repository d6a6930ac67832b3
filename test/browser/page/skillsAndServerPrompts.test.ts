import assert from 'node:assert/strict';
import type { PromptEntry, SkillEntry } from '../../../webview/channel/menuEntries.ts';
import { agentMessage, pageState, thread, turn, userMessage } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

interface Sent {
	readonly input: readonly { readonly type: string; readonly path?: string; readonly text?: string; readonly text_elements?: readonly unknown[] }[];
}

describe('skills and prompts of servers in the composer', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const turns = [turn('turn-1', [userMessage('u1', 'Hello'), agentMessage('a1', 'Hi.')])];
	const state = pageState({ thread: thread(turns), features: ['mcp', 'skills'] });
	const field = () => tiller.page.getByRole('textbox', { name: 'Message to Tiller' });
	const option = (name: string | RegExp) => tiller.page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option', { name });
	const paramsOf = async (name: Parameters<TillerPage['waitForRequests']>[0]) => (await tiller.waitForRequests(name)).map(({ params }) => params);
	const skill = (name: string, scope: SkillEntry['scope']): SkillEntry => ({
		name,
		path: `/${scope}/${name}/SKILL.md`,
		scope,
		description: `${name} of ${scope}`,
	});
	const skills = [skill('lint', 'repo'), skill('lint', 'user'), skill('relint', 'system'), skill('pdf:read', 'plugin')];
	const prompt: PromptEntry = {
		name: 'weather:today',
		path: null,
		problem: null,
		description: 'The weather of a city',
		argumentHint: 'city=…',
		takesArguments: false,
		server: 'weather',
	};
	const open = async (theme: 'dark' | 'light' | 'hc-black' = 'dark') => {
		tiller = await suite.open({ state, theme, viewport: { width: 420, height: 700 } });
		await tiller.answer('listSkills', { result: { skills } });
		await tiller.answer('listPrompts', { result: { prompts: [] } });
		await tiller.answer('listServerPrompts', { result: { prompts: [prompt] } });
	};
	const chooseSecondLint = async () => {
		await field().pressSequentially('Run $li');
		await option(/^lint \[User\]/).waitFor();
		await field().press('ArrowDown');
		await field().press('Enter');
	};
	const chip = () => tiller.page.locator('.composer-attachments').getByRole('button', { name: 'lint', exact: true });

	it('names a skill after $, tells those of one name apart, and sends exactly the chosen one', async () => {
		await open();
		await field().pressSequentially('Run $');
		for (const name of [/^lint \[Repo\] lint of repo/, /^lint \[User\]/, /^relint \[System\]/, /^pdf:read \[Plugin\]/]) await option(name).waitFor();
		await field().pressSequentially('li');
		await option(/pdf/).waitFor({ state: 'detached' });
		await field().press('ArrowDown');
		await field().press('Enter');
		assert.equal(await field().inputValue(), 'Run $lint ');
		await chip().waitFor();
		await tiller.reload();
		await chip().waitFor();
		await field().press('End');
		await field().pressSequentially('now');
		await field().press('Enter');
		const [sent] = (await paramsOf('send')) as Sent[];
		assert.deepEqual(sent?.input, [
			{ type: 'text', text: 'Run $lint now', text_elements: [{ byteRange: { start: 4, end: 9 }, placeholder: '$lint' }] },
			{ type: 'skill', name: 'lint', path: '/user/lint/SKILL.md' },
		]);
	});

	it('names an app after $, also one that comes while the menu is open, and sends its mention', async () => {
		await open();
		await field().pressSequentially('Read $ma');
		await tiller.waitForRequests('listApps');
		assert.equal(await tiller.page.getByRole('listbox', { name: 'Suggestions' }).count(), 0);
		const mail = { id: 'a-1', name: 'Big Mail', description: 'Letters' };
		await tiller.events({ type: 'apps', apps: [mail] });
		await option(/^Big Mail \[App\] Letters/).waitFor();
		await tiller.screenshot('apps-menu');
		await tiller.events({ type: 'apps', apps: [mail, { id: 'a-2', name: 'Maps', description: null }] });
		await option(/^Maps \[App\]/).waitFor();
		await field().press('ArrowDown');
		await field().press('Enter');
		assert.equal(await field().inputValue(), 'Read $big-mail ');
		await field().press('Enter');
		const [sent] = (await paramsOf('send')) as Sent[];
		assert.deepEqual(sent?.input, [
			{ type: 'text', text: 'Read $big-mail', text_elements: [{ byteRange: { start: 5, end: 14 }, placeholder: '$big-mail' }] },
			{ type: 'mention', name: 'Big Mail', path: 'app://a-1' },
		]);
	});

	it('keeps a skill with words that come back, and loses it with its word', async () => {
		await open();
		await chooseSecondLint();
		await field().press('Enter');
		await tiller.waitForRequests('send');
		await field().press('ArrowUp');
		assert.equal(await field().inputValue(), 'Run $lint');
		await chip().waitFor();
		await field().press('Enter');
		const again = (await tiller.waitForRequests('send', 2)).map(({ params }) => params as Sent);
		assert.deepEqual(again[1]?.input, again[0]?.input);
		await field().press('ArrowUp');
		await field().press('End');
		await field().press('Backspace');
		await chip().waitFor({ state: 'detached' });
	});

	it('keeps a skill in the queue as long as its word is there', async () => {
		const input = [
			{ type: 'text' as const, text: 'Run $lint', text_elements: [] },
			{ type: 'skill' as const, name: 'lint', path: '/user/lint/SKILL.md' },
		];
		const message = { id: 'q1', clientMessageId: 'c1', input, state: 'queued' as const, turnId: null, sentAtMs: 1 };
		const running = pageState({
			thread: thread([turn('turn-1', [userMessage('u1', 'x')], { status: 'inProgress' })]),
			queue: { available: true, paused: false, messages: [message] },
		});
		tiller = await suite.open({ state: running });
		const edit = async (change: (text: string) => string) => {
			await tiller.page.getByRole('button', { name: /Run \$lint$/ }).click();
			const queued = tiller.page.locator('.queue-field textarea');
			await queued.fill(change(await queued.inputValue()));
			await queued.press('Enter');
			await queued.waitFor({ state: 'detached' });
		};
		await edit((text) => `${text} twice`);
		await edit(() => 'Run nothing');
		const changes = (await tiller.waitForRequests('changeQueued', 2)).map(({ params }) => params as Sent);
		assert.deepEqual(
			changes.map(({ input: parts }) => parts.map(({ type, path, text }) => path ?? text ?? type)),
			[['Run $lint twice', '/user/lint/SKILL.md'], ['Run nothing']],
		);
	});

	it('offers prompts of servers with their server, and shows what they are before anything is sent', async () => {
		await open();
		await field().pressSequentially('/wea');
		await option(/^\/weather:today city=… \[weather\] The weather of a city/).waitFor();
		await tiller.answer('expandPrompt', { result: { text: null } });
		await field().press('Enter');
		await tiller.waitForRequests('expandPrompt');
		assert.equal(await field().inputValue(), '/wea');
		const attachment = { kind: 'file', label: 'weather://bern', content: 'Sunny', tokens: 2, cut: false };
		await tiller.answer('expandPrompt', { result: { text: 'What is the weather in Bern?', attachments: [attachment] } });
		await field().fill('/weather:today city=Bern');
		await field().press('Enter');
		await tiller.page.getByText('This will be sent.').waitFor();
		assert.equal(await field().inputValue(), 'What is the weather in Bern?');
		await tiller.page.getByRole('button', { name: /^weather:\/\/bern/ }).waitFor();
		assert.deepEqual((await paramsOf('expandPrompt')).at(-1), { name: 'weather:today', args: 'city=Bern' });
		assert.equal((await tiller.requests('send')).length, 0);
		await field().press('Enter');
		await tiller.waitForRequests('send');
	});

	for (const theme of ['light', 'dark', 'hc-black'] as const) {
		it(`is without a finding of axe in ${theme}`, async () => {
			await open(theme);
			await field().pressSequentially('Run $');
			await option(/^pdf:read/).waitFor();
			await tiller.screenshot(`composer-skills-${theme}`);
			assert.deepEqual(await suite.violations(), []);
			await field().press('Enter');
			await chip().waitFor();
			assert.deepEqual(await suite.violations(), []);
			await field().fill('/wea');
			await option(/^\/weather/).waitFor();
			await tiller.screenshot(`composer-server-prompts-${theme}`);
			assert.deepEqual(await suite.violations(), []);
		});
	}
});
