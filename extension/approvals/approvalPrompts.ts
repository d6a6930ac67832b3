/** Ways to answer outside of the page: notification, Quick Pick, status bar. */
import * as vscode from 'vscode';
import { networkTarget } from '../../server/protocol/approval/networkTarget.ts';
import { shellScriptOf } from '../../server/protocol/approval/shellScript.ts';
import { hasHidden, visibleText } from '../../server/protocol/approval/visibleText.ts';
import type { PendingQuestion } from '../../webview/channel/questions.ts';
import { setting } from '../settings.ts';
import { words } from '../words.ts';
import { permissionTexts } from './permissionTexts.ts';
import { choicesOf } from './choices.ts';
import type { Choice } from './choices.ts';
import { noticeText } from './noticeText.ts';
import type { PendingRequests } from './pendingRequests.ts';
import { wantsNotice } from './wantsNotice.ts';

export interface ApprovalPromptsOptions {
	readonly pending: PendingRequests;
	/** Whether a person can see this question in the page now. */
	readonly visibleInPage: (question: PendingQuestion) => boolean;
	readonly reveal: (threadId: string) => Promise<void>;
	readonly mayAnswer: () => boolean;
	/** A thread's name, to tell the questions of two threads apart. */
	readonly threadTitle: (threadId: string) => string;
	/** The files that a patch changes, as far as they are known. */
	readonly filesOf: (itemId: string) => readonly string[];
}

interface ChoiceItem extends vscode.QuickPickItem {
	readonly choice: Choice;
}

const icons = { allow: 'check', refuse: 'circle-slash', answer: 'comment' } as const satisfies Record<Choice['effect'], string>;

/** A question is not announced at once: a page that is just being opened, or a quick answer, makes that needless. */
const NOTICE_AFTER_MS = 1_000;

export class ApprovalPrompts implements vscode.Disposable {
	readonly #options: ApprovalPromptsOptions;
	readonly #status: vscode.StatusBarItem;
	readonly #subscription: { dispose(): void };
	/** Questions that a notification was shown for: one each. */
	readonly #notified = new Set<string>();
	#timer: NodeJS.Timeout | null = null;

	constructor(options: ApprovalPromptsOptions) {
		this.#options = options;
		this.#status = vscode.window.createStatusBarItem('tiller.approvals', vscode.StatusBarAlignment.Left, 0);
		this.#status.name = 'Tiller';
		this.#status.command = 'tiller.showApprovals';
		this.#status.tooltip = words.waitingTooltip();
		this.#subscription = options.pending.onDidChange(() => this.update());
	}

	dispose(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#subscription.dispose();
		this.#status.dispose();
	}

	/** Called when questions, the page's visibility or the window's focus change. */
	update(): void {
		const questions = this.#options.pending.list();
		for (const key of this.#notified) if (!questions.some((question) => question.key === key)) this.#notified.delete(key);
		if (questions.length === 0) {
			this.#status.hide();
			return;
		}
		this.#status.text = `$(bell-dot) ${words.waitingCount(questions.length)}`;
		this.#status.accessibilityInformation = { label: `Tiller: ${words.waitingCount(questions.length)}`, role: 'button' };
		this.#status.show();
		if (this.#next() !== undefined) this.#timer ??= setTimeout(() => this.#announce(), NOTICE_AFTER_MS);
	}

	#announce(): void {
		this.#timer = null;
		const next = this.#next();
		if (next !== undefined) void this.#notify(next);
	}

	/** What is to be announced. One at a time: the next one follows when this one is answered. */
	#next(): PendingQuestion | undefined {
		return this.#notified.size > 0 ? undefined : this.#options.pending.list().find((question) => this.#wantsNotification(question));
	}

	#wantsNotification(question: PendingQuestion): boolean {
		return wantsNotice({
			when: setting('tiller.approvals.notify'),
			mayAnswer: this.#options.mayAnswer(),
			windowFocused: vscode.window.state.focused,
			visibleInPage: this.#options.visibleInPage(question),
		});
	}

	async #notify(question: PendingQuestion): Promise<void> {
		this.#notified.add(question.key);
		const text = noticeText(this.#describe(question));
		// Nothing is allowed that was not seen whole; to refuse is always safe.
		const choices = choicesOf(question, vscode.l10n.t).filter((choice) => text.whole || choice.effect === 'refuse');
		const show = words.showInTiller();
		const message = text.whole ? text.shown : `${text.shown} ${words.notShownWhole()}`;
		const clicked = await vscode.window.showInformationMessage(message, ...choices.map((choice) => choice.label), show);
		if (clicked === undefined) return;
		if (clicked === show) return await this.#options.reveal(question.params.threadId);
		const choice = choices.find((candidate) => candidate.label === clicked);
		if (choice !== undefined) this.#answer(question, choice);
	}

	#answer(question: PendingQuestion, choice: Choice): void {
		if (!this.#options.mayAnswer() && choice.effect === 'allow') {
			void vscode.window.showWarningMessage(words.restricted());
			return;
		}
		if (!this.#options.pending.answer(question.key, choice.answer)) void vscode.window.showInformationMessage(words.alreadyAnswered());
	}

	/** Quick Pick: first which question when there are several, then the answer with what it allows. Null for those of all threads. */
	async pick(threadId: string | null = null): Promise<void> {
		const question = await this.#pickQuestion(threadId);
		if (question === undefined) return;
		if (choicesOf(question, vscode.l10n.t).length === 0) return await this.#options.reveal(question.params.threadId);
		const items: ChoiceItem[] = choicesOf(question, vscode.l10n.t).map((choice) => ({
			label: `$(${icons[choice.effect]}) ${visibleText(choice.label, { code: true })}`,
			detail: visibleText(choice.detail, { code: true }),
			choice,
		}));
		const picked = await this.#pickWhile([question], items, {
			title: visibleText(this.#describe(question), { code: true }),
			placeHolder: words.pickAnswer(),
			ignoreFocusOut: true,
		});
		if (picked !== undefined) this.#answer(question, picked.choice);
	}

	/** Answers the oldest question with its first allowing or its first refusing choice. */
	answerOldest(effect: 'allow' | 'refuse'): void {
		const [question] = this.#options.pending.list();
		if (question === undefined) {
			void vscode.window.showInformationMessage(words.noneWaits());
			return;
		}
		const choice = choicesOf(question, vscode.l10n.t).find((candidate) => candidate.effect === effect);
		// One key must not allow what cannot be seen.
		const isHidden = effect === 'allow' && hasHidden(this.#describe(question), { code: true });
		if (choice === undefined || isHidden) void this.pick();
		else this.#answer(question, choice);
	}

	async #pickQuestion(threadId: string | null): Promise<PendingQuestion | undefined> {
		const questions = this.#options.pending.list().filter(({ params }) => threadId === null || params.threadId === threadId);
		const [only] = questions;
		if (only === undefined) {
			void vscode.window.showInformationMessage(words.noneWaits());
			return undefined;
		}
		if (questions.length === 1) return only;
		const items = questions.map((question) => ({
			label: visibleText(this.#describe(question), { code: true }),
			description: this.#options.threadTitle(question.params.threadId),
			question,
		}));
		return (await this.#pickWhile(questions, items, { placeHolder: words.pickQuestion() }))?.question;
	}

	/** A Quick Pick that closes by itself when one of the questions was answered elsewhere. */
	async #pickWhile<T extends vscode.QuickPickItem>(
		questions: readonly PendingQuestion[],
		items: readonly T[],
		options: vscode.QuickPickOptions,
	): Promise<T | undefined> {
		const gone = new vscode.CancellationTokenSource();
		const look = () => {
			if (questions.some((question) => this.#options.pending.get(question.key) === undefined)) gone.cancel();
		};
		const subscription = this.#options.pending.onDidChange(look);
		try {
			return await vscode.window.showQuickPick(items, options, gone.token);
		} finally {
			subscription.dispose();
			gone.dispose();
		}
	}

	#describe(question: PendingQuestion): string {
		const reason =
			question.kind === 'userInput' || question.kind === 'elicitation' || question.kind === 'mcpApproval' ? null : (question.params.reason ?? null);
		const subject = this.#subject(question);
		return reason === null || reason === '' ? subject : `${subject} ${words.reason(reason)}`;
	}

	#subject(question: PendingQuestion): string {
		if (question.kind === 'fileChange') {
			const root = question.params.grantRoot ?? null;
			if (root !== null) return words.askFolder(root);
			const files = this.#options.filesOf(question.params.itemId).map((file) => vscode.workspace.asRelativePath(file));
			return files.length === 0 ? words.askFileChange() : words.askFiles(files.join(', '));
		}
		if (question.kind === 'permissions') return words.askPermissions(permissionTexts(question.params).join(', '));
		if (question.kind === 'elicitation') return question.params.message;
		if (question.kind === 'mcpApproval') {
			const { serverName, what } = question.params;
			return what.type === 'call' ? words.askTool(serverName, what.tool) : words.askStart(serverName, what.command, what.folder);
		}
		if (question.kind === 'userInput') return question.params.questions.map((each) => each.question).join(' ');
		const { command, cwd, networkApprovalContext: network } = question.params;
		if (network) return words.askHost(networkTarget(network), shellScriptOf(command ?? ''));
		const line = words.askCommand(shellScriptOf(command ?? ''));
		return cwd == null ? line : `${line} ${words.commandIn(cwd)}`;
	}
}
