import * as vscode from 'vscode';

/** What the key bindings of a tree hand to their command: it is about the row that has the keyboard. */
export const focusedRow = 'focusedRow';

/**
 * The row of a tree that has the keyboard. Arrow keys move it without selecting, and VS Code tells extensions only what is selected: so the
 * selection of the row is switched, which tells which one it is, and switched back. For commands of key bindings only, while the tree has
 * the focus.
 */
export async function focusedNode<T extends object>(view: Pick<vscode.TreeView<T>, 'selection'>): Promise<T | undefined> {
	const before = view.selection;
	await vscode.commands.executeCommand('list.toggleSelection');
	const after = view.selection;
	await vscode.commands.executeCommand('list.toggleSelection');
	return missingIn(before, after) ?? missingIn(after, before) ?? before[0];
}

/** The nodes of a tree are made anew with each redraw. */
function missingIn<T extends object>(these: readonly T[], those: readonly T[]): T | undefined {
	const keys = new Set(these.map((each) => JSON.stringify(each)));
	return those.find((each) => !keys.has(JSON.stringify(each)));
}
