import * as vscode from 'vscode';
import { visibleText } from '../../server/protocol/approval/visibleText.ts';
import type { Worktree, WorktreeSetup } from '../../server/protocol/host/worktree.ts';
import type { Client } from '../server/client.ts';
import { worktreeName } from './worktreeList.ts';
import { worktreeWords as words } from './worktreeWords.ts';

/** Runs the commands that prepare a worktree, if the person allows exactly these. They see the output in a terminal. */
export async function setupWorktree(client: Client, worktree: Worktree, setup: WorktreeSetup): Promise<void> {
	if (!(setup.trusted || (await isAllowed(client, setup)))) return;
	for (const command of setup.commands) {
		const code = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title: words.setupRunning(command), cancellable: true },
			async (_, token) => await runInTerminal(worktree, command, token),
		);
		if (code === 0) continue;
		void vscode.window.showWarningMessage(words.setupFailed(command, String(code ?? '?')));
		return;
	}
}

/** What is allowed is the text that the person has before their eyes: its hash is written. */
async function isAllowed(client: Client, { commands, hash, key }: WorktreeSetup): Promise<boolean> {
	const lines = commands.map((command) => visibleText(command, { code: true }));
	const detail = [...lines, '', words.setupDetail()].join('\n');
	const answer = await vscode.window.showWarningMessage(words.setupQuestion(), { modal: true, detail }, words.setupRun(), words.setupSkip());
	if (answer !== words.setupRun()) return false;
	await client.request('config/value/write', {
		keyPath: `worktree.trusted_setup.${JSON.stringify(key)}`,
		value: hash,
		mergeStrategy: 'upsert',
	});
	return true;
}

/** The exit code; undefined when the person ended it. */
async function runInTerminal(worktree: Worktree, command: string, token: vscode.CancellationToken): Promise<number | undefined> {
	const task = new vscode.Task(
		{ type: 'shell' },
		vscode.TaskScope.Workspace,
		words.setupTask(worktreeName(worktree)),
		'Tiller',
		new vscode.ShellExecution(command, { cwd: worktree.folder }),
	);
	task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, showReuseMessage: false };
	const { promise, resolve } = Promise.withResolvers<number | undefined>();
	let execution: vscode.TaskExecution | null = null;
	const codes = new Map<vscode.TaskExecution, number | undefined>();
	const over = new Set<vscode.TaskExecution>();
	const look = () => {
		if (execution !== null && (codes.has(execution) || over.has(execution))) resolve(codes.get(execution));
	};
	const owned = [
		// It may end before `executeTask` has answered.
		vscode.tasks.onDidEndTaskProcess((event) => (codes.set(event.execution, event.exitCode), look())),
		// A task without a process (its shell did not start) ends only so; the other event comes first.
		vscode.tasks.onDidEndTask((event) => (over.add(event.execution), look())),
		token.onCancellationRequested(() => execution?.terminate()),
	];
	try {
		execution = await vscode.tasks.executeTask(task);
		look();
		return await promise;
	} finally {
		for (const part of owned) part.dispose();
	}
}
