import * as vscode from 'vscode';
import { words } from './words.ts';

/** A folder of the workspace on the machine that the extension and the server run on. */
export interface WorkspaceRoot {
	readonly name: string;
	readonly path: string;
}

/** Folders of other schemes are left out: no command can run in them. */
export function workspaceRoots(): readonly WorkspaceRoot[] {
	return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ name, uri }) => ({ name, path: uri.fsPath }));
}

/** Where a new thread works: the only folder, the one of the active editor, else the person is asked. Throws with words when there is none. */
export async function rootForNewThread(): Promise<string> {
	const roots = workspaceRoots();
	const [only] = roots;
	if (only === undefined) throw new Error(words.noFolder());
	if (roots.length === 1) return only.path;
	const editor = vscode.window.activeTextEditor?.document.uri;
	const folder = editor?.scheme === 'file' ? vscode.workspace.getWorkspaceFolder(editor) : undefined;
	if (folder !== undefined) return folder.uri.fsPath;
	const items = roots.map(({ name, path }) => ({ label: name, description: path, path }));
	const picked = await vscode.window.showQuickPick(items, { title: words.rootTitle(), placeHolder: words.rootPlaceholder(), ignoreFocusOut: true });
	if (picked === undefined) throw new Error(words.rootNotChosen());
	return picked.path;
}
