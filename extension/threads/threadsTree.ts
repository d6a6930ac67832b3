import path from 'node:path';
import * as vscode from 'vscode';
import type { Worktree } from '../../server/protocol/host/worktree.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import { words } from '../words.ts';
import { originOf, type WorktreeList, worktreeName } from '../worktrees/worktreeList.ts';
import { worktreeWords } from '../worktrees/worktreeWords.ts';
import type { PinnedThreads, ThreadGroup, ThreadList } from './threadList.ts';
import { parentOf, threadTitle } from './threadList.ts';
import type { GroupId } from './threadPages.ts';
import { threadWords } from './threadWords.ts';
import { TreeRedraws } from '../trees/treeRedraws.ts';

export type ThreadNode =
	| { readonly type: 'group'; readonly group: GroupId }
	| { readonly type: 'thread'; readonly threadId: string }
	| { readonly type: 'more'; readonly group: GroupId }
	/** Why a group is empty. */
	| { readonly type: 'note'; readonly group: GroupId };

/** The thread whose row a command was called on; null when it was called elsewhere. */
export function threadOfRow(value: unknown): string | null {
	const isRow = typeof value === 'object' && value !== null && 'type' in value && value.type === 'thread' && 'threadId' in value;
	return isRow && typeof value.threadId === 'string' ? value.threadId : null;
}

export interface ThreadsTreeOptions {
	readonly list: ThreadList;
	readonly pins: PinnedThreads;
	readonly worktrees: Pick<WorktreeList, 'at'>;
	readonly activeThread: () => string | null;
	/** Threads with something that nobody has read yet. */
	readonly unread: (threadId: string) => boolean;
	/** Threads with a question that waits in this window. */
	readonly waiting: (threadId: string) => boolean;
	/** How many files a thread changed that nobody has decided on yet. */
	readonly toReview: (threadId: string) => number;
}

/** The threads of this workspace in a native tree, by folder when there are several; then other folders and the archive, on demand. */
export class ThreadsTree implements vscode.TreeDataProvider<ThreadNode> {
	readonly #options: ThreadsTreeOptions;
	readonly #changed = new vscode.EventEmitter<undefined>();
	readonly onDidChangeTreeData = this.#changed.event;
	readonly redraws = new TreeRedraws(() => this.#changed.fire(undefined));
	/** How often the row of a thread was deselected. */
	readonly #deselected = new Map<string, number>();

	constructor(options: ThreadsTreeOptions) {
		this.#options = options;
	}

	/** Redraws soon. */
	refresh(): void {
		this.redraws.soon();
	}

	/** VS Code cannot deselect a row; but it does not select one that it does not know. */
	deselect(threadId: string): void {
		this.#deselected.set(threadId, (this.#deselected.get(threadId) ?? 0) + 1);
		this.refresh();
	}

	dispose(): void {
		this.redraws.dispose();
		this.#changed.dispose();
	}

	async getChildren(node?: ThreadNode): Promise<ThreadNode[]> {
		const { list } = this.#options;
		if (node === undefined) return this.#roots();
		if (node.type === 'thread') return list.agentsOf(node.threadId).map(({ id }) => ({ type: 'thread', threadId: id }));
		if (node.type !== 'group') return [];
		const nodes = threadNodes(await list.open(node.group));
		return nodes.length === 0 ? [{ type: 'note', group: node.group }] : nodes;
	}

	#roots(): ThreadNode[] {
		const { folders, others } = this.#options.list;
		if (!this.#options.list.loaded) return [];
		const own: readonly ThreadNode[] =
			others !== null ? [] : folders.length > 1 ? folders.map(({ id }) => ({ type: 'group', group: id })) : folders.flatMap(threadNodes);
		const elsewhere: ThreadNode = { type: 'group', group: 'elsewhere' };
		const archived: ThreadNode = { type: 'group', group: 'archived' };
		return [...own, ...(others === null || others.elsewhere > 0 ? [elsewhere] : []), ...(others === null || others.archived ? [archived] : [])];
	}

	getParent(node: ThreadNode): ThreadNode | undefined {
		const { list } = this.#options;
		if (node.type === 'group') return undefined;
		if (node.type !== 'thread') return this.#parentGroup(node.group);
		const thread = list.find(node.threadId);
		const parent = thread === undefined ? null : parentOf(thread);
		if (parent !== null) return { type: 'thread', threadId: parent };
		const group = list.groupOf(node.threadId);
		return group === undefined ? undefined : this.#parentGroup(group.id);
	}

	/** The threads of an only folder stand at the top. */
	#parentGroup(group: GroupId): ThreadNode | undefined {
		return group.startsWith('folder:') && this.#options.list.folders.length < 2 ? undefined : { type: 'group', group };
	}

	getTreeItem(node: ThreadNode): vscode.TreeItem {
		switch (node.type) {
			case 'group':
				return groupItem(node.group);
			case 'more':
				return moreItem(node);
			case 'note':
				return noteItem(node.group);
			case 'thread': {
				const thread = this.#options.list.find(node.threadId);
				return thread === undefined ? new vscode.TreeItem(words.unnamedThread()) : this.#threadItem(thread, node);
			}
		}
	}

	#threadItem(thread: Thread, node: ThreadNode): vscode.TreeItem {
		const { list, pins, worktrees, activeThread, unread, waiting, toReview } = this.#options;
		const agents = list.agentsOf(thread.id);
		const group = list.groupOf(thread.id)?.id;
		const isAgent = parentOf(thread) !== null;
		const pinned = pins.has(thread.id);
		const worktree = worktrees.at(thread.cwd);
		const title = (isAgent ? thread.agentNickname : null) ?? threadTitle(thread) ?? words.unnamedThread();
		const item = new vscode.TreeItem(title, stateOf(agents));
		const mark = markOf(thread, { waiting: waiting(thread.id), unread: unread(thread.id) });
		const files = toReview(thread.id);
		const deselected = this.#deselected.get(thread.id);
		item.id = deselected === undefined ? `thread:${thread.id}` : `thread:${thread.id}:${deselected}`;
		item.contextValue =
			group !== 'archived' && isAgent
				? agentContext(thread, waiting(thread.id))
				: threadContext({ archived: group === 'archived', pinned, worktree, isUnread: unread(thread.id) });
		item.iconPath =
			mark.icon ??
			new vscode.ThemeIcon(isAgent ? 'hubot' : pinned ? 'pinned' : group === 'archived' ? 'archive' : worktree ? 'git-branch' : 'comment-discussion');
		const facts = [
			activeThread() === thread.id ? words.open() : null,
			mark.word,
			pinned ? threadWords.pinned() : null,
			isAgent ? (thread.agentRole ?? threadWords.agent()) : null,
			worktree === undefined ? null : worktreeName(worktree),
			files > 0 ? threadWords.toReview(files) : null,
			group === 'elsewhere' || group === 'archived' ? path.basename(worktree === undefined ? thread.cwd : originOf(worktree)) : null,
			ageOf(thread.updatedAt),
		].filter((part) => part !== null);
		item.description = facts.filter((fact) => fact !== threadWords.pinned()).join(' · ');
		const places = worktree === undefined ? [thread.gitInfo?.branch ?? null] : [worktreeWords.tooltip(worktreeName(worktree), originOf(worktree))];
		item.tooltip = [title, isAgent ? threadTitle(thread) : null, mark.word, thread.cwd, ...places, dateOf(thread.updatedAt)]
			.filter((line) => line !== null && line !== '')
			.join('\n');
		item.accessibilityInformation = { label: [title, ...facts].join(', ') };
		item.command = { command: 'tiller.openThread', title: '', arguments: [node] };
		return item;
	}
}

interface ThreadFacts {
	readonly archived: boolean;
	readonly pinned: boolean;
	readonly worktree: Worktree | undefined;
	readonly isUnread: boolean;
}

/** What can be done with a thread. */
function threadContext({ archived, pinned, worktree, isUnread }: ThreadFacts): string {
	const kind = archived ? ['archived'] : pinned ? ['pinned'] : [];
	return ['thread', ...kind, ...(worktree === undefined ? [] : ['worktree']), ...(isUnread ? ['unread'] : [])].join('.');
}

/** What can be done with an agent: answer it, stop it. */
function agentContext({ status }: Thread, waits: boolean): string {
	return ['thread.agent', ...(waits ? ['waiting'] : []), ...(status.type === 'active' ? ['running'] : [])].join('.');
}

function threadNodes({ id, threads, cursor }: ThreadGroup): ThreadNode[] {
	const nodes: ThreadNode[] = threads.map((thread) => ({ type: 'thread', threadId: thread.id }));
	return cursor === null ? nodes : [...nodes, { type: 'more', group: id }];
}

function groupItem(group: GroupId): vscode.TreeItem {
	const folder = group.startsWith('folder:') ? group.slice('folder:'.length) : null;
	const label = folder === null ? (group === 'archived' ? threadWords.archived() : threadWords.elsewhere()) : path.basename(folder);
	const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
	const item = new vscode.TreeItem(label, folder === null ? Collapsed : Expanded);
	item.id = group;
	if (folder !== null) item.tooltip = folder;
	// Else the tooltip would be what is read out.
	item.accessibilityInformation = { label };
	item.iconPath = folder !== null ? vscode.ThemeIcon.Folder : new vscode.ThemeIcon(group === 'archived' ? 'archive' : 'folder-library');
	item.contextValue = 'group';
	return item;
}

function moreItem(node: ThreadNode): vscode.TreeItem {
	const item = new vscode.TreeItem(words.loadMore());
	item.contextValue = 'more';
	item.iconPath = new vscode.ThemeIcon('ellipsis');
	item.command = { command: 'tiller.loadMoreThreads', title: words.loadMore(), arguments: [node] };
	return item;
}

function noteItem(group: GroupId): vscode.TreeItem {
	const texts = { elsewhere: threadWords.noneElsewhere, archived: threadWords.noneArchived } as const;
	const item = new vscode.TreeItem(group === 'elsewhere' || group === 'archived' ? texts[group]() : threadWords.noneHere());
	item.id = `note:${group}`;
	item.contextValue = 'note';
	return item;
}

function stateOf(agents: readonly Thread[]): vscode.TreeItemCollapsibleState {
	const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
	if (agents.length === 0) return None;
	return agents.some(({ status }) => status.type === 'active') ? Expanded : Collapsed;
}

/** What a person has to know of a thread at once; without an icon there is nothing. */
function markOf(
	{ status }: Thread,
	{ waiting, unread }: { readonly waiting: boolean; readonly unread: boolean },
): { readonly icon: vscode.ThemeIcon | null; readonly word: string | null } {
	if (waiting || (status.type === 'active' && status.activeFlags.length > 0)) {
		return { icon: new vscode.ThemeIcon('bell-dot', new vscode.ThemeColor('list.warningForeground')), word: words.waiting() };
	}
	if (status.type === 'active') return { icon: new vscode.ThemeIcon('loading~spin'), word: words.running() };
	if (status.type === 'systemError')
		return { icon: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')), word: words.threadFailed() };
	// The dot by which VS Code marks what is new.
	if (unread) return { icon: new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor('textLink.foreground')), word: threadWords.unread() };
	return { icon: null, word: null };
}

/** A date rather than "5 minutes ago": it stays true without a timer. */
function ageOf(seconds: number): string {
	const date = new Date(seconds * 1000);
	const today = new Date().toDateString() === date.toDateString();
	return today
		? date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
		: date.toLocaleDateString(undefined, { month: 'short', day: 'numeric' });
}

function dateOf(seconds: number): string {
	return new Date(seconds * 1000).toLocaleString();
}
