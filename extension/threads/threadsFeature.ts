import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { Reviews } from '../review/reviews.ts';
import type { Client } from '../server/client.ts';
import { setContext } from '../setContext.ts';
import { setting } from '../settings.ts';
import { words } from '../words.ts';
import { type WorktreeList, worktreeName } from '../worktrees/worktreeList.ts';
import { worktreeWords } from '../worktrees/worktreeWords.ts';
import { focusedNode } from '../trees/focusedNode.ts';
import { OpenThreadSelection } from './openThreadSelection.ts';
import { Pins } from './pins.ts';
import { folderPaths, ThreadActions } from './threadActions.ts';
import { type StoredThread, ThreadList, threadTitle } from './threadList.ts';
import { threadListMessage } from './threadListMessage.ts';
import { searchThreads } from './threadSearch.ts';
import { ThreadsTree } from './threadsTree.ts';
import { ThreadTitles } from './threadTitles.ts';
import { UnreadThreads } from './unreadThreads.ts';

export type ThreadsFeature = ReturnType<typeof threadsFeature>;

export interface ThreadsParts {
	readonly chats: Chats;
	readonly reviews: Reviews;
	readonly worktrees: WorktreeList;
}

/** The list of threads, and what a person does with a whole thread. */
export function threadsFeature(ground: Ground, { chats, reviews, worktrees }: ThreadsParts) {
	const { context, server, ready, pending, log, own } = ground;
	const pins = own(new Pins(context.globalState));
	const unread = own(
		new UnreadThreads(() =>
			vscode.window.state.focused ? chats.all.flatMap(({ view, active: { id } }) => (view.visible && id !== null ? [id] : [])) : [],
		),
	);
	const list = new ThreadList(pins, unread, worktrees);
	const titles = own(new ThreadTitles({ wanted: () => vscode.workspace.isTrusted && setting('tiller.threads.titles'), log }));
	const waiting = (threadId: string) => pending.list().some(({ params }) => params.threadId === threadId);
	const activeThread = () => chats.main.active.id;
	const tree = own(
		new ThreadsTree({
			list,
			pins,
			worktrees,
			activeThread,
			unread: (threadId) => unread.has(threadId),
			waiting,
			toReview: (threadId) => reviews.of(threadId).length,
		}),
	);
	const view = own(vscode.window.createTreeView('tiller.threads', { treeDataProvider: tree, showCollapseAll: false }));
	const selection = own(
		new OpenThreadSelection({
			view,
			tree,
			list,
			open: () => ({ view: activeThread(), tab: chats.active === chats.main ? undefined : chats.active.active.id }),
			log: (error) => log.error(`The tree of threads: ${String(error)}`),
		}),
	);
	const actions = new ThreadActions({
		list,
		pins,
		unread,
		active: () => chats.main.active,
		focusChat: () => chats.main.view.focus(),
		showTab: (threadId) => chats.showTab(threadId),
		selected: () => selection.chosen,
		current: () => chats.active.active.id,
		focused: () => focusedNode(view, tree.redraws),
	});

	let failure: string | null = null;
	let pageSilent = false;
	const showMessage = () => {
		view.message = threadListMessage(list, { failure, pageSilent });
	};
	const loaded = (reason: string | null) => {
		failure = reason;
		showMessage();
		if (reason === null) setContext('tiller.server', 'ready');
	};
	const reload = (client: Client) =>
		actions.reload(client).catch((error: unknown) => log.error(`thread/list: ${error instanceof Error ? error.message : String(error)}`));
	const foldersChanged = () => {
		if (server.state.type === 'ready') void reload(server.state.client);
	};
	own(pending.onDidChange(() => tree.refresh()));
	own(pins.onDidChange(() => list.sort()));
	own(list.onDidChange(() => (tree.refresh(), showMessage())));
	own(chats.onDidChangeShown(() => (tree.refresh(), unread.look())));
	own(unread.onDidChange(() => tree.refresh()));
	own(reviews.onDidChange(() => tree.refresh()));
	own(vscode.window.onDidChangeWindowState(() => unread.look()));
	own(view.onDidChangeVisibility(({ visible }) => visible && server.start()));
	own(worktrees.onDidChange(foldersChanged));
	own(vscode.workspace.onDidChangeWorkspaceFolders(foldersChanged));
	own(vscode.workspace.onDidGrantWorkspaceTrust(foldersChanged));

	const feature = {
		commands: {
			'tiller.newThread': () => actions.create(),
			'tiller.openThread': (node) => actions.open(node),
			// Every search of it asks for the client of the moment.
			'tiller.searchThreads': () => searchThreads({ ready, reveal: (place) => chats.reveal(place) }),
			'tiller.loadMoreThreads': (node) => actions.loadMore(node),
		},
		clientCommands: {
			'tiller.pickThread': () => actions.pick(),
			'tiller.renameThread': (client, node) => actions.rename(client, node),
			'tiller.archiveThread': (client, node) => actions.archive(client, node),
			'tiller.unarchiveThread': (client, node) => actions.unarchive(client, node),
			'tiller.deleteThread': (client, node) => actions.delete(client, node),
			'tiller.pinThread': (client, node) => actions.pin(client, node, null),
			'tiller.unpinThread': (client, node) => actions.pin(client, node, false),
			'tiller.markThreadUnread': (client, node) => actions.mark(client, node, 'unread'),
			'tiller.markThreadRead': (client, node) => actions.mark(client, node, 'read'),
			'tiller.refreshThreads': (client) => actions.reload(client),
			'tiller.nextThread': () => actions.step(1),
			'tiller.previousThread': () => actions.step(-1),
		},
		stateChanged: ({ type }) => {
			if (type !== 'ready') setContext('tiller.server', type);
		},
		connected: async (client) => {
			unread.connect(client);
			await worktrees.load(client);
			await list.load(client, folderPaths()).then(
				() => loaded(null),
				(error: unknown) => loaded(error instanceof Error ? error.message : String(error)),
			);
			await resumeRunning(client, { chats, list });
		},
		notice: (notification, client) => {
			list.notice(notification, Math.floor(Date.now() / 1000));
			titles.notice(client, notification);
			unread.notice(notification);
			if (notification.method === 'worktree/changed') void worktrees.load(client);
			// Nothing else tells of the threads that came with it.
			if (notification.method === 'externalAgentConfig/import/completed') void reload(client);
		},
	} satisfies Feature;
	return {
		...feature,
		list,
		actions,
		unread,
		waiting,
		began: (thread: Parameters<ThreadTitles['began']>[0]) => titles.began(thread),
		/** `stored`: what is known of a thread that is in no list. */
		titleOf: (threadId: string | null, stored: StoredThread | null = null) => {
			const thread = threadId === null ? undefined : (list.find(threadId) ?? stored ?? undefined);
			const title = (thread === undefined ? null : threadTitle(thread)) ?? words.unnamedThread();
			const worktree = worktrees.at(thread?.cwd);
			return worktree === undefined ? title : worktreeWords.inWorktree(title, worktreeName(worktree));
		},
		/** Says something of all threads beside the title of the tree. */
		describe: (text: string) => {
			view.description = text;
		},
		/** Whether the page in the view fails to say that it is there: threads can be read from here. */
		pageSilent: (silent: boolean) => {
			pageSilent = silent;
			showMessage();
		},
	};
}

/** After a reload threads may still run, and wait for answers: this window listens to those of its folders again. */
async function resumeRunning(client: Client, { chats, list }: { readonly chats: Chats; readonly list: ThreadList }): Promise<void> {
	if (!vscode.workspace.isTrusted) return;
	const shown = new Set(chats.all.map(({ active }) => active.id));
	const running = list.all().filter((thread) => thread.status.type === 'active' && !shown.has(thread.id));
	await Promise.all(running.map((thread) => client.request('thread/resume', { threadId: thread.id, excludeTurns: true })));
}
