import * as vscode from 'vscode';
import { words } from '../words.ts';

/** "Ask Tiller" for a selection and "Fix with Tiller" for problems, where the editor offers its own actions. They only fill the composer. */
export const codeActions: vscode.CodeActionProvider = {
	provideCodeActions(document, range, context) {
		const actions: vscode.CodeAction[] = [];
		const wants = (kind: vscode.CodeActionKind) => context.only === undefined || context.only.contains(kind);
		if (context.diagnostics.length > 0 && wants(vscode.CodeActionKind.QuickFix)) {
			const fix = new vscode.CodeAction(words.fixWithTiller(), vscode.CodeActionKind.QuickFix);
			fix.diagnostics = [...context.diagnostics];
			fix.command = { command: 'tiller.fixProblems', title: fix.title, arguments: [document.uri, context.diagnostics] };
			actions.push(fix);
		}
		if (!range.isEmpty && wants(askKind)) {
			const ask = new vscode.CodeAction(words.askTiller(), askKind);
			ask.command = { command: 'tiller.ask', title: ask.title };
			actions.push(ask);
		}
		return actions;
	},
};

/** Not one of VS Code's own kinds, so that it stands below the actions that change the text. */
const askKind = vscode.CodeActionKind.Empty.append('tiller');

export const codeActionKinds: vscode.CodeActionProviderMetadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, askKind] };
/** Where the agent can read and change what it is asked about. */
export const codeActionSelector: vscode.DocumentSelector = { scheme: 'file' };
