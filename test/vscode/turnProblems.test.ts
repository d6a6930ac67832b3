import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { TurnProblemWatch } from '../../extension/problems/turnProblems.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';

describe('problems before and after a turn', () => {
	const diagnostics = vscode.languages.createDiagnosticCollection('tiller-test');
	const kept = new Map<string, unknown>();
	const state: vscode.Memento = {
		keys: () => [...kept.keys()],
		get: <T>(key: string, otherwise?: T) => (kept.has(key) ? (kept.get(key) as T) : otherwise) as T,
		update: async (key, value) => void kept.set(key, value),
	};
	const fixed: string[] = [];
	const fix = async (problems: readonly { readonly diagnostic: vscode.Diagnostic }[]) => {
		fixed.push(...problems.map(({ diagnostic }) => `${diagnostic.range.start.line} ${diagnostic.message}`));
	};
	const watch = new TurnProblemWatch({ state, fix });
	const threadId = 'thread-1';
	const turn = (status: 'inProgress' | 'completed') => ({
		id: 'turn-1',
		items: [],
		itemsView: 'notLoaded' as const,
		status,
		error: null,
		startedAt: 1,
		completedAt: null,
		durationMs: null,
	});
	const note = (notification: ServerNotification) => watch.notice(notification);
	const problem = (line: number, message: string) => new vscode.Diagnostic(new vscode.Range(line, 0, line, 3), message);
	let file = '';

	before(async () => {
		file = path.join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'problems.txt');
		await fs.writeFile(file, 'one\ntwo\nthree\nfour\n');
		await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: false });
	});
	after(async () => {
		watch.dispose();
		diagnostics.dispose();
		await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
		await fs.rm(file, { force: true });
	});

	it('are told when the language servers have spoken, are kept, lead to their place, and can be handed to the agent', async () => {
		const uri = vscode.Uri.file(file);
		diagnostics.set(uri, [problem(0, 'old'), problem(1, 'stays')]);
		note({ method: 'turn/started', params: { threadId, turn: turn('inProgress') } });
		const settled = new Promise<void>((resolve) => watch.onDidChange(() => resolve()));
		note({ method: 'turn/completed', params: { threadId, turn: turn('completed') } });
		diagnostics.set(uri, [problem(2, 'stays'), problem(3, 'new')]);
		await settled;

		const told = watch.of(threadId)['turn-1'];
		assert.deepEqual(
			{ ...told, added: told?.added.map(({ path: name, line, message }) => `${name}:${line} ${message}`) },
			{ before: 2, after: 2, fixed: 1, added: ['problems.txt:4 new'], addedCount: 1, notCompared: 0 },
		);
		assert.deepEqual(new TurnProblemWatch({ state, fix }).of(threadId)['turn-1'], told);

		diagnostics.set(uri, [problem(0, 'stays'), problem(1, 'new')]);
		await watch.open('turn-1', 0);
		assert.equal(vscode.window.activeTextEditor?.selection.active.line, 1);
		await watch.fix('turn-1');
		assert.deepEqual(fixed, ['1 new']);
		diagnostics.clear();
		await assert.rejects(watch.fix('turn-1'), /are resolved/);
	});
});
