/**
 * One file, one name. A workspace that is opened through a symbolic link, and links inside of it, give a file several paths: the server
 * may say one, the editor another. Here both become the one that the workspace folder begins with, or the real one outside of it.
 */
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { relativeInside } from '../system/host.ts';

const MAX_KNOWN = 2_000;
const known = new Map<string, string>();

/** Where a file really is, spelled as its workspace folder is. Looked up once; links that are changed later are not noticed. */
export function canonicalPath(file: string): string {
	const found = known.get(file);
	if (found !== undefined) return found;
	if (known.size >= MAX_KNOWN) known.clear();
	const canonical = inWorkspace(realPath(file));
	known.set(file, canonical);
	return canonical;
}

/** The entry itself: of a symbolic link not the file that it leads to. */
export function canonicalEntry(file: string): string {
	return path.join(canonicalPath(path.dirname(file)), path.basename(file));
}

/** The document of a file as far as one is open, under whatever name. */
export function openDocument(file: string, same: (file: string) => string = canonicalPath): vscode.TextDocument | undefined {
	const open = vscode.workspace.textDocuments.filter(({ uri, isClosed }) => uri.scheme === 'file' && !isClosed);
	return open.find(({ uri }) => uri.fsPath === file) ?? open.find(({ uri }) => same(uri.fsPath) === same(file));
}

/** The paths that an editor may show a file under. */
export function namesOf(file: string): readonly string[] {
	return [...new Set([file, realPath(file)])];
}

/** Forgets what was looked up: the folders of the window are others now. */
export function forgetPaths(): void {
	known.clear();
}

/** The path without any link in it; of a file that is gone, as far as its folders are there. */
export function realPath(file: string): string {
	try {
		return fs.realpathSync.native(file);
	} catch {
		const parent = path.dirname(file);
		return parent === file ? file : path.join(realPath(parent), path.basename(file));
	}
}

function inWorkspace(real: string): string {
	for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
		if (uri.scheme !== 'file') continue;
		const inside = relativeInside(realPath(uri.fsPath), real);
		if (inside !== null) return inside === '' ? uri.fsPath : path.join(uri.fsPath, inside);
	}
	return vscode.Uri.file(real).fsPath;
}
