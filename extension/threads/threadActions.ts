import * as vscode from 'vscode';
import { messageTitle } from '../../server/protocol/thread/messageTitle.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { ShownThread } from './shownThread.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { workspaceRoots } from '../workspaceRoots.ts';
import { focusedRow } from '../trees/focusedNode.ts';
import type { Pins } from './pins.ts';
import { threadTitle } from './threadList.ts';
import type { ThreadList } from './threadList.ts';
import type { ThreadNode } from './threadsTree.ts';
import { threadWords } from './threadWords.ts';
import type { UnreadThreads } from './unreadThreads.ts';

export interface ThreadActionsOptions {
	readonly list: ThreadList;
	readonly pins: Pins;
	readonly unread: Pick<UnreadThreads, 'markByHand'>;
	readonly active: () => ShownThread;
	readonly focusChat: () => Promise<void>;
	/** Shows the tab that has a thread; false when none has. */
	readonly showTab: (threadId: string) => Promise<boolean>;
	/** The row of the tree that a command without one is about. */
	readonly selected: () => ThreadNode | undefined;
	/** The thread of the chat that the person is in. */
	readonly current: () => string | null;
	/** The row of the tree that has the keyboard. */
	readonly focused: () => Promise<ThreadNode | undefined>;
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

	async loadMore(node: unknown): Promise<void> {
		if (isNode(node) && node.type === 'more') await this.#options.list.loadMore(node.group);
	}

	async open(node: unknown): Promise<void> {
		if (isNode(node) && node.type === 'thread') await this.#show(node.threadId);
		else await vscode.commands.executeCommand('tiller.pickThread');
	}

	async create(): Promise<void> {
		this.#options.active().open(null);
		await this.#options.focusChat();
	}

	async pick(): Promise<void> {
		const items = this.#options.list.all().map((thread) => ({ label: titleOf(thread), description: thread.cwd, threadId: thread.id }));
		const picked = await vscode.window.showQuickPick(items, { placeHolder: words.pickThread(), matchOnDescription: true });
		if (picked === undefined) return;
		await this.#show(picked.threadId);
	}

	/** Where it is shown already, else in the view. */
	async #show(threadId: string): Promise<void> {
		if (await this.#options.showTab(threadId)) return;
		this.#options.active().open(threadId);
		await this.#options.focusChat();
	}

	/** To the next older (1) or newer (-1) thread of the list. */
	async step(by: 1 | -1): Promise<void> {
		const threads = this.#options.list.all();
		const at = threads.findIndex((thread) => thread.id === this.#options.active().id);
		const next = at < 0 ? threads[0] : threads[at + by];
		if (next === undefined) return;
		this.#options.active().open(next.id);
		await this.#options.focusChat();
	}

	async rename(client: Client, node: unknown): Promise<void> {
		const thread = await this.target(client, node);
		if (thread === null) return;
		const name = await vscode.window.showInputBox({
			prompt: words.renamePrompt(),
			value: threadTitle(thread) ?? '',
			validateInput: (value) => (value.trim() === '' ? words.renameEmpty() : null),
		});
		if (name === undefined) return;
		await told(client.request('thread/name/set', { threadId: thread.id, name: name.trim() }));
	}

	async archive(client: Client, node: unknown): Promise<void> {
		const thread = await this.target(client, node);
		if (thread === null) return;
		const done = await told(client.request('thread/archive', { threadId: thread.id }));
		if (done === null) return;
		this.#options.pins.set(thread.id, false);
		if (this.#options.active().id === thread.id) this.#options.active().open(null);
		const clicked = await vscode.window.showInformationMessage(words.archived(titleOf(thread)), words.undo());
		if (clicked === words.undo()) await this.#unarchive(client, thread.id);
	}

	async unarchive(client: Client, node: unknown): Promise<void> {
		const thread = await this.target(client, node);
		if (thread !== null) await this.#unarchive(client, thread.id);
	}

	async #unarchive(client: Client, threadId: string): Promise<void> {
		const restored = await told(client.request('thread/unarchive', { threadId }));
		if (restored === null) return;
		this.#options.list.remove(threadId);
		this.#options.list.put(restored.thread);
	}

	/** Asks first: nothing brings a deleted thread back. */
	async delete(client: Client, node: unknown): Promise<void> {
		const thread = await this.target(client, node);
		if (thread === null) return;
		const question = threadWords.deleteQuestion(titleOf(thread));
		const clicked = await vscode.window.showWarningMessage(question, { modal: true, detail: threadWords.deleteDetail() }, threadWords.deleteButton());
		if (clicked !== threadWords.deleteButton()) return;
		const done = await told(client.request('thread/delete', { threadId: thread.id }));
		if (done === null) return;
		this.#options.pins.set(thread.id, false);
		this.#options.list.remove(thread.id);
		if (this.#options.active().id === thread.id) this.#options.active().open(null);
	}

	/**
	 * A new thread that continues one, from its end or from one of its turns; `turnId` when that is known already. Resolves with its id, or null
	 * when the person changed their mind.
	 */
	async fork(client: Client, node: unknown, turnId: unknown): Promise<string | null> {
		const thread = await this.target(client, node);
		if (thread === null) return null;
		const at = typeof turnId === 'string' ? { turnId } : await this.#pickTurn(client, thread.id);
		if (at === null) return null;
		const answer = await told(client.request('thread/fork', { threadId: thread.id, turnId: at.turnId, excludeTurns: true, threadSource: 'user' }));
		if (answer === null) return null;
		this.#options.list.put(answer.thread);
		return answer.thread.id;
	}

	/** Null when the person changed their mind. */
	async #pickTurn(client: Client, threadId: string): Promise<{ readonly turnId: string | null } | null> {
		const page = await told(client.request('thread/turns/list', { threadId, limit: 100, sortDirection: 'desc', itemsView: 'summary' }));
		if (page === null) return null;
		const turns = page.data.filter(({ status }) => status !== 'inProgress').slice(page.data[0]?.status === 'inProgress' ? 0 : 1);
		if (turns.length === 0) return { turnId: null };
		const items = turns.map(({ id, items: parts }) => {
			const first = parts.find((item) => item.type === 'userMessage');
			const text = first?.content.map((input) => (input.type === 'text' ? input.text : '')).join(' ') ?? '';
			return { label: threadWords.forkAfter(messageTitle(text, 100)), turnId: id as string | null };
		});
		const whole = { label: threadWords.forkWhole(), turnId: null };
		return (await vscode.window.showQuickPick([whole, ...items], { placeHolder: threadWords.forkPlaceholder() })) ?? null;
	}

	async pin(client: Client, node: unknown, pinned: boolean | null): Promise<void> {
		const thread = await this.target(client, node);
		if (thread !== null) this.#options.pins.set(thread.id, pinned ?? !this.#options.pins.has(thread.id));
	}

	async mark(client: Client, node: unknown, type: 'read' | 'unread'): Promise<void> {
		const thread = await this.target(client, node);
		if (thread !== null) await this.#options.unread.markByHand(thread.id, type);
	}

	/** The thread that a command is about: the one it was called on, else the selected one, else the active one. Says so when there is none. */
	async target(client: Client, node: unknown): Promise<Thread | null> {
		const focused = node === focusedRow ? await this.#options.focused() : undefined;
		// What a key is pressed on is meant, and nothing else when that is no thread.
		const meant = node === focusedRow ? (focused?.type === 'thread' ? focused.threadId : null) : typeof node === 'string' ? node : this.#idOf(node);
		const known = meant === null ? undefined : this.#options.list.find(meant);
		if (known !== undefined) return known;
		if (meant !== null) {
			// Open, but not in a list that is loaded.
			const answer = await told(client.request('thread/read', { threadId: meant, includeTurns: false }));
			return answer?.thread ?? null;
		}
		void vscode.window.showInformationMessage(words.noThread());
		return null;
	}

	#idOf(node: unknown): string | null {
		const meant = isNode(node) ? node : this.#options.selected();
		return meant?.type === 'thread' ? meant.threadId : this.#options.current();
	}
}

/** Null when it did not work; the person was told why. */
async function told<T>(answer: Promise<T>): Promise<T | null> {
	try {
		return await answer;
	} catch (error) {
		void vscode.window.showErrorMessage(threadWords.notDone(error instanceof Error ? error.message : String(error)));
		return null;
	}
}

function titleOf(thread: Thread): string {
	return threadTitle(thread) ?? words.unnamedThread();
}

function isNode(value: unknown): value is ThreadNode {
	return typeof value === 'object' && value !== null && 'type' in value && ['thread', 'group', 'more', 'note'].includes(String(value.type));
}

/** Folders of this workspace that are on this machine. */
export function folderPaths(): readonly string[] {
	return workspaceRoots().map(({ path }) => path);
}
