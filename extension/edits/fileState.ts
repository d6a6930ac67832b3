import * as vscode from 'vscode';
import { words } from '../words.ts';
import { canonicalPath, openDocument } from './fileIdentity.ts';
import { normalize } from './mergeTexts.ts';

/** What is at a path now: the live document, opened when it was not. */
export type FileState =
	| { readonly type: 'missing' }
	/** VS Code does not hold it as text for extensions, and no editor has it open: nothing of it can be unsaved. */
	| { readonly type: 'notOpen' }
	| { readonly type: 'refused'; readonly message: string }
	| { readonly type: 'text'; readonly document: vscode.TextDocument };

/** VS Code keeps documents above this size from its extensions. */
const MAX_SYNCED_BYTES = 50 * 1024 * 1024;
const SNIFFED_BYTES = 8_192;
const replacement = '\uFFFD';
const encodedReplacement = Buffer.from(replacement, 'utf8');

/** Finds the document of a file, or why it cannot be edited as text. `open`: what is known to be its document. */
export async function readFileState(uri: vscode.Uri, open = openDocument(uri.fsPath)): Promise<FileState> {
	if (vscode.workspace.notebookDocuments.some((notebook) => notebook.uri.toString() === uri.toString())) {
		return { type: 'refused', message: words.isNotebook() };
	}
	const bytes = await readBytes(uri);
	if (bytes === 'folder') return { type: 'refused', message: words.isFolder() };
	if (bytes === null) return open?.isDirty === true ? { type: 'text', document: open } : { type: 'missing' };
	if (open === undefined && bytes.length > MAX_SYNCED_BYTES) {
		const tab = tabOf(uri);
		if (tab === undefined) return { type: 'notOpen' };
		return { type: 'refused', message: tab.isDirty ? words.largeUnsaved() : words.largeOpen() };
	}
	let document = open;
	try {
		document ??= await vscode.workspace.openTextDocument(uri);
	} catch (error) {
		return { type: 'refused', message: error instanceof Error ? error.message : words.isBinary() };
	}
	if (open?.isDirty !== true) {
		const damage = await findDamage(document, bytes);
		if (damage !== null) return { type: 'refused', message: damage };
	}
	return { type: 'text', document };
}

function tabOf(uri: vscode.Uri): vscode.Tab | undefined {
	const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
	return tabs.find(({ input }) => input instanceof vscode.TabInputText && canonicalPath(input.uri.fsPath) === canonicalPath(uri.fsPath));
}

/** Whether a document is what its file holds; line ends and a byte order mark aside. */
export async function isOnDisk(document: vscode.TextDocument): Promise<boolean> {
	const bytes = await readBytes(document.uri);
	if (bytes === null || bytes === 'folder') return false;
	return normalize(await vscode.workspace.decode(bytes, { encoding: document.encoding })) === normalize(document.getText());
}

async function readBytes(uri: vscode.Uri): Promise<Uint8Array | 'folder' | null> {
	try {
		const stat = await vscode.workspace.fs.stat(uri);
		if ((stat.type & vscode.FileType.Directory) !== 0) return 'folder';
		return await vscode.workspace.fs.readFile(uri);
	} catch (error) {
		if (error instanceof vscode.FileSystemError && (error.code === 'FileNotFound' || error.code === 'FileNotADirectory')) return null;
		throw error;
	}
}

/** Saving a document whose bytes could not be decoded would destroy them. */
async function findDamage(document: vscode.TextDocument, bytes: Uint8Array): Promise<string | null> {
	const wide = document.encoding.startsWith('utf16') || document.encoding.startsWith('utf-16');
	if (!wide && bytes.subarray(0, SNIFFED_BYTES).includes(0)) return words.isBinary();
	const decoded = await vscode.workspace.decode(bytes, { encoding: document.encoding });
	if (decoded.includes(replacement) && Buffer.from(bytes).indexOf(encodedReplacement) < 0) return words.wrongEncoding(document.encoding);
	return null;
}
