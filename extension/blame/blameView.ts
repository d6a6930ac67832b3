import * as vscode from 'vscode';
import type { FileBlameTurn } from '../../server/protocol/host/fileBlame.ts';
import { messageTitle } from '../../server/protocol/thread/messageTitle.ts';
import { agentFile } from '../context/agentFile.ts';
import { words } from '../words.ts';
import type { BlamedText, FileBlame } from './fileBlame.ts';

export interface BlameViewOptions {
	readonly blame: FileBlame;
	/** Whether hovers may tell of it. */
	readonly hovers: () => boolean;
	readonly openTurn: (place: { readonly threadId: string; readonly turnId: string }) => Promise<void>;
}

/** Tells which turn wrote a line, and why: in hovers and by commands. */
export class BlameView implements vscode.HoverProvider {
	readonly #options: BlameViewOptions;

	constructor(options: BlameViewOptions) {
		this.#options = options;
	}

	async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
		if (!this.#options.hovers()) return undefined;
		const turn = await this.#options.blame.turnAt(textOf(document), position.line);
		return turn === null ? undefined : new vscode.Hover(hoverText(turn), document.lineAt(position.line).range);
	}

	/** Of the line at the cursor. */
	async whoWroteLine(): Promise<void> {
		const editor = openEditor();
		if (editor === null) return;
		const line = editor.selection.active.line;
		const turn = await this.#options.blame.turnAt(textOf(editor.document), line);
		if (turn === null) return void vscode.window.showInformationMessage(words.blameNobody(line + 1));
		await this.#pick([turn], { title: words.blameLine(line + 1), placeHolder: words.blamePlaceholder() });
	}

	/** Of the file in front, or of one in the explorer. */
	async fileTurns(target: unknown): Promise<void> {
		const document = target instanceof vscode.Uri ? await documentOf(target) : (openEditor()?.document ?? null);
		if (document === null) return;
		const { turns } = await this.#options.blame.of(textOf(document));
		const file = vscode.workspace.asRelativePath(document.uri);
		if (turns.length === 0) return void vscode.window.showInformationMessage(words.blameNoTurns(file));
		await this.#pick(turns, { title: words.blameFile(file), placeHolder: words.blamePlaceholder() });
	}

	async openTurn(threadId: unknown, turnId: unknown): Promise<void> {
		if (typeof threadId === 'string' && typeof turnId === 'string') await this.#options.openTurn({ threadId, turnId });
	}

	async #pick(turns: readonly FileBlameTurn[], options: vscode.QuickPickOptions): Promise<void> {
		const items = turns.map((turn) => ({
			turn,
			label: titleOf(turn),
			description: turn.undone ? words.isUndone() : '',
			detail: [timeOf(turn), turn.threadTitle === null ? words.blameThreadGone() : messageTitle(turn.threadTitle)].join(' · '),
		}));
		const picked = await vscode.window.showQuickPick(items, { ...options, matchOnDetail: true });
		if (picked !== undefined) await this.#options.openTurn(picked.turn);
	}
}

export const blameSelector: vscode.DocumentSelector = { scheme: 'file' };

function textOf(document: vscode.TextDocument): BlamedText {
	return { path: document.uri.fsPath, version: document.version, text: document.getText() };
}

/** The editor in front, if the agent can work on its file; else a message says why not. */
function openEditor(): vscode.TextEditor | null {
	const editor = vscode.window.activeTextEditor;
	const file = editor === undefined ? null : agentFile(editor.document.uri);
	if (editor !== undefined && file?.type === 'file') return editor;
	void vscode.window.showInformationMessage(file?.type === 'refused' ? file.message : words.contextNoEditor());
	return null;
}

async function documentOf(uri: vscode.Uri): Promise<vscode.TextDocument | null> {
	const file = agentFile(uri);
	try {
		if (file.type === 'file') return await vscode.workspace.openTextDocument(uri);
		void vscode.window.showInformationMessage(file.message);
	} catch {
		void vscode.window.showInformationMessage(words.isBinary());
	}
	return null;
}

function hoverText(turn: FileBlameTurn): vscode.MarkdownString {
	const text = new vscode.MarkdownString('', true);
	text.isTrusted = { enabledCommands: ['tiller.openTurn'] };
	text.appendMarkdown('$(history) ').appendText(words.blameHover(timeOf(turn)));
	text.appendMarkdown('  \n').appendText(`“${titleOf(turn)}”`);
	const target = encodeURIComponent(JSON.stringify([turn.threadId, turn.turnId]));
	// The words are ours and hold no marks of Markdown.
	return text.appendMarkdown(`  \n[${words.blameShowTurn()}](command:tiller.openTurn?${target})`);
}

function titleOf({ message, threadTitle }: FileBlameTurn): string {
	return messageTitle(message ?? '') || messageTitle(threadTitle ?? '') || words.unnamedThread();
}

function timeOf({ changedAt }: FileBlameTurn): string {
	return new Date(changedAt * 1000).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}
