import * as vscode from 'vscode';
import type {
	FileChangeApplyParams,
	FileChangeApplyResponse,
	FileChangeReadUnsavedParams,
	FileChangeReadUnsavedResponse,
} from '../../server/protocol/approval/fileChangeApply.ts';
import { words } from '../words.ts';
import { applyFileChanges } from './applyFileChanges.ts';
import type { Conflicts } from './conflicts.ts';
import { openDocument } from './fileIdentity.ts';

/** Answers `item/fileChange/apply`: one patch after the other, conflicts noted for the page. */
export function applyRequests(conflicts: Conflicts): (params: FileChangeApplyParams) => Promise<FileChangeApplyResponse> {
	let last: Promise<unknown> = Promise.resolve();
	const apply = async ({ threadId, itemId, changes }: FileChangeApplyParams): Promise<FileChangeApplyResponse> => {
		if (!vscode.workspace.isTrusted) {
			return { results: changes.map(({ path }) => ({ path, status: 'failed', message: words.notTrusted(), content: null })) };
		}
		const results = await applyFileChanges(changes);
		for (const { path, status, message } of results) {
			if (status === 'conflict') conflicts.add(threadId, { itemId, path, message: message ?? '' });
			if (status === 'applied') conflicts.applied(path);
		}
		return { results: [...results] };
	};
	return (params) => {
		const result = last.then(() => apply(params));
		last = result.catch(() => {});
		return result;
	};
}

/** Answers `item/fileChange/readUnsaved`. */
export function readUnsaved({ paths }: FileChangeReadUnsavedParams): FileChangeReadUnsavedResponse {
	if (!vscode.workspace.isTrusted) return { files: [] };
	const files = paths.flatMap((path) => {
		const document = openDocument(path);
		return document?.isDirty === true ? [{ path, text: document.getText() }] : [];
	});
	return { files };
}
