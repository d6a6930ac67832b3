/** What becomes of code in an answer when the person wants more than to read it. */
import * as vscode from 'vscode';
import { words } from '../words.ts';

/** Puts the code where the cursor of the editor in front is, in the place of what is selected there. */
export async function insertCode(text: string): Promise<void> {
	const editor = frontEditor();
	await vscode.window.showTextDocument(editor.document, editor.viewColumn);
	await editor.edit((edit) => editor.selections.forEach((selection) => edit.replace(selection, text)));
}

/** Types commands into a terminal. Nothing runs before the person presses Enter there. */
export function runCode(text: string): void {
	const terminal = vscode.window.activeTerminal ?? vscode.window.createTerminal('Tiller');
	terminal.show();
	terminal.sendText(text.trimEnd(), false);
}

interface Way extends vscode.QuickPickItem {
	readonly edit: (edit: vscode.WorkspaceEdit) => void;
}

/** Shows in VS Code's own preview what a file would become, and changes it when the person applies that. */
export async function applyCode(text: string): Promise<void> {
	const { document, selection } = frontEditor();
	const name = vscode.workspace.asRelativePath(document.uri);
	const metadata = { needsConfirmation: true, label: words.applyCodeLabel() };
	const end = document.lineAt(document.lineCount - 1).range.end;
	const replace = (range: vscode.Range, by: string) => (edit: vscode.WorkspaceEdit) => edit.replace(document.uri, range, by, metadata);
	const ways: readonly Way[] = [
		...(selection.isEmpty ? [] : [{ label: words.applyToSelection(), description: name, edit: replace(selection, text) }]),
		{ label: words.applyToFile(), description: name, edit: replace(new vscode.Range(new vscode.Position(0, 0), end), text) },
		{ label: words.applyAtEnd(), description: name, edit: replace(new vscode.Range(end, end), end.character === 0 ? text : `\n${text}`) },
	];
	const way = await vscode.window.showQuickPick(ways, { title: words.applyCodeTitle() });
	if (way === undefined) return;
	const edit = new vscode.WorkspaceEdit();
	way.edit(edit);
	await vscode.workspace.applyEdit(edit);
}

/** The editor that the person was in before the chat. */
function frontEditor(): vscode.TextEditor {
	const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
	if (editor === undefined) throw new Error(words.contextNoEditor());
	return editor;
}
