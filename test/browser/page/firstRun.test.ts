import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { imageSize } from 'image-size';
import type { CodexErrorInfo } from '../../../server/protocol/wire/error.ts';
import type { PageState } from '../../../webview/channel/pageState.ts';
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
	['no key', 'OpenAI answered 401.', 'unauthorized', 'OpenAI did not accept your sign-in', ['Sign In']],
	[
		'offline',
		'OpenAI cannot be reached at https://api.openai.com/v1.',
		{ httpConnectionFailed: { httpStatusCode: null } },
		'Could not reach OpenAI',
		['Try Again'],
	],
	[
		'over limit',
		'The usage limit of the plan "plus" is reached. It is free again from 2030-01-02 14:05 UTC.',
		'usageLimitExceeded',
		'OpenAI: usage limit reached',
		['Choose Another Model', 'Use a Local Model'],
	],
	['refused', "The provider's policy refuses this request.", 'cyberPolicy', 'OpenAI declined this request', ['Choose Another Model']],
	['overloaded', 'The model is overloaded.', 'serverOverloaded', 'OpenAI is overloaded', ['Try Again']],
	[
		'too long',
		"The conversation is too long for the model's context window.",
		'contextWindowExceeded',
		'The conversation is too long for this model',
		['New Thread'],
	],
	[
		'broken off',
		'The stream of the answer broke off.',
		{ responseStreamDisconnected: { httpStatusCode: null } },
		'The connection to OpenAI was lost',
		['Try Again'],
	],
	['no sandbox', 'bubblewrap is not installed.', 'sandboxError', 'Could not set up the sandbox', ['Open Settings']],
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
		await tiller.page.getByRole('heading', { name: 'Set up a model' }).waitFor();
		const ways = [
			['Sign In to OpenAI Use OpenAI models with ChatGPT or an API key', 'tiller.signIn'],
			['Use a Local Model Ollama or LM Studio on this computer', 'tiller.useLocalModel'],
			['Try the Demo Scripted answers. No AI, no key, no network.', 'tiller.tryDemo'],
			['Open the Walkthrough', 'tiller.getStarted'],
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
		await tiller.page.getByRole('heading', { name: 'What should we work on?' }).waitFor();
		await tiller.page.getByRole('textbox', { name: 'Message to Tiller' }).fill('Hello');
		await tiller.page.keyboard.press('Enter');
		assert.equal((await tiller.waitForRequests('send')).length, 1);
	});

	it('says in the demo that it is one, what to type, and how to get a model', async () => {
		await open(demoState());
		await tiller.page.getByRole('button', { name: 'Model: Demo' }).waitFor();
		await button('fix the bug').click();
		assert.equal(await tiller.page.getByRole('textbox', { name: 'Message to Tiller' }).inputValue(), 'fix the bug');
		await button('Sign In to OpenAI').waitFor();
		assert.equal(await button('Try the Demo').count(), 0);
	});

	for (const [name, message, info, title, steps] of failures) {
		it(`shows a turn that failed (${name}) with its reason and the next step`, async () => {
			await open(failedWith(message, info));
			const card = tiller.page.locator('.turn-failure');
			await card.getByText(title, { exact: true }).waitFor();
			await card.getByText('Details', { exact: true }).click();
			await card.getByText(message).waitFor();
			assert.deepEqual(await card.getByRole('button').allTextContents(), [...steps, 'Show Log']);
			assert.deepEqual(await suite.violations(), []);
			await tiller.screenshot(`failure-${name.replaceAll(' ', '-')}`);
		});
	}

	it('says when a usage limit ends in the time of the person, and leads to the models', async () => {
		const over = failures.find(([name]) => name === 'over limit');
		assert.ok(over !== undefined);
		await open(failedWith(over[1], over[2]));
		await tiller.page.getByText('The limit resets at Jan 2, 2030').waitFor();
		await button('Choose Another Model').click();
		assert.equal((await tiller.waitForRequests('pickModel')).length, 1);
	});

	it('names another provider, its cause in words, and no OpenAI key', async () => {
		const html = '<html><head><title>x</title></head><body><h1>Bad gateway</h1></body></html>';
		const failed = (codexErrorInfo: CodexErrorInfo) => {
			const state = failedWith(`acme answered: ${html}`, codexErrorInfo);
			return { ...state, thread: state.thread && { ...state.thread, modelProvider: 'acme' } };
		};
		await open(failed('unauthorized'));
		await tiller.page.getByText('acme rejected the API key').waitFor();
		assert.equal(await button('Sign In').count(), 0);
		await open(failed({ httpConnectionFailed: { httpStatusCode: 502 } }));
		await tiller.page.getByText('acme is not available right now').waitFor();
		await tiller.page.getByText('Details', { exact: true }).click();
		await tiller.page.getByText('Bad gateway').waitFor();
		assert.equal(await tiller.page.getByText('<h1>').count(), 0);
		assert.equal(await tiller.page.getByText('Check the network').count(), 0);
	});

	it('sends the message of a failed turn again', async () => {
		await open(failedWith('No route to host', { httpConnectionFailed: { httpStatusCode: null } }));
		await button('Try Again').click();
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

	it('is told that the provider of a thread is gone, can choose another model or add it, and is told no longer when it is there', async () => {
		const work = thread([turn('turn-1', [userMessage('u1', 'Fix the rounding'), agentMessage('a1', 'Done.')])], { modelProvider: 'gone' });
		tiller = await suite.open({ state: pageState({ thread: work, providers: [{ id: 'openai', name: 'OpenAI' }] }) });
		const { page } = tiller;
		await page.getByText('The model provider "gone" is no longer configured').waitFor();
		await page.getByText('Done.').waitFor();
		await tiller.answer('pickModel', { result: {} });
		await page.getByRole('button', { name: 'Choose Another Model' }).click();
		await tiller.waitForRequests('pickModel', 1);
		await page.getByRole('button', { name: 'Add a Model Provider…' }).click();
		assert.deepEqual((await tiller.waitForRequests('runCommand', 1)).at(-1)?.params, { command: 'tiller.addProvider' });
		await tiller.screenshot('provider-gone');
		await tiller.events({ type: 'providers', providers: [{ id: 'gone', name: 'Back' }] });
		await page.getByText('is no longer configured').waitFor({ state: 'hidden' });
	});
});
