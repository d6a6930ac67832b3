import * as vscode from 'vscode';
import type { TreeRedraws } from './treeRedraws.ts';
import { switchedNode } from './switchedNode.ts';

/** What the key bindings of a tree hand to their command: it is about the row that has the keyboard. */
export const focusedRow = 'focusedRow';

/** While VS Code redraws a tree it tells nothing of what is selected there. Milliseconds, and how often. */
const REDRAW_MS = 50;
const TRIES = 20;

/**
 * The row of a tree that has the keyboard. Arrow keys move it without selecting, and VS Code tells extensions only what is selected: so the
 * selection of the row is switched, which tells which one it is, and switched back. For commands of key bindings only, while the tree has
 * the focus.
 */
export async function focusedNode<T extends object>(
	view: Pick<vscode.TreeView<T>, 'selection'>,
	redraws: Pick<TreeRedraws, 'hold'>,
): Promise<T | undefined> {
	const toggle = () => vscode.commands.executeCommand('list.toggleSelection');
	return await redraws.hold(async () => {
		for (let tries = 1; ; tries++) {
			const before = view.selection;
			await toggle();
			const switched = view.selection;
			await toggle();
			const node = switchedNode({ before, switched, after: view.selection });
			if (node !== null) return node;
			// A guess would stop or delete what nobody meant.
			if (tries === TRIES) return undefined;
			// Nothing tells an extension that a redraw is over.
			await new Promise((resolve) => setTimeout(resolve, REDRAW_MS));
		}
	});
}
