import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EditorModels } from '../../extension/languageModels/editorModels.ts';
import { patienceMs, until } from '../support/deadline.ts';
import { filesAfterTenTurns, tenTurns, TURNS } from '../support/model/tenTurns.ts';
import { replaceInWindow } from './quickPicks.ts';

type Report = (part: vscode.LanguageModelResponsePart) => void;
type Answer = (report: Report, messages: readonly vscode.LanguageModelChatRequestMessage[], token: vscode.CancellationToken) => Promise<void>;

interface Provider {
	readonly asked: { readonly messages: readonly vscode.LanguageModelChatRequestMessage[]; readonly tools: readonly { readonly name: string }[] }[];
	readonly script: Answer[];
}

const request = (content: string) => ({
	requestId: 'r',
	threadId: 't',
	turnId: 'u',
	model: 'scripted',
	messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: content }] }],
	tools: [{ name: 'look', description: 'Looks.', inputSchema: { type: 'object' } }],
});

/** Models that another extension brings to VS Code, here one of the tests. */
describe('models of VS Code', () => {
	let provider: Provider;
	let models: EditorModels;
	const sent: { readonly requestId: string; readonly parts: readonly object[] }[] = [];
	const ask = (content: string) =>
		models.ask(request(content), async (params) => {
			sent.push(params);
		});

	before(async () => {
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		provider = (await vscode.extensions.getExtension('tiller-tests.model-provider')?.activate()) as Provider;
		models = new EditorModels({ ready: () => Promise.reject(new Error('no server here')), isConnected: () => false });
		await until('the model to be there', async () => (await models.list()).some(({ id }) => id === 'scripted'), patienceMs);
	});
	beforeEach(() => {
		sent.length = 0;
		provider.asked.length = 0;
	});
	after(() => models.dispose());

	it('are listed, get messages and tools, and what they say comes in order and counted', async () => {
		const [info] = (await models.list()).filter(({ vendor }) => vendor === 'tiller-tests');
		assert.deepEqual([info?.name, info?.maxInputTokens, info?.supportsTools], ['Scripted', 50_000, true]);
		provider.script.push(async (report) => {
			report(new vscode.LanguageModelTextPart('I look '));
			report(new vscode.LanguageModelTextPart('there.'));
			report(new vscode.LanguageModelToolCallPart('c1', 'look', { at: 'a.ts' }));
		});
		const answer = await ask('Where?');
		assert.equal(answer.status, 'completed');
		const parts = sent.flatMap((each) => each.parts);
		assert.deepEqual(parts.at(-1), { type: 'toolCall', callId: 'c1', name: 'look', input: { at: 'a.ts' } });
		assert.equal(parts.map((part) => ('text' in part ? part.text : '')).join(''), 'I look there.');
		assert.deepEqual(answer, { status: 'completed', parts: sent.length, usage: { inputTokens: 7, outputTokens: 7 } });
		assert.deepEqual(
			provider.asked[0]?.tools.map(({ name }) => name),
			['look'],
		);
	});

	it('say whether they take tools and pictures', async () => {
		const own = (await models.list()).filter(({ vendor }) => vendor === 'tiller-tests');
		assert.deepEqual(
			own.map(({ id, supportsTools, supportsImages }) => [id, supportsTools, supportsImages]),
			[
				['scripted', true, true],
				['words-only', false, false],
			],
		);
	});

	it('that refuse, or are not there, say why', async () => {
		provider.script.push(() => Promise.reject(vscode.LanguageModelError.NoPermissions('not you')));
		assert.deepEqual(await ask('Please.'), { status: 'failed', reason: 'consent', message: 'not you' });
		const gone = await models.ask({ ...request('x'), model: 'nobody' }, async () => {});
		assert.deepEqual([gone.status, gone.status === 'failed' && gone.reason], ['failed', 'notFound']);
	});

	it('stop when nobody waits any more', async () => {
		let cancelled = false;
		const asked = Promise.withResolvers<void>();
		provider.script.push(async (_report, _messages, token) => {
			asked.resolve();
			await new Promise<void>((resolve) => token.onCancellationRequested(() => resolve()));
			cancelled = true;
		});
		const answer = ask('Take your time.');
		await asked.promise;
		models.cancel('r');
		await answer;
		assert.equal(cancelled, true);
	});

	it('do the task of ten turns with the same files as every provider', async () => {
		const [folder] = vscode.workspace.workspaceFolders ?? [];
		assert.ok(folder);
		const expected = filesAfterTenTurns();
		const files = expected.map(([name]) => vscode.Uri.joinPath(folder.uri, name));
		const mode = (value: string | undefined) =>
			vscode.workspace.getConfiguration('tiller.approvals').update('mode', value, vscode.ConfigurationTarget.Global);
		for (const { text, calls = [] } of tenTurns())
			provider.script.push(async (report) => {
				for (const character of text ?? '') report(new vscode.LanguageModelTextPart(character));
				for (const { id, name, args } of calls) report(new vscode.LanguageModelToolCallPart(id, name, args));
			});
		let isRunning: unknown = false;
		const { executeCommand } = vscode.commands;
		Object.assign(vscode.commands, {
			executeCommand: async (name: string, ...args: readonly unknown[]) => {
				if (name === 'setContext' && args[0] === 'tiller.running') isRunning = args[1];
				return await executeCommand(name, ...args);
			},
		});
		let message = '';
		const restore = replaceInWindow({
			showQuickPick: (async (rows: readonly { readonly label: string }[]) => rows.find(({ label }) => label === 'Scripted')) as never,
			showInputBox: (async () => message) as never,
		});
		try {
			await mode('fullAccess');
			await executeCommand('tiller.newThread');
			await executeCommand('tiller.useEditorModel');
			for (let turn = 1; turn <= TURNS; turn++) {
				message = `Do part ${turn}.`;
				await executeCommand('tiller.sendMessage');
				await until(`turn ${turn} to have asked four times`, () => provider.asked.length === 4 * turn, patienceMs);
				await until(`turn ${turn} to be over`, () => isRunning === false, patienceMs);
			}
			const texts = await Promise.all(files.map(async (file) => new TextDecoder().decode(await vscode.workspace.fs.readFile(file))));
			assert.deepEqual(
				expected.map(([name], at) => [name, texts[at]]),
				expected,
			);
		} finally {
			restore();
			Object.assign(vscode.commands, { executeCommand });
			await mode(undefined);
			provider.script.length = 0;
			await executeCommand('tiller.newThread');
			for (const file of files) await vscode.workspace.fs.delete(file).then(undefined, () => {});
		}
	});

	it('work in a thread, with the tools of the agent', async () => {
		provider.script.push(
			async (report) => report(new vscode.LanguageModelToolCallPart('p1', 'update_plan', { plan: [{ step: 'Measure', status: 'in_progress' }] })),
			async (report) => report(new vscode.LanguageModelTextPart('It is 3 metres long.')),
		);
		const { showQuickPick, showInputBox } = vscode.window;
		Object.assign(vscode.window, {
			showQuickPick: async (rows: readonly { readonly label: string }[]) => rows.find(({ label }) => label === 'Scripted'),
			showInputBox: async () => 'How long is it?',
		});
		try {
			await vscode.commands.executeCommand('tiller.useEditorModel');
			await vscode.commands.executeCommand('tiller.sendMessage');
			await until('both requests', () => provider.asked.length === 2, patienceMs);
			const results = provider.asked[1]?.messages.flatMap(({ content }) =>
				content.filter((part) => part instanceof vscode.LanguageModelToolResultPart),
			);
			assert.deepEqual(
				results?.map(({ callId }) => callId),
				['p1'],
			);
			await vscode.commands.executeCommand('tiller.openThreadText');
			await until(
				'the answer in the text of the thread',
				() => (vscode.window.activeTextEditor?.document.getText() ?? '').includes('It is 3 metres long.'),
				patienceMs,
			);
		} finally {
			Object.assign(vscode.window, { showQuickPick, showInputBox });
			await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		}
	});
});
