import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { setContext } from '../setContext.ts';
import type { ThreadsFeature } from '../threads/threadsFeature.ts';
import { threadOfRow } from '../threads/threadsTree.ts';
import { ApprovalPrompts } from './approvalPrompts.ts';
import { showSavedApprovals } from './savedApprovals.ts';
import { approvalAnswers } from './serverRequests.ts';

/** Questions of the server, and what was allowed for longer. */
export function approvalsFeature({ pending, own }: Ground, { chats, threads }: { readonly chats: Chats; readonly threads: ThreadsFeature }) {
	const prompts = own(
		new ApprovalPrompts({
			pending,
			visibleInPage: (question) => chats.all.some((each) => each.shows(question)),
			reveal: async (threadId) => {
				if (await chats.showTab(threadId)) return;
				chats.main.active.open(threadId);
				await chats.main.view.focus();
			},
			filesOf: (itemId) => chats.all.flatMap((each) => (each.active.seen.fileChanges(itemId) ?? []).map((change) => change.path)),
			mayAnswer: () => vscode.workspace.isTrusted,
			threadTitle: threads.titleOf,
		}),
	);
	own(chats.onDidChangeShown(() => prompts.update()));
	own(vscode.window.onDidChangeWindowState(() => prompts.update()));
	own(pending.onDidChange(() => setContext('tiller.waiting', pending.list().length > 0)));
	const feature = {
		commands: {
			'tiller.showApprovals': (node) => prompts.pick(threadOfRow(node)),
			'tiller.approve': () => prompts.answerOldest('allow'),
			'tiller.decline': () => prompts.answerOldest('refuse'),
		},
		clientCommands: {
			'tiller.savedApprovals': (client) => showSavedApprovals(client, { folder: chats.folder(), threadTitle: threads.titleOf }),
		},
		answers: approvalAnswers(pending),
		stateChanged: ({ type }) => {
			if (type !== 'ready') pending.clear();
		},
		notice: ({ method, params }) => {
			if (method === 'serverRequest/resolved') pending.resolved(params.requestId);
		},
	} satisfies Feature;
	/** Lets the person answer a question of one thread. */
	return { ...feature, pick: (threadId: string) => prompts.pick(threadId) };
}
