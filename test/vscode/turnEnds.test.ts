import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { patienceMs, until } from '../support/deadline.ts';
import { FakeModelServer, httpError, say } from '../support/model/fakeModelServer.ts';
import { replaceInWindow, useConfiguredModel } from './quickPicks.ts';
import { fakeModelConfig } from '../support/model/fakeModelConfig.ts';

/** What a person is told of turns that end while they are elsewhere. */
describe('turns that end unseen', () => {
	const run = (command: string, ...args: readonly unknown[]) => vscode.commands.executeCommand(`tiller.${command}`, ...args);
	const told: string[] = [];
	const restore: (() => void)[] = [];
	let isFocused = false;
	/** As the `when` clauses of keys know it, which is set before anything is told. */
	let isRunning: unknown = false;
	let click: string | undefined;
	let model: FakeModelServer;

	const turn = async (message: string) => {
		const asked = model.requests.length;
		restore.push(replaceInWindow({ showInputBox: (async () => message) as never }));
		await run('newThread');
		await run('sendMessage');
		await until('the model is asked', () => model.requests.length > asked, patienceMs);
		await until('the turn is over', () => isRunning === false, patienceMs);
	};
	const notified = (text: RegExp) => until(`"${text}" is told`, () => told.some((line) => text.test(line)), patienceMs);
	const set = (name: string, value: unknown) =>
		vscode.workspace.getConfiguration('tiller.turns').update(name, value, vscode.ConfigurationTarget.Global);

	before(async () => {
		model = await FakeModelServer.start();
		await fs.writeFile(path.join(process.env['CODEX_HOME'] ?? '', 'config.toml'), fakeModelConfig(model.url, { model: '"turn-ends"' }));
		const { state } = vscode.window;
		Object.defineProperty(vscode.window, 'state', { configurable: true, get: () => ({ ...state, focused: isFocused }) });
		const hear = async (message: string, ...buttons: readonly string[]) => {
			told.push(message);
			return buttons.find((button) => button === click);
		};
		restore.push(replaceInWindow({ showInformationMessage: hear as never, showErrorMessage: hear as never, showWarningMessage: hear as never }));
		restore.push(() => Object.defineProperty(vscode.window, 'state', { configurable: true, get: () => state }));
		const { executeCommand } = vscode.commands;
		Object.assign(vscode.commands, {
			executeCommand: async (name: string, ...args: readonly unknown[]) => {
				if (name === 'setContext' && args[0] === 'tiller.running') isRunning = args[1];
				return await executeCommand(name, ...args);
			},
		});
		restore.push(() => Object.assign(vscode.commands, { executeCommand }));
		await set('notifyAfter', 0);
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		await run('restartServer');
		await useConfiguredModel('turn-ends');
	});
	after(async () => {
		for (const undo of restore.splice(0).reverse()) undo();
		for (const name of ['notify', 'notifyAfter', 'keepAwake']) await set(name, undefined);
		await run('newThread');
		await model.stop();
	});

	it('are told with a way to open the thread', async () => {
		click = 'Open Thread';
		model.add(say('One.'));
		await turn('First task');
		await notified(/^"First task" finished after \d+ s\.$/);
		model.add(httpError(400, { error: { message: 'The model is out' } }));
		await turn('Second task');
		await notified(/^"Second task" failed after \d+ s\. .*The model is out/);
	});

	it('are not told to who is there, or wants no word of them', async () => {
		isFocused = true;
		model.add(say('Seen.'));
		await turn('Third task');
		isFocused = false;
		await set('notify', false);
		model.add(say('Not wanted.'));
		await turn('Fourth task');
		await set('notify', true);
		model.add(say('Wanted.'));
		await turn('Fifth task');
		await notified(/^"Fifth task" finished/);
		assert.deepEqual(
			told.filter((line) => /Third|Fourth/.test(line)),
			[],
		);
	});

	it('do not keep another computer awake, which is said once', async () => {
		await set('keepAwake', true);
		for (const task of ['Sixth task', 'Seventh task']) {
			model.add(say('Done.'));
			await turn(task);
			await notified(new RegExp(`^"${task}" finished`));
		}
		assert.equal(told.filter((line) => line.startsWith('"tiller.turns.keepAwake" has no effect here')).length, 1);
	});
});
