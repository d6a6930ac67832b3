import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Thread } from '../../server/protocol/thread.ts';
import { words } from '../words.ts';
import type { FolderThreads, ThreadList } from './threadList.ts';
import { threadTitle } from './threadList.ts';

export type ThreadNode =
	| { readonly type: 'folder'; readonly folder: string }
	| { readonly type: 'thread'; readonly threadId: string }
	| { readonly type: 'more'; readonly folder: string };

export interface ThreadsTreeOptions {
	readonly list: ThreadList;
	readonly activeThread: () => string | null;
	/** Threads with a question that waits in this window. */
	readonly waiting: (threadId: string) => boolean;
}

/** The threads of this workspace in a native tree; grouped by folder when there are several. */
export class ThreadsTree implements vscode.TreeDataProvider<ThreadNode> {
	readonly #options: ThreadsTreeOptions;
	readonly #changed = new vscode.EventEmitter<undefined>();
	readonly onDidChangeTreeData = this.#changed.event;
	#refresh: NodeJS.Timeout | null = null;

	constructor(options: ThreadsTreeOptions) {
		this.#options = options;
	}

	/** Redraws soon; many changes at once cost one redraw. */
	refresh(): void {
		this.#refresh ??= setTimeout(() => {
			this.#refresh = null;
			this.#changed.fire(undefined);
		}, 50);
	}

	dispose(): void {
		if (this.#refresh !== null) clearTimeout(this.#refresh);
		this.#changed.dispose();
	}

	getChildren(node?: ThreadNode): ThreadNode[] {
		const { folders } = this.#options.list;
		if (node === undefined && folders.length > 1) {
			return folders.filter((entry) => entry.threads.length > 0).map(({ folder }) => ({ type: 'folder', folder }));
		}
		const shown = node === undefined ? folders[0] : node.type === 'folder' ? folders.find((entry) => entry.folder === node.folder) : undefined;
		return shown === undefined ? [] : threadNodes(shown);
	}

	getParent(node: ThreadNode): ThreadNode | undefined {
		const { folders } = this.#options.list;
		if (node.type === 'folder' || folders.length < 2) return undefined;
		const folder = node.type === 'more' ? node.folder : this.#options.list.find(node.threadId)?.cwd;
		return folder === undefined ? undefined : { type: 'folder', folder };
	}

	getTreeItem(node: ThreadNode): vscode.TreeItem {
		if (node.type === 'folder') return folderItem(node.folder);
		if (node.type === 'more') return moreItem(node);
		const thread = this.#options.list.find(node.threadId);
		if (thread === undefined) return new vscode.TreeItem(words.unnamedThread());
		return threadItem(thread, {
			node,
			active: this.#options.activeThread() === thread.id,
			waiting: this.#options.waiting(thread.id),
		});
	}
}

function threadNodes({ folder, threads, cursor }: FolderThreads): ThreadNode[] {
	const nodes: ThreadNode[] = threads.map((thread) => ({ type: 'thread', threadId: thread.id }));
	return cursor === null ? nodes : [...nodes, { type: 'more', folder }];
}

function folderItem(folder: string): vscode.TreeItem {
	const item = new vscode.TreeItem(path.basename(folder), vscode.TreeItemCollapsibleState.Expanded);
	item.id = `folder:${folder}`;
	item.tooltip = folder;
	item.iconPath = vscode.ThemeIcon.Folder;
	item.contextValue = 'folder';
	return item;
}

function moreItem(node: ThreadNode): vscode.TreeItem {
	const item = new vscode.TreeItem(words.loadMore());
	item.contextValue = 'more';
	item.iconPath = new vscode.ThemeIcon('ellipsis');
	item.command = { command: 'tiller.loadMoreThreads', title: words.loadMore(), arguments: [node] };
	return item;
}

function threadItem(
	thread: Thread,
	{ node, active, waiting }: { readonly node: ThreadNode; readonly active: boolean; readonly waiting: boolean },
): vscode.TreeItem {
	const title = threadTitle(thread) ?? words.unnamedThread();
	const item = new vscode.TreeItem(title);
	const mark = markOf(thread, waiting);
	item.id = `thread:${thread.id}`;
	item.contextValue = 'thread';
	item.iconPath = mark.icon;
	const age = ageOf(thread.updatedAt);
	const facts = [active ? words.open() : null, mark.word, age].filter((part) => part !== null);
	item.description = facts.join(' · ');
	item.tooltip = [title, mark.word, thread.cwd, thread.gitInfo?.branch ?? null, new Date(thread.updatedAt * 1000).toLocaleString()]
		.filter((line) => line !== null && line !== '')
		.join('\n');
	item.accessibilityInformation = { label: [title, ...facts].join(', ') };
	item.command = { command: 'tiller.openThread', title: '', arguments: [node] };
	return item;
}

function markOf(thread: Thread, waiting: boolean): { readonly icon: vscode.ThemeIcon; readonly word: string | null } {
	const { status } = thread;
	if (waiting || (status.type === 'active' && status.activeFlags.length > 0)) {
		return { icon: new vscode.ThemeIcon('bell-dot', new vscode.ThemeColor('list.warningForeground')), word: words.waiting() };
	}
	if (status.type === 'active') return { icon: new vscode.ThemeIcon('loading~spin'), word: words.running() };
	if (status.type === 'systemError')
		return { icon: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')), word: words.threadFailed() };
	return { icon: new vscode.ThemeIcon('comment-discussion'), word: null };
}

/** A date rather than "5 minutes ago": it stays true without a timer. */
function ageOf(seconds: number): string {
	const date = new Date(seconds * 1000);
	const today = new Date().toDateString() === date.toDateString();
	return today
		? date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
		: date.toLocaleDateString(undefined, { month: 'short', day: 'numeric' });
}
