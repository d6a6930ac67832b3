import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { WorktreeChange } from '../../server/protocol/host/worktree.ts';
import { openDocument } from '../edits/fileIdentity.ts';
import { readFileState } from '../edits/fileState.ts';
import { onWindows } from '../system/host.ts';
import type { FolderFile } from './decideChange.ts';
import { worktreeWords as words } from './worktreeWords.ts';

/** A file of the person's folder, with the document that VS Code has of it. */
export interface FoundFile {
	readonly file: FolderFile;
	readonly uri: vscode.Uri;
	readonly document: vscode.TextDocument | null;
	/** SHA-256 of what is on the disk; null when there is nothing. */
	readonly hash: string | null;
	/** Whether it is a program; null where there is none, and on Windows. */
	readonly isExecutable: boolean | null;
}

/** Larger files are not compared. */
const MAX_BYTES = 64 * 1024 * 1024;

export async function findFile(change: WorktreeChange, source: string): Promise<FoundFile> {
	const { target, file: made, kind } = change;
	const isExecutable = await executableOf(target);
	const open = openDocument(target);
	const uri = open?.uri ?? vscode.Uri.file(target);
	const found = (file: FolderFile, bytes: Uint8Array | null, document: vscode.TextDocument | null = null): FoundFile => ({
		file,
		uri,
		document,
		isExecutable,
		hash: bytes === null ? null : createHash('sha256').update(bytes).digest('hex'),
	});
	// A repository may have links that lead out of it; what a worktree has below one of them does not belong there.
	if (await goesThroughLink(source, target)) return found({ type: 'refused', message: words.throughLink() }, null);
	const stat = await fs.stat(target).catch(() => null);
	if (stat !== null && stat.isFile() && stat.size > MAX_BYTES) return found({ type: 'refused', message: words.tooLarge() }, null);
	const bytes = stat?.isFile() === true ? await fs.readFile(target) : null;
	const isUnsaved = open?.isDirty === true;
	if (kind === 'binary' && bytes !== null && !isUnsaved) {
		return found({ type: 'bytes', isAlike: bytes.equals(await fs.readFile(made).catch(() => Buffer.from([]))) }, bytes);
	}
	const state = await readFileState(uri, open);
	switch (state.type) {
		case 'missing':
			return found({ type: 'missing' }, bytes);
		case 'notOpen':
			return found({ type: 'refused', message: words.tooLarge() }, bytes);
		case 'refused':
			return found({ type: 'refused', message: state.message }, bytes);
		case 'text':
			return found({ type: 'text', text: state.document.getText(), isUnsaved: state.document.isDirty }, bytes, state.document);
	}
}

async function goesThroughLink(source: string, target: string): Promise<boolean> {
	for (let at = target; at !== source && at !== path.dirname(at); at = path.dirname(at)) {
		const stat = await fs.lstat(at).catch(() => null);
		if (stat?.isSymbolicLink() === true) return true;
	}
	return false;
}

const EXECUTABLE = 0o111;

/** Whether a file may be run; null for none, for a link, and on Windows, where nothing of a file says so. */
export async function executableOf(file: string): Promise<boolean | null> {
	const stat = onWindows ? null : await fs.lstat(file).catch(() => null);
	return stat?.isFile() === true ? (stat.mode & EXECUTABLE) !== 0 : null;
}

/** Whoever may read it may run it, or nobody. A link is left alone. */
export async function setExecutable(file: string, executable: boolean): Promise<void> {
	if ((await executableOf(file)) === null) return;
	// What was put in its place since is not followed.
	const handle = await fs.open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
	try {
		const mode = (await handle.stat()).mode & 0o777;
		await handle.chmod(executable ? mode | ((mode & 0o444) >> 2) : mode & ~EXECUTABLE);
	} finally {
		await handle.close();
	}
}
