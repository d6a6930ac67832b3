/** "Tiller: Send Feedback…": the person reads exactly what would be sent, and then sends it or not. */
import * as vscode from 'vscode';
import type { ReadOnlyTexts } from '../readOnlyTexts.ts';
import type { Client } from '../server/client.ts';
import { feedbackText } from './feedbackText.ts';
import { feedbackWords as words } from './feedbackWords.ts';

export interface FeedbackOptions {
	/** The one that the person sees; null when there is none. */
	readonly activeThread: () => string | null;
	readonly documents: ReadOnlyTexts;
}

export async function sendFeedback(client: Client, { activeThread, documents }: FeedbackOptions): Promise<void> {
	const threadId = activeThread();
	try {
		if (!(await client.supports('feedback/prepare'))) return void vscode.window.showWarningMessage(words.unsupported());
		const asked = await ask({ hasThread: threadId !== null });
		if (asked === null) return;
		const { preparedId, address, body } = await client.request('feedback/prepare', {
			classification: asked.classification,
			reason: asked.reason,
			threadId,
			includeLogs: asked.withLog,
			extraLogFiles: threadId !== null && asked.withThread ? await recordsOf(client, threadId) : [],
		});
		await documents.show(words.document(), feedbackText(body));
		if (address === null) return await offerCopy(body);
		const host = URL.parse(address)?.host ?? address;
		// A list that stays: the document can be read beside it, and Do Not Disturb hides no list.
		const answers = [{ label: words.send() }, { label: words.discard() }];
		const answer = await vscode.window.showQuickPick(answers, { title: words.ask(host), ignoreFocusOut: true });
		if (answer?.label !== words.send()) return;
		await client.request('feedback/send', { preparedId });
		void vscode.window.showInformationMessage(words.sent(host));
	} catch (error) {
		void vscode.window.showErrorMessage(words.notSent(error instanceof Error ? error.message : String(error)));
	}
}

interface Asked {
	readonly classification: string;
	readonly reason: string | null;
	readonly withLog: boolean;
	readonly withThread: boolean;
}

/** Null: the person thought better of it. */
async function ask({ hasThread }: { readonly hasThread: boolean }): Promise<Asked | null> {
	const title = words.title();
	const kinds = [
		{ label: words.bug(), classification: 'bug' },
		{ label: words.badResult(), classification: 'bad_result' },
		{ label: words.goodResult(), classification: 'good_result' },
		{ label: words.other(), classification: 'other' },
	];
	const kind = await vscode.window.showQuickPick(kinds, { title, placeHolder: words.kindPlaceholder() });
	if (kind === undefined) return null;
	const reason = await vscode.window.showInputBox({ title, prompt: words.reasonPrompt(), ignoreFocusOut: true });
	if (reason === undefined) return null;
	const log = { label: words.log(), detail: words.logDetail(), picked: true };
	const thread = { label: words.thread(), detail: words.threadDetail(), picked: false };
	const attached = await vscode.window.showQuickPick(hasThread ? [log, thread] : [log], {
		title,
		placeHolder: words.attachPlaceholder(),
		canPickMany: true,
	});
	if (attached === undefined) return null;
	return {
		classification: kind.classification,
		reason: reason.trim() || null,
		withLog: attached.includes(log),
		withThread: attached.includes(thread),
	};
}

/** A thread without a message has none yet. */
async function recordsOf(client: Client, threadId: string): Promise<string[]> {
	const { thread } = await client.request('thread/read', { threadId, includeTurns: false });
	return thread.path == null ? [] : [thread.path];
}

async function offerCopy(body: string): Promise<void> {
	const answer = await vscode.window.showWarningMessage(words.noAddress(), { modal: true }, words.copy());
	if (answer === words.copy()) await vscode.env.clipboard.writeText(body);
}
