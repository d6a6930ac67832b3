import path from 'node:path';
import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { Client } from '../server/client.ts';
import { relativeInside } from '../system/host.ts';
import { focusedNode, focusedRow } from '../trees/focusedNode.ts';
import { folderPaths } from '../threads/threadActions.ts';
import type { ThreadsFeature } from '../threads/threadsFeature.ts';
import { words } from '../words.ts';
import { originOf, type WorktreeList, worktreeName } from '../worktrees/worktreeList.ts';
import { worktreeWords } from '../worktrees/worktreeWords.ts';
import { AgentActions } from './agentActions.ts';
import { AgentList } from './agentList.ts';
import { type AgentNode, AgentsTree } from './agentsTree.ts';
import { agentWords } from './agentWords.ts';

export interface AgentsParts {
	readonly chats: Chats;
	readonly threads: ThreadsFeature;
	readonly worktrees: WorktreeList;
	readonly approvals: { readonly pick: (threadId: string) => Promise<void> };
}

/** What happens now in all threads of this home, in whatever window or server. Has the one badge of Tiller's container. */
export function agentsFeature(ground: Ground, { chats, threads, worktrees, approvals }: AgentsParts) {
	const { pending, log, own, server } = ground;
	const agent = agentWords(vscode.l10n.t);
	const list = own(new AgentList());
	const tree: AgentsTree = own(new AgentsTree({ list, placeOf: (cwd) => placeOf(cwd, worktrees), visible: () => view.visible, words: agent }));
	const view = own(vscode.window.createTreeView('tiller.agents', { treeDataProvider: tree, showCollapseAll: false }));
	const actions = new AgentActions({
		list,
		words: agent,
		threads: threads.actions,
		pending,
		pickAnswer: approvals.pick,
		shows: (threadId) => chats.all.some(({ active }) => active.id === threadId),
		current: async (node) => {
			if (isAgentNode(node)) return node.threadId;
			const selected = node === focusedRow ? await focusedNode(view, tree.redraws) : view.selection[0];
			return selected?.threadId ?? null;
		},
	});
	let isKnown = false;
	const show = () => {
		const { waiting, running, unread } = list.counts;
		// A server that knows nothing of other threads: what waits in this window.
		const count = isKnown ? waiting : pending.list().length;
		view.badge = count === 0 ? undefined : { value: count, tooltip: words.waitingCount(count) };
		const { counts } = agent;
		const parts = [
			waiting > 0 ? counts.waiting(waiting) : null,
			running > 0 ? counts.running(running) : null,
			unread > 0 ? counts.unread(unread) : null,
		];
		view.description = parts.filter((part) => part !== null).join(', ');
		tree.refresh();
	};
	const watch = new ActivityWatch({
		steps: () => view.visible,
		loaded: (rows) => {
			isKnown = true;
			view.message = '';
			list.set(rows);
		},
		failed: (message) => {
			view.message = agent.failedToLoad(message);
			log.error(`thread/activity/watch: ${message}`);
		},
	});
	own(
		list.onDidChange(() => {
			threads.unread.learn(Object.fromEntries(list.all.flatMap(({ thread, readState }) => (readState === null ? [] : [[thread.id, readState]]))));
			show();
		}),
	);
	own(pending.onDidChange(show));
	own(worktrees.onDidChange(() => tree.refresh()));
	own(
		view.onDidChangeVisibility(({ visible }) => {
			if (visible) server.start();
			void watch.again();
			tree.refresh();
		}),
	);
	// A server elsewhere that was killed says nothing: who comes back sees how it is.
	own(vscode.window.onDidChangeWindowState(({ focused }) => focused && void watch.again()));

	return {
		commands: {
			'tiller.stopAgent': (node) => actions.stop(node),
			'tiller.openAgentWindow': (node) => actions.openWindow(node),
		},
		clientCommands: {
			'tiller.answerAgent': (client, node) => actions.answer(client, node),
			'tiller.archiveAgent': (client, node) => actions.archive(client, node),
			'tiller.markAgentRead': (client, node) => actions.markRead(client, node),
			'tiller.markAllAgentsRead': (client) => actions.markAllRead(client),
		},
		stateChanged: ({ type }) => {
			if (type === 'ready') return;
			watch.end();
			isKnown = false;
			list.set([]);
		},
		connected: async (client) => {
			if (await client.supports('thread/activity/watch')) await watch.begin(client);
			else view.message = agent.unsupported();
		},
		notice: ({ method, params }) => {
			if (method === 'thread/activity/changed') list.apply(params);
		},
	} satisfies Feature;
}

interface ActivityWatchOptions {
	readonly steps: () => boolean;
	readonly loaded: (rows: Awaited<ReturnType<typeof ask>>) => void;
	readonly failed: (message: string) => void;
}

const ask = async (client: Client, steps: boolean) => (await client.request('thread/activity/watch', { steps })).data;

/** Lets the server tell what happens: while the view is seen each step, else only what the badge needs. */
class ActivityWatch {
	readonly #options: ActivityWatchOptions;
	#client: Client | null = null;

	constructor(options: ActivityWatchOptions) {
		this.#options = options;
	}

	async begin(client: Client): Promise<void> {
		this.#client = client;
		await this.again();
	}

	end(): void {
		this.#client = null;
	}

	/** Never rejects. */
	async again(): Promise<void> {
		const client = this.#client;
		if (client === null) return;
		try {
			const rows = await ask(client, this.#options.steps());
			if (this.#client === client) this.#options.loaded(rows);
		} catch (error) {
			if (this.#client === client) this.#options.failed(error instanceof Error ? error.message : String(error));
		}
	}
}

/** Null for a folder of this window: that says nothing. */
function placeOf(cwd: string, worktrees: WorktreeList): string | null {
	const worktree = worktrees.at(cwd);
	if (worktree !== undefined) return worktreeWords.inWorktree(path.basename(originOf(worktree)), worktreeName(worktree));
	return folderPaths().some((folder) => relativeInside(folder, cwd) !== null) ? null : path.basename(cwd);
}

function isAgentNode(value: unknown): value is AgentNode {
	return typeof value === 'object' && value !== null && 'type' in value && value.type === 'thread' && 'threadId' in value;
}
