import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { WorktreeCreateParams } from '../../server/protocol/host/worktree.ts';
import type { Client } from '../server/client.ts';
import { setting } from '../settings.ts';
import { chooseGit } from '../scm/chooseGit.ts';
import { branchesOf, commitsOf } from '../scm/gitChoices.ts';
import { rootForNewThread } from '../workspaceRoots.ts';
import { setupWorktree } from './setupWorktree.ts';
import { worktreeWords as words } from './worktreeWords.ts';

type Start = Pick<WorktreeCreateParams, 'start' | 'ref'>;

/** Asks what is needed, makes a worktree and prepares it. Gives where a thread works in it; null when the person changed their mind. */
export async function newWorktree(client: Client): Promise<string | null> {
	const cwd = await rootForNewThread();
	const folder = placeOfWorktrees(setting('tiller.worktrees.folder'));
	const name = await vscode.window.showInputBox({ title: words.title(), prompt: words.namePrompt(), ignoreFocusOut: true });
	if (name === undefined) return null;
	const start = await chooseStart(cwd);
	if (start === null) return null;
	const { worktree, setup, warnings } = await vscode.window.withProgress(
		{ location: vscode.ProgressLocation.Notification, title: words.creating() },
		async () =>
			await client.request('worktree/create', {
				cwd,
				...start,
				...(name.trim() === '' ? {} : { name: name.trim() }),
				...(folder === '' ? {} : { folder }),
				copy: [...setting('tiller.worktrees.copy')],
			}),
	);
	for (const warning of warnings) void vscode.window.showWarningMessage(warning);
	if (setup !== null) await setupWorktree(client, worktree, setup);
	return worktree.cwd;
}

function placeOfWorktrees(value: string): string {
	const folder = value.trim().replace(/^~(?=$|[/\\])/, os.homedir());
	if (folder !== '' && !path.isAbsolute(folder)) throw new Error(words.notAbsolute(folder));
	return folder;
}

async function chooseStart(cwd: string): Promise<Start | null> {
	const items = [
		{ label: words.startFolder(), detail: words.startFolderDetail(), type: 'folder' },
		{ label: words.startCommit(), detail: words.startCommitDetail(), type: 'commit' },
		{ label: words.startBranch(), type: 'branch' },
		{ label: words.startOther(), type: 'other' },
	] as const;
	const picked = await vscode.window.showQuickPick(items, { title: words.title(), placeHolder: words.startPlaceholder(), ignoreFocusOut: true });
	switch (picked?.type) {
		case undefined:
			return null;
		case 'folder':
		case 'commit':
			return { start: picked.type };
		case 'branch': {
			const branch = await chooseGit(await branchesOf(cwd), words.branchPrompt());
			return branch === null ? null : { start: 'ref', ref: branch.value };
		}
		case 'other': {
			const commit = await chooseGit(await commitsOf(cwd), words.commitPrompt());
			return commit === null ? null : { start: 'ref', ref: commit.value };
		}
	}
}
