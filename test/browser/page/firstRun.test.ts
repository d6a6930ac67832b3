import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { imageSize } from 'image-size';
import type { CodexErrorInfo } from '../../../server/protocol/error.ts';
import type { PageState } from '../../../webview/channel/messages.ts';
import { agentMessage, command, commandQuestion, fileChange, pageState, showcase, thread, turn, userMessage } from './fixtures.ts';
import type { TillerPage, TillerPageOptions } from './harness.ts';
import { pageSuite } from './pageSuite.ts';
import type { ThemeName } from './themes.ts';

const demoState = (): PageState =>
	pageState({ settings: { model: 'demo', effort: null, approvalMode: 'auto' }, account: { type: 'notNeeded', label: '' } });
const signedOut = (): PageState => pageState({ account: { type: 'signedOut' } });

function failedWith(message: string, codexErrorInfo: CodexErrorInfo | null): PageState {
	const error = { message, codexErrorInfo, additionalDetails: null };
	return pageState({ thread: thread([turn('turn-1', [userMessage('u1', 'Fix the rounding')], { status: 'failed', error })]) });
}

/** What a person meets, its headline, and the buttons with the next step. */
const failures: readonly (readonly [name: string, message: string, info: CodexErrorInfo, title: string, steps: readonly string[]])[] = [
	['no key', 'OpenAI answered 401.', 'unauthorized', 'The key was refused', ['Sign in']],
	[
		'offline',
		'OpenAI cannot be reached at https://api.openai.com/v1.',
		{ httpConnectionFailed: { httpStatusCode: null } },
		'No connection to the model',
		['Send again'],
	],
	[
		'over limit',
		'The usage limit of the plan "plus" is reached. It is free again from 2030-01-02 14:05 UTC.',
		'usageLimitExceeded',
		'The usage limit is reached',
		['Choose another model', 'Use a local model'],
	],
	['refused', "The provider's policy refuses this request.", 'cyberPolicy', 'The provider refused this', ['Choose another model']],
	['overloaded', 'The model is overloaded.', 'serverOverloaded', 'The model is overloaded', ['Send again']],
	[
		'too long',
		"The conversation is too long for the model's context window.",
		'contextWindowExceeded',
		'The conversation is too long',
		['New thread'],
	],
	[
		'broken off',
		'The stream of the answer broke off.',
		{ responseStreamDisconnected: { httpStatusCode: null } },
		'The connection broke off',
		['Send again'],
	],
	['no sandbox', 'bubblewrap is not installed.', 'sandboxError', 'The sandbox could not be set up', ['Open settings']],
];

describe('the first run', () => {
	const suite = pageSuite();
	let tiller: TillerPage;

	const open = async (state: PageState, options: Omit<TillerPageOptions, 'state'> = {}): Promise<void> => {
		tiller = await suite.open({ state, viewport: { width: 400, height: 760 }, ...options });
	};
	const button = (name: string) => tiller.page.getByRole('button', { name });

	it('offers an account, a local model and the demo, by keyboard', async () => {
		await open(signedOut());
		await tiller.page.getByRole('heading', { name: 'Sign in to start' }).waitFor();
		const ways = [
			['Sign in Use OpenAI with an API key', 'tiller.signIn'],
			['Use a local model Ollama or LM Studio on this computer', 'tiller.useLocalModel'],
			['Try the demo Scripted, no AI, no key, no network', 'tiller.tryDemo'],
			['Show the first steps', 'tiller.getStarted'],
		] as const;
		for (const [name] of ways) {
			await button(name).focus();
			await tiller.page.keyboard.press('Enter');
		}
		assert.deepEqual(
			(await tiller.waitForRequests('runCommand', ways.length)).map(({ params }) => params),
			ways.map(([, command]) => ({ command })),
		);
	});

	it('lets a message be sent without a sign-in to a provider that needs none', async () => {
		await open({ ...signedOut(), settings: { model: 'qwen3:8b', provider: 'ollama', effort: null, approvalMode: 'auto' } });
		await tiller.page.getByRole('heading', { name: 'What shall we work on?' }).waitFor();
		await tiller.page.getByRole('textbox', { name: 'Message to Tiller' }).fill('Hello');
		await tiller.page.keyboard.press('Enter');
		assert.equal((await tiller.waitForRequests('send')).length, 1);
	});

	it('says in the demo that it is one, what to type, and how to get a model', async () => {
		await open(demoState());
		await tiller.page.getByText('Demo: scripted answers, no AI.').waitFor();
		await button('fix the bug').click();
		assert.equal(await tiller.page.getByRole('textbox', { name: 'Message to Tiller' }).inputValue(), 'fix the bug');
		await button('Sign in').waitFor();
		assert.equal(await button('Try the demo').count(), 0);
	});

	for (const [name, message, info, title, steps] of failures) {
		it(`shows a turn that failed (${name}) with its reason and the next step`, async () => {
			await open(failedWith(message, info));
			const card = tiller.page.locator('.turn-failure');
			await card.getByText(title, { exact: true }).waitFor();
			await card.getByText(message).waitFor();
			assert.deepEqual(await card.getByRole('button').allTextContents(), [...steps, 'Show log']);
			assert.deepEqual(await suite.violations(), []);
			await tiller.screenshot(`failure-${name.replaceAll(' ', '-')}`);
		});
	}

	it('says when a usage limit ends in the time of the person, and leads to the models', async () => {
		const over = failures.find(([name]) => name === 'over limit');
		assert.ok(over !== undefined);
		await open(failedWith(over[1], over[2]));
		await tiller.page.getByText('It is free again from Jan 2, 2030').waitFor();
		await button('Choose another model').click();
		assert.equal(await tiller.page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Model');
	});

	it('sends the message of a failed turn again', async () => {
		await open(failedWith('No route to host', { httpConnectionFailed: { httpStatusCode: null } }));
		await button('Send again').click();
		const [request] = await tiller.waitForRequests('send');
		assert.equal((request?.params as { input: { text: string }[] }).input[0]?.text, 'Fix the rounding');
	});

	for (const theme of ['light', 'dark', 'hc-black', 'hc-light'] satisfies ThemeName[]) {
		it(`is readable in ${theme}`, async () => {
			const over = failures.find(([name]) => name === 'over limit');
			assert.ok(over !== undefined);
			const states: Readonly<Record<string, PageState>> = {
				welcome: signedOut(),
				demo: demoState(),
				missing: {
					...pageState(),
					connection: {
						type: 'failed',
						message: '/opt/agent could not be started: there is no such program. Correct the setting tiller.server.path.',
					},
				},
				crashed: { ...showcase(), connection: { type: 'restarting', attempt: 2 } },
				limit: failedWith(over[1], over[2]),
			};
			for (const [name, state] of Object.entries(states)) {
				await open(state, { theme });
				assert.deepEqual(await suite.violations(), [], name);
				await tiller.screenshot(`first-${name}-${theme}`);
			}
		});
	}

	/** UPDATE_WALKTHROUGH=1 renews the pictures; otherwise they have to be there, of the size that the page has now, and not empty. */
	it('has pictures for the walkthrough, in both themes', async () => {
		const folder = path.resolve(import.meta.dirname, '../../../media/walkthrough');
		const work = pageState({
			thread: thread([
				turn('turn-1', [
					userMessage('u1', 'The cart total is off by a cent. Find out why and fix it.'),
					command('c1', 'npm test', {
						status: 'failed',
						exitCode: 1,
						aggregatedOutput: '✖ adds up fractions\n  Expected 0.3, got 0.30000000000000004\n',
					}),
					fileChange('f1'),
					command('c2', 'npm test', { aggregatedOutput: 'ok' }),
					agentMessage('a1', 'The sum was built from fractions. It counts whole cents now, and the tests pass.'),
				]),
			]),
			turnChanges: { 'turn-1': { files: 1, undone: false } },
			review: { files: 1 },
		});
		const pictures: Readonly<Record<string, readonly [PageState, number]>> = {
			welcome: [demoState(), 560],
			signIn: [signedOut(), 560],
			turn: [work, 700],
			approval: [{ ...showcase(), pending: [commandQuestion('npm test -- --test-name-pattern discounts', 'c4')] }, 700],
			changes: [work, 360],
		};
		const isRenewed = process.env['UPDATE_WALKTHROUGH'] === '1';
		await mkdir(folder, { recursive: true });
		for (const theme of ['dark', 'light'] as const) {
			for (const [name, [state, height]] of Object.entries(pictures)) {
				await open(state, { theme, viewport: { width: 460, height } });
				const file = path.join(folder, `${name}-${theme}.png`);
				const now = await tiller.page.screenshot({ animations: 'disabled', ...(isRenewed ? { path: file } : {}) });
				const kept = await readFile(file);
				assert.deepEqual([imageSize(kept).width, imageSize(kept).height], [imageSize(now).width, imageSize(now).height], file);
				// A page that did not draw is a picture of one colour, and takes next to nothing.
				assert.ok(now.length > 4000 && kept.length > 4000, `${file}: ${kept.length} bytes kept, ${now.length} now`);
			}
		}
	});
});
