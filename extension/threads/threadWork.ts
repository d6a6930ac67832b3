import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { ReviewTarget } from '../../server/protocol/thread/review.ts';
import type { ShownThread } from './shownThread.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { chooseGit } from '../scm/chooseGit.ts';
import { branchesOf, commitsOf } from '../scm/gitChoices.ts';
import type { ThreadActions } from './threadActions.ts';
import { threadOfRow } from './threadsTree.ts';
import { threadWords } from './threadWords.ts';

export interface ThreadWorkOptions {
	readonly active: ShownThread;
	readonly threads: ThreadActions;
	readonly focusChat: () => Promise<void>;
}

/** What a person lets a thread do besides messages. */
export class ThreadWork {
	readonly #options: ThreadWorkOptions;

	constructor(options: ThreadWorkOptions) {
		this.#options = options;
	}

	/** Stops the turn that is named, or runs in the thread of a node of the tree, else the one of the active thread. */
	async stop(client: Client, turn: unknown): Promise<void> {
		const { active } = this.#options;
		const threadId = threadOfRow(turn);
		if (threadId !== null) await this.#stopThread(client, threadId);
		else if (isTurn(turn)) await client.request('turn/interrupt', { threadId: turn.threadId, turnId: turn.turnId });
		else if (active.runningTurn === null) void vscode.window.showInformationMessage(words.noTurn());
		else await active.interrupt();
	}

	async #stopThread(client: Client, threadId: string): Promise<void> {
		await this.#do(async () => {
			const { data } = await client.request('thread/turns/list', { threadId, limit: 1, sortDirection: 'desc', itemsView: 'summary' });
			const [turn] = data;
			if (turn?.status === 'inProgress') await client.request('turn/interrupt', { threadId, turnId: turn.id });
			else void vscode.window.showInformationMessage(words.noTurn());
		});
	}

	/** Sends a message without the page: into the running turn, or as a new one. */
	async message(): Promise<void> {
		const { active } = this.#options;
		const prompt = active.runningTurn === null ? threadWords.messagePrompt() : threadWords.steerPrompt();
		const text = await vscode.window.showInputBox({ prompt, ignoreFocusOut: true });
		if (text === undefined || text.trim() === '') return;
		try {
			await active.send({ id: randomUUID(), input: [{ type: 'text', text, text_elements: [] }], delivery: 'now' });
		} catch (error) {
			// Nothing that was typed is lost.
			await vscode.env.clipboard.writeText(text);
			void vscode.window.showErrorMessage(threadWords.messageKept(error instanceof Error ? error.message : String(error)));
		}
	}

	/** Makes room in the context of a thread. */
	async compact(client: Client, node: unknown): Promise<void> {
		await this.#do(async () => {
			const thread = await this.#options.threads.target(client, node);
			if (thread === null) return;
			// It must be loaded.
			await client.request('thread/resume', { threadId: thread.id, excludeTurns: true });
			await client.request('thread/compact/start', { threadId: thread.id });
			this.#options.active.open(thread.id);
			await this.#options.focusChat();
		});
	}

	/** Continues a thread in a copy, from where the person says. */
	async fork(client: Client, node: unknown, turnId: unknown = null): Promise<void> {
		const copy = await this.#options.threads.fork(client, node, turnId);
		if (copy === null) return;
		this.#options.active.open(copy);
		await this.#options.focusChat();
	}

	/** Lets the agent review changes, of a kind that is given or asked for: in the active thread, or beside it while a turn runs there. */
	async review(client: Client, kind: unknown): Promise<void> {
		const target = await pickTarget(kind);
		if (target === null) return;
		await this.#do(async () => {
			const { active, focusChat } = this.#options;
			const delivery = active.runningTurn === null ? 'inline' : 'detached';
			const threadId = await active.ensure();
			const { reviewThreadId } = await client.request('review/start', { threadId, target, delivery });
			active.open(reviewThreadId);
			await focusChat();
		});
	}

	async #do(work: () => Promise<void>): Promise<void> {
		try {
			if (!vscode.workspace.isTrusted) throw new Error(words.restricted());
			await work();
		} catch (error) {
			void vscode.window.showErrorMessage(threadWords.notDone(error instanceof Error ? error.message : String(error)));
		}
	}
}

function isTurn(value: unknown): value is { readonly threadId: string; readonly turnId: string } {
	return (
		typeof value === 'object' &&
		value !== null &&
		'threadId' in value &&
		typeof value.threadId === 'string' &&
		'turnId' in value &&
		typeof value.turnId === 'string'
	);
}

/** Null when the person changed their mind. */
async function pickTarget(kind: unknown): Promise<ReviewTarget | null> {
	const kinds = [
		{ label: threadWords.reviewUncommitted(), detail: threadWords.reviewUncommittedDetail(), target: 'uncommittedChanges' },
		{ label: threadWords.reviewBranch(), detail: threadWords.reviewBranchDetail(), target: 'baseBranch' },
		{ label: threadWords.reviewCommit(), detail: '', target: 'commit' },
		{ label: threadWords.reviewCustom(), detail: '', target: 'custom' },
	] as const;
	const given = kinds.find(({ target }) => target === kind);
	const picked = given ?? (await vscode.window.showQuickPick(kinds, { placeHolder: threadWords.reviewPlaceholder() }));
	switch (picked?.target) {
		case undefined:
			return null;
		case 'uncommittedChanges':
			return { type: 'uncommittedChanges' };
		case 'baseBranch': {
			const branch = await chooseGit(await branchesOf(), threadWords.reviewBranchPrompt());
			return branch === null ? null : { type: 'baseBranch', branch: branch.value };
		}
		case 'commit': {
			const commit = await chooseGit(await commitsOf(), threadWords.reviewCommitPrompt());
			return commit === null ? null : { type: 'commit', sha: commit.value, title: commit.title };
		}
		case 'custom': {
			const instructions = await vscode.window.showInputBox({ prompt: threadWords.reviewCustomPrompt(), ignoreFocusOut: true });
			return instructions === undefined || instructions.trim() === '' ? null : { type: 'custom', instructions: instructions.trim() };
		}
	}
}
