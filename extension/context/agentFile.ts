import * as vscode from 'vscode';
import { relativeInside } from '../system/host.ts';
import { words } from '../words.ts';

/** A file as the agent finds it, or why it cannot be given to the agent, in words for a person. */
export type AgentFile = { readonly type: 'file'; readonly name: string } | { readonly type: 'refused'; readonly message: string };

/**
 * Only what lies on the machine that this extension and its server run on. In a remote window VS Code calls the remote files `file:`
 * here, and those of the person's own machine something else.
 */
export function agentFile(uri: vscode.Uri): AgentFile {
	const refused = (message: string): AgentFile => ({ type: 'refused', message });
	if (uri.scheme === 'untitled') return refused(words.contextUntitled());
	if (uri.scheme === 'vscode-notebook-cell' || isNotebook(uri)) return refused(words.contextNotebook());
	if (uri.scheme !== 'file') return refused(words.contextElsewhere(uri.scheme));
	return { type: 'file', name: agentPath(uri.fsPath) };
}

/** Relative to the folder that threads work in when that is plain, else absolute. */
export function agentPath(file: string): string {
	const folders = vscode.workspace.workspaceFolders ?? [];
	const only = folders.length === 1 ? folders[0]?.uri : undefined;
	if (only === undefined) return file;
	return relativeInside(only.fsPath, file) || file;
}

function isNotebook(uri: vscode.Uri): boolean {
	return uri.path.endsWith('.ipynb') || vscode.workspace.notebookDocuments.some((notebook) => notebook.uri.toString() === uri.toString());
}
