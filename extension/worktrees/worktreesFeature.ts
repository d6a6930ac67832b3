import * as vscode from 'vscode';
import type { Worktree } from '../../server/protocol/host/worktree.ts';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { ReadOnlyTexts } from '../readOnlyTexts.ts';
import type { Client } from '../server/client.ts';
import { setContext } from '../setContext.ts';
import type { ThreadsFeature } from '../threads/threadsFeature.ts';
import { threadWords } from '../threads/threadWords.ts';
import { words as common } from '../words.ts';
import { applyWorktree } from './applyWorktree.ts';
import { newWorktree } from './newWorktreeThread.ts';
import { removeWorktree } from './removeWorktree.ts';
import { originOf, type WorktreeList, worktreeName } from './worktreeList.ts';
import { worktreeWords as words } from './worktreeWords.ts';

export interface WorktreesParts {
	readonly chats: Chats;
	readonly threads: ThreadsFeature;
	readonly list: WorktreeList;
	readonly documents: ReadOnlyTexts;
}

/** Threads that work beside the person's folder, and what becomes of their work. */
export function worktreesFeature({ own }: Ground, { chats, threads, list, documents }: WorktreesParts) {
	const showPlace = () => {
		const { id, cwd } = chats.main.active;
		const folder = id === null ? null : (threads.list.find(id)?.cwd ?? cwd);
		setContext('tiller.inWorktree', list.at(folder) !== undefined);
	};
	own(chats.onDidChangeShown(showPlace));
	own(threads.list.onDidChange(showPlace));
	/** Runs in trusted folders only; what goes wrong is told. */
	const act = async (work: () => Promise<unknown>) => {
		try {
			if (!vscode.workspace.isTrusted) throw new Error(common.restricted());
			await work();
		} catch (error) {
			void vscode.window.showErrorMessage(threadWords.notDone(error instanceof Error ? error.message : String(error)));
		}
	};
	const on = (client: Client, node: unknown, work: (client: Client, worktree: Worktree) => Promise<unknown>) =>
		act(async () => {
			await list.load(client);
			const worktree = await meant(client, node, { chats, threads, list });
			if (worktree !== null) await work(client, worktree);
		});
	return {
		clientCommands: {
			'tiller.newWorktreeThread': (client) =>
				act(async () => {
					const folder = await newWorktree(client);
					if (folder === null) return;
					await list.load(client);
					await chats.main.active.begin(folder);
					await chats.main.view.focus();
				}),
			'tiller.applyWorktree': (client, node) => on(client, node, (_, worktree) => applyWorktree(client, worktree, documents)),
			'tiller.openWorktree': (client, node) =>
				on(client, node, async (_, { cwd, missing }) => {
					if (missing) throw new Error(words.missing(cwd));
					await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(cwd), { forceNewWindow: true });
				}),
			'tiller.removeWorktree': (client, node) => on(client, node, removeWorktree),
		},
	} satisfies Feature;
}

/** That of a thread in the tree, else of the thread in the chat, else the person chooses; null when they do not. */
async function meant(client: Client, node: unknown, { chats, threads, list }: Omit<WorktreesParts, 'documents'>): Promise<Worktree | null> {
	const cwd = node === undefined ? chats.active.active.cwd : ((await threads.actions.target(client, node))?.cwd ?? null);
	const worktree = list.at(cwd);
	if (worktree !== undefined) return worktree;
	if (list.all.length === 0) {
		void vscode.window.showInformationMessage(words.none());
		return null;
	}
	const items = list.all.map((one) => ({ label: worktreeName(one), description: originOf(one), worktree: one }));
	return (await vscode.window.showQuickPick(items, { placeHolder: words.pick(), matchOnDescription: true }))?.worktree ?? null;
}
