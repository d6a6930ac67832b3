import * as vscode from 'vscode';
import type { ThreadActivity } from '../../server/protocol/thread/threadActivity.ts';
import type { PendingRequests } from '../approvals/pendingRequests.ts';
import type { Client } from '../server/client.ts';
import type { ThreadActions } from '../threads/threadActions.ts';
import { threadWords } from '../threads/threadWords.ts';
import { words as common } from '../words.ts';
import type { AgentList } from './agentList.ts';
import { agentTexts } from './agentTexts.ts';
import type { AgentWords } from './agentWords.ts';

export interface AgentActionsOptions {
	readonly list: AgentList;
	readonly words: AgentWords;
	readonly threads: ThreadActions;
	readonly pending: Pick<PendingRequests, 'list' | 'onDidChange'>;
	/** Lets the person answer a question of a thread. */
	readonly pickAnswer: (threadId: string) => Promise<void>;
	/** Whether a chat of this window shows the thread, and so goes on following it. */
	readonly shows: (threadId: string) => boolean;
	/** The row that is meant without a node: the one that has the keyboard, else the selected one. */
	readonly current: (node: unknown) => Promise<string | null>;
}

/** A question that the server repeats comes at once. Milliseconds. */
const ASK_MS = 5_000;

/** What a person does with a row of the view of agents. */
export class AgentActions {
	readonly #options: AgentActionsOptions;

	constructor(options: AgentActionsOptions) {
		this.#options = options;
	}

	/** Asks here what the thread asks, also when another window has it. */
	async answer(client: Client, node: unknown): Promise<void> {
		const row = await this.#row(node);
		if (row === null || (await this.#isElsewhere(row))) return;
		const { thread } = row;
		await this.#do(async () => {
			if (!vscode.workspace.isTrusted) throw new Error(common.restricted());
			const isAsked = () => this.#options.pending.list().some(({ params }) => params.threadId === thread.id);
			const followed = isAsked();
			if (row.asks.length === 0 && !followed) {
				void vscode.window.showInformationMessage(this.#options.words.nothingAsked(this.#titleOf(row)));
				return;
			}
			if (!followed) await client.request('thread/resume', { threadId: thread.id, excludeTurns: true });
			try {
				if (followed || (await this.#comes(isAsked, thread.id))) await this.#options.pickAnswer(thread.id);
				else void vscode.window.showInformationMessage(common.alreadyAnswered());
			} finally {
				if (!followed && !this.#options.shows(thread.id)) await client.request('thread/unsubscribe', { threadId: thread.id });
			}
		});
	}

	async stop(node: unknown): Promise<void> {
		const row = await this.#row(node);
		if (row === null || (await this.#isElsewhere(row))) return;
		if (row.state === 'running' || row.state === 'waiting')
			await vscode.commands.executeCommand('tiller.stop', { type: 'thread', threadId: row.thread.id });
		else void vscode.window.showInformationMessage(this.#options.words.notRunning(this.#titleOf(row)));
	}

	async archive(client: Client, node: unknown): Promise<void> {
		const row = await this.#row(node);
		if (row === null || (await this.#isElsewhere(row))) return;
		if (row.state === 'unread') await this.#options.threads.archive(client, row.thread.id);
		else void vscode.window.showInformationMessage(this.#options.words.stillRuns(this.#titleOf(row)));
	}

	async markRead(client: Client, node: unknown): Promise<void> {
		const row = await this.#row(node);
		if (row !== null) await this.#options.threads.mark(client, row.thread.id, 'read');
	}

	async markAllRead(client: Client): Promise<void> {
		for (const { thread, state } of this.#options.list.all) if (state === 'unread') await this.#options.threads.mark(client, thread.id, 'read');
	}

	/** VS Code shows the window that has the folder already, else a new one. */
	async openWindow(node: unknown): Promise<void> {
		const row = await this.#row(node);
		if (row !== null) await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(row.thread.cwd), { forceNewWindow: true });
	}

	/** Null when there is none; the person was told. */
	async #row(node: unknown): Promise<ThreadActivity | null> {
		const id = await this.#options.current(node);
		const row = id === null ? undefined : this.#options.list.find(id);
		if (row === undefined) void vscode.window.showInformationMessage(this.#options.words.noAgent());
		return row ?? null;
	}

	/** What another server runs can only be followed here. */
	async #isElsewhere(row: ThreadActivity): Promise<boolean> {
		if (row.server === null) return false;
		const [openThread, openWindow] = [this.#options.words.openThread(), this.#options.words.openWindow()];
		const message = this.#options.words.notHere(this.#titleOf(row), row.server.host);
		const clicked = await vscode.window.showWarningMessage(message, openThread, openWindow);
		if (clicked === openThread) await this.#options.threads.open({ type: 'thread', threadId: row.thread.id });
		if (clicked === openWindow) await this.openWindow({ type: 'thread', threadId: row.thread.id });
		return true;
	}

	/** False when it was answered meanwhile. */
	async #comes(isAsked: () => boolean, threadId: string): Promise<boolean> {
		const { pending, list } = this.#options;
		return await new Promise((resolve) => {
			const look = () => {
				if (isAsked()) end(true);
				else if ((list.find(threadId)?.asks.length ?? 0) === 0) end(false);
			};
			const end = (came: boolean) => {
				clearTimeout(timer);
				for (const each of heard) each.dispose();
				resolve(came);
			};
			const timer = setTimeout(() => end(false), ASK_MS);
			const heard = [pending.onDidChange(look), list.onDidChange(look)];
			look();
		});
	}

	#titleOf(row: ThreadActivity): string {
		return agentTexts(row, { now: 0, placeOf: () => null, words: this.#options.words }).title;
	}

	async #do(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			void vscode.window.showErrorMessage(threadWords.notDone(error instanceof Error ? error.message : String(error)));
		}
	}
}
