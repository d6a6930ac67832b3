import * as vscode from 'vscode';
import type { Attachment } from '../../webview/channel/attachment.ts';
import { words } from '../words.ts';
import { agentFile } from './agentFile.ts';
import { rangeAttachment } from './attachments.ts';
import { fileText, type ProblemContext, problemsText, terminalText } from './contextText.ts';
import { problemContext } from './problemContext.ts';
import type { TerminalCommands } from './terminalCommands.ts';

export interface ContextActionsOptions {
	readonly terminals: TerminalCommands;
	/** Appends to what stands in the composer; nothing is ever sent by it. */
	readonly putText: (text: string) => void;
	/** Attaches to the message, as a chip that can be removed. */
	readonly attach: (attachment: Attachment) => void;
	/** Shows the chat: with the cursor in the composer, or without taking it from where it is. */
	readonly show: (focus: 'composer' | 'keep') => Promise<void>;
}

/** Puts what a person points at in VS Code into the composer. */
export class ContextActions {
	readonly #options: ContextActionsOptions;

	constructor(options: ContextActionsOptions) {
		this.#options = options;
	}

	/** The selection, with the cursor in the composer for the question. */
	async ask(): Promise<void> {
		if (this.#putSelection()) await this.#options.show('composer');
	}

	async addSelection(): Promise<void> {
		if (this.#putSelection()) await this.#options.show('keep');
	}

	/** The files of the explorer, of an editor's tab, or of the editor in front. */
	async addFiles(target: unknown, selected: unknown): Promise<void> {
		const many = Array.isArray(selected) ? selected.filter((uri) => uri instanceof vscode.Uri) : [];
		const one = target instanceof vscode.Uri ? target : vscode.window.activeTextEditor?.document.uri;
		const uris = many.length > 0 ? many : one === undefined ? [] : [one];
		if (uris.length === 0) return tell(words.contextNoEditor());
		const files = uris.map(agentFile);
		const refusals = new Set(files.flatMap((file) => (file.type === 'refused' ? [file.message] : [])));
		if (refusals.size > 0) void vscode.window.showWarningMessage([...refusals].join(' '));
		const names = files.flatMap((file) => (file.type === 'file' ? [fileText(file.name)] : []));
		if (names.length === 0) return;
		this.#options.putText(`${names.join(' ')} `);
		await this.#options.show('keep');
	}

	async addTerminal(target: unknown): Promise<void> {
		const terminal = vscode.window.terminals.find((open) => open === target) ?? vscode.window.activeTerminal;
		if (terminal === undefined) return tell(words.contextNoTerminal());
		const command = this.#options.terminals.newest(terminal);
		if (command === null) return tell(words.contextNoCommand(terminal.name));
		this.#options.putText(terminalText(command));
		await this.#options.show('keep');
	}

	/** Given problems of a file; else those at the cursor, or else all of the editor in front. */
	async fix(target: unknown, given: unknown): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		const uri = target instanceof vscode.Uri ? target : editor?.document.uri;
		if (uri === undefined) return tell(words.contextNoEditor());
		const all = Array.isArray(given) ? given.filter((each) => each instanceof vscode.Diagnostic) : vscode.languages.getDiagnostics(uri);
		const selection = given === undefined && editor?.document.uri.toString() === uri.toString() ? editor.selection : undefined;
		const here = selection === undefined ? [] : all.filter(({ range }) => range.intersection(wholeLines(selection)) !== undefined);
		await this.fixProblems((here.length > 0 ? here : all).map((diagnostic) => ({ uri, diagnostic })));
	}

	/** Puts the problems into the composer, with the cursor behind them. */
	async fixProblems(problems: readonly { readonly uri: vscode.Uri; readonly diagnostic: vscode.Diagnostic }[]): Promise<void> {
		if (problems.length === 0) return tell(words.contextNoProblems());
		const contexts: ProblemContext[] = [];
		for (const { uri, diagnostic } of problems) {
			const file = agentFile(uri);
			if (file.type === 'refused') return tell(file.message);
			contexts.push(await problemContext(uri, file.name, diagnostic));
		}
		this.#options.putText(problemsText(contexts));
		await this.#options.show('composer');
	}

	#putSelection(): boolean {
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined) {
			tell(words.contextNoEditor());
			return false;
		}
		const { document, selection } = editor;
		const file = agentFile(document.uri);
		if (file.type === 'refused') {
			tell(file.message);
			return false;
		}
		// Without a selection it is about the line of the cursor.
		const range = selection.isEmpty ? document.lineAt(selection.active.line).range : selection;
		this.#options.attach(rangeAttachment(document, range, 'selection').attachment);
		return true;
	}
}

function wholeLines(range: vscode.Range): vscode.Range {
	return new vscode.Range(range.start.line, 0, range.end.line, Number.MAX_SAFE_INTEGER);
}

function tell(message: string): void {
	void vscode.window.showInformationMessage(message);
}
