import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { patienceMs, until } from '../support/deadline.ts';
import { FakeModelServer, respond, say } from '../support/model/fakeModelServer.ts';
import { functionCall } from '../support/model/modelEvents.ts';
import { replaceInWindow, useConfiguredModel } from './quickPicks.ts';
import { fakeModelConfig } from '../support/model/fakeModelConfig.ts';

/** A thread works for its goal in turns that nobody asks for, until that leads nowhere. */
describe('a goal that is paused', () => {
	const run = (command: string) => vscode.commands.executeCommand(`tiller.${command}`);
	const told: string[] = [];
	const restore: (() => void)[] = [];
	let click: string | undefined;
	let model: FakeModelServer;

	const idleTurns = () => model.add(say('Thinking about it.'), say('Still thinking.'), say('And again.'));
	const asked = (count: number) => until(`${count} requests to the model`, () => model.requests.length >= count, patienceMs);
	const tellings = (text: RegExp) => told.filter((line) => text.test(line)).length;
	const paused = /^The goal of ".*" is paused: Ship it$/;

	before(async () => {
		model = await FakeModelServer.start();
		await fs.writeFile(path.join(process.env['CODEX_HOME'] ?? '', 'config.toml'), fakeModelConfig(model.url, { model: '"goals"' }));
		const hear = async (message: string, ...buttons: readonly string[]) => {
			told.push(message);
			return buttons.find((button) => button === click);
		};
		restore.push(replaceInWindow({ showInformationMessage: hear as never, showErrorMessage: hear as never, showWarningMessage: hear as never }));
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		await run('restartServer');
		await useConfiguredModel('goals');
	});
	after(async () => {
		for (const undo of restore.splice(0).reverse()) undo();
		await run('newThread');
		await model.stop();
	});

	it('is told with a way to resume it, which is there later too', async () => {
		click = 'Resume';
		model.add(respond(functionCall('create_goal', { objective: 'Ship it' }, 'call_1')), say('Begun.'));
		idleTurns();
		idleTurns();
		restore.push(replaceInWindow({ showInputBox: (async () => 'Go') as never }));
		await run('newThread');
		await run('sendMessage');
		await asked(5);
		// Resumed by the click: three more turns lead nowhere either.
		await until('it is paused', () => tellings(paused) === 1, patienceMs);
		click = undefined;
		await asked(8);
		await until('it is paused again', () => tellings(paused) === 2, patienceMs);
		assert.equal(model.requests.length, 8);

		model.add(respond(functionCall('update_goal', { status: 'complete' }, 'call_2')), say('Reached.'));
		await run('resumeGoal');
		await asked(10);
		await until(
			'it is reached',
			async () => {
				await run('resumeGoal');
				return tellings(/^This thread has no paused goal\.$/) > 0;
			},
			patienceMs,
		);
		assert.equal(tellings(paused), 2);
	});
});
