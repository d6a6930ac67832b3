import path from 'node:path';
import * as vscode from 'vscode';
import { words } from '../words.ts';
import { workspaceRoots } from '../workspaceRoots.ts';

export interface FilePlace {
	readonly path: string;
	/** From 1. */
	readonly line?: number | undefined;
	readonly column?: number | undefined;
	readonly endLine?: number | undefined;
}

/** Opens a file at its place, however it is named: by a path below the thread's folder or any of the workspace, or by its name alone. */
export async function openFile({ path: file, line, column, endLine }: FilePlace, cwd: string | null): Promise<void> {
	const folders = [...(cwd === null ? [] : [cwd]), ...workspaceRoots().map((root) => root.path)];
	const roots = folders.map((folder) => path.dirname(folder));
	const relative = file.replace(/^\.?[\\/]/, '');
	const below = [...folders, ...roots].map((folder) => path.join(folder, relative));
	const found = (await firstThere(path.isAbsolute(file) ? [file, ...below] : below)) ?? (await onlyOne(relative));
	if (found === null) throw new Error(words.fileGone(file));
	const { uri, isFolder } = found;
	if (isFolder) {
		await vscode.commands.executeCommand('revealInExplorer', uri);
		return;
	}
	const from = new vscode.Position(Math.max(0, (line ?? 1) - 1), Math.max(0, (column ?? 1) - 1));
	const to = endLine === undefined || line === undefined || endLine <= line ? from : new vscode.Position(endLine, 0);
	await vscode.commands.executeCommand('vscode.open', uri, line === undefined ? {} : { selection: new vscode.Range(from, to) });
}

interface Found {
	readonly uri: vscode.Uri;
	readonly isFolder: boolean;
}

async function firstThere(files: readonly string[]): Promise<Found | null> {
	for (const file of new Set(files)) {
		const uri = vscode.Uri.file(file);
		try {
			const { type } = await vscode.workspace.fs.stat(uri);
			return { uri, isFolder: (type & vscode.FileType.Directory) !== 0 };
		} catch {
			// Not there: the next folder may have it.
		}
	}
	return null;
}

/** The one file of the workspace that ends like this; none when there are several. */
async function onlyOne(relative: string): Promise<Found | null> {
	const pattern = relative
		.split(/[\\/]/)
		.map((part) => part.replace(/[[\]{}*?]/g, '[$&]'))
		.join('/');
	const [uri, ...others] = await vscode.workspace.findFiles(`**/${pattern}`, '**/node_modules/**', 2);
	return uri === undefined || others.length > 0 ? null : { uri, isFolder: false };
}
