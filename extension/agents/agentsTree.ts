import * as vscode from 'vscode';
import type { ThreadActivity } from '../../server/protocol/thread/threadActivity.ts';
import type { AgentList } from './agentList.ts';
import { type AgentSurroundings, agentTexts, TICK_SECONDS } from './agentTexts.ts';
import type { AgentWords } from './agentWords.ts';
import { TreeRedraws } from '../trees/treeRedraws.ts';

/** As the tree of threads has it, so that its commands take both. */
export interface AgentNode {
	readonly type: 'thread';
	readonly threadId: string;
}

export interface AgentsTreeOptions {
	readonly list: AgentList;
	readonly placeOf: AgentSurroundings['placeOf'];
	readonly visible: () => boolean;
	readonly words: AgentWords;
}

/** All threads in which something runs, waits or is unread, with their agents below them. Redraws only while it is seen. */
export class AgentsTree implements vscode.TreeDataProvider<AgentNode> {
	readonly #options: AgentsTreeOptions;
	readonly #changed = new vscode.EventEmitter<undefined>();
	readonly onDidChangeTreeData = this.#changed.event;
	readonly redraws = new TreeRedraws(() => {
		this.#changed.fire(undefined);
		this.#keepTime();
	});
	#tick: NodeJS.Timeout | null = null;

	constructor(options: AgentsTreeOptions) {
		this.#options = options;
	}

	/** Redraws soon. */
	refresh(): void {
		this.redraws.soon();
	}

	dispose(): void {
		this.redraws.dispose();
		if (this.#tick !== null) clearTimeout(this.#tick);
		this.#changed.dispose();
	}

	getChildren(node?: AgentNode): AgentNode[] {
		const { list } = this.#options;
		return (node === undefined ? list.roots() : list.agentsOf(node.threadId)).map(({ thread }) => ({ type: 'thread', threadId: thread.id }));
	}

	getParent({ threadId }: AgentNode): AgentNode | undefined {
		const parent = this.#options.list.parentOf(threadId);
		return parent === null ? undefined : { type: 'thread', threadId: parent };
	}

	getTreeItem(node: AgentNode): vscode.TreeItem {
		const { list, placeOf, words } = this.#options;
		const row = list.find(node.threadId);
		if (row === undefined) return new vscode.TreeItem('');
		const { title, state, now, facts, details } = agentTexts(row, { now: Date.now(), placeOf, words });
		const { None, Expanded } = vscode.TreeItemCollapsibleState;
		const item = new vscode.TreeItem(title, list.agentsOf(node.threadId).length > 0 ? Expanded : None);
		item.id = `agent:${node.threadId}`;
		item.contextValue = `agent.${row.state}${row.server === null ? '' : '.elsewhere'}`;
		item.iconPath = iconOf(row);
		item.description = [now, ...facts].filter((fact) => fact !== null).join(' · ');
		item.tooltip = [title, ...details].join('\n');
		item.accessibilityInformation = { label: [title, state, now, ...facts].filter((fact) => fact !== null).join(', ') };
		item.command = { command: 'tiller.openThread', title: '', arguments: [node] };
		return item;
	}

	/** Running times go on while somebody sees them. */
	#keepTime(): void {
		const { list, visible } = this.#options;
		const isRunning = visible() && list.all.some(({ state }) => state === 'running' || state === 'waiting');
		if (!isRunning && this.#tick !== null) clearTimeout(this.#tick);
		if (!isRunning) this.#tick = null;
		else
			this.#tick ??= setTimeout(() => {
				this.#tick = null;
				this.refresh();
			}, TICK_SECONDS * 1000);
	}
}

function iconOf({ state, turn, step, thread }: ThreadActivity): vscode.ThemeIcon {
	switch (state) {
		case 'waiting':
			return new vscode.ThemeIcon('bell-dot', new vscode.ThemeColor('list.warningForeground'));
		case 'running':
			return new vscode.ThemeIcon('loading~spin');
		case 'unread':
			return turn?.status === 'failed' || step?.kind === 'error'
				? new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'))
				: new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor('textLink.foreground'));
		case 'idle':
			return new vscode.ThemeIcon(thread.parentThreadId == null ? 'comment-discussion' : 'hubot');
	}
}
