import * as vscode from 'vscode';
import type { Thread } from '../../server/protocol/thread.ts';
import type { ActiveThread } from '../chat/activeThread.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { threadTitle } from './threadList.ts';
import type { ThreadList } from './threadList.ts';
import type { ThreadNode } from './threadsTree.ts';

export interface ThreadActionsOptions {
	readonly ready: () => Promise<Client>;
	readonly list: ThreadList;
	readonly active: ActiveThread;
	readonly focusChat: () => Promise<void>;
	/** What is selected in the tree. */
	readonly selected: () => ThreadNode | undefined;
}

/** What a person does with threads. */
export class ThreadActions {
	readonly #options: ThreadActionsOptions;

	constructor(options: ThreadActionsOptions) {
		this.#options = options;
	}

	async reload(client: Client): Promise<void> {
		await this.#options.list.load(client, folderPaths());
	}

	async refresh(): Promise<void> {
		await this.reload(await this.#options.ready());
	}

	async loadMore(node: unknown): Promise<void> {
		if (isNode(node) && node.type === 'more') await this.#options.list.loadMore(await this.#options.ready(), node.folder);
	}

	async open(node: unknown): Promise<void> {
		if (!isNode(node) || node.type !== 'thread') return await this.pick();
		this.#options.active.open(node.threadId);
		await this.#options.focusChat();
	}

	async create(): Promise<void> {
		this.#options.active.open(null);
		await this.#options.focusChat();
	}

	async pick(): Promise<void> {
		await this.#options.ready();
		const items = this.#options.list.all().map((thread) => ({ label: titleOf(thread), description: thread.cwd, threadId: thread.id }));
		const picked = await vscode.window.showQuickPick(items, { placeHolder: words.pickThread(), matchOnDescription: true });
		if (picked === undefined) return;
		this.#options.active.open(picked.threadId);
		await this.#options.focusChat();
	}

	/** To the next older (1) or newer (-1) thread of the list. */
	async step(by: 1 | -1): Promise<void> {
		await this.#options.ready();
		const threads = this.#options.list.all();
		const at = threads.findIndex((thread) => thread.id === this.#options.active.id);
		const next = at < 0 ? threads[0] : threads[at + by];
		if (next === undefined) return;
		this.#options.active.open(next.id);
		await this.#options.focusChat();
	}

	async rename(node: unknown): Promise<void> {
		const thread = this.#target(node);
		if (thread === undefined) return this.#noThread();
		const name = await vscode.window.showInputBox({
			prompt: words.renamePrompt(),
			value: threadTitle(thread) ?? '',
			validateInput: (value) => (value.trim() === '' ? words.renameEmpty() : null),
		});
		if (name === undefined) return;
		const client = await this.#options.ready();
		await client.request('thread/name/set', { threadId: thread.id, name: name.trim() });
	}

	async archive(node: unknown): Promise<void> {
		const thread = this.#target(node);
		if (thread === undefined) return this.#noThread();
		const client = await this.#options.ready();
		await client.request('thread/archive', { threadId: thread.id });
		this.#options.list.remove(thread.id);
		if (this.#options.active.id === thread.id) this.#options.active.open(null);
		const clicked = await vscode.window.showInformationMessage(words.archived(titleOf(thread)), words.undo());
		if (clicked !== words.undo()) return;
		const restored = await client.request('thread/unarchive', { threadId: thread.id });
		this.#options.list.put(restored.thread);
	}

	/** The thread that a command is about: the one it was called on, else the selected one, else the active one. */
	#target(node: unknown): Thread | undefined {
		const meant = isNode(node) ? node : this.#options.selected();
		const threadId = meant?.type === 'thread' ? meant.threadId : this.#options.active.id;
		return threadId === null ? undefined : this.#options.list.find(threadId);
	}

	#noThread(): void {
		void vscode.window.showInformationMessage(words.noThread());
	}
}

function titleOf(thread: Thread): string {
	return threadTitle(thread) ?? words.unnamedThread();
}

function isNode(value: unknown): value is ThreadNode {
	return (
		typeof value === 'object' && value !== null && 'type' in value && (value.type === 'thread' || value.type === 'folder' || value.type === 'more')
	);
}

/** Folders of this workspace that are on this machine. */
export function folderPaths(): readonly string[] {
	return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}
