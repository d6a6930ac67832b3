/** Brings the changes of a worktree into the person's folder: one edit, which they look through before anything is written. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Worktree, WorktreeChange } from '../../server/protocol/host/worktree.ts';
import { normalize } from '../edits/mergeTexts.ts';
import { textEdits } from '../edits/textEdits.ts';
import type { ReadOnlyTexts } from '../readOnlyTexts.ts';
import type { Client } from '../server/client.ts';
import { decideChange } from './decideChange.ts';
import { executableOf, findFile, setExecutable } from './folderFile.ts';
import { isToDo, leftOut, pickChanges, type PlannedChange } from './pickChanges.ts';
import { worktreeName } from './worktreeList.ts';
import { worktreeWords as words } from './worktreeWords.ts';

/** How often it is planned anew because somebody typed in between. */
const MAX_ATTEMPTS = 5;

export async function applyWorktree(client: Client, worktree: Worktree, documents: ReadOnlyTexts): Promise<void> {
	const name = worktreeName(worktree);
	const { tree, changes } = await vscode.window.withProgress(
		{ location: vscode.ProgressLocation.Notification, title: words.comparing() },
		async () => await client.request('worktree/changes', { id: worktree.id }),
	);
	let planned = await plan(changes, worktree);
	if (planned.some(isToDo)) {
		const wanted = await pickChanges(planned, { name, documents });
		if (wanted === null) return;
		planned = await edit(planned, { worktree, wanted });
	}
	const there = (await Promise.all(planned.map(async (one) => ((await isThere(one)) ? [one] : [])))).flat();
	if (there.length > 0) {
		const files = there.map(({ change, decision, hash }) => ({
			path: change.path,
			// Where the folder had it already: what both began with, so that it counts as taken back when the person goes back to that.
			before: decision.type === 'there' ? hashOf(change.before) : hash,
		}));
		await client.request('worktree/applied', { id: worktree.id, tree, files });
	}
	await report(planned, { name, there });
}

async function plan(changes: readonly WorktreeChange[], worktree: Worktree): Promise<readonly PlannedChange[]> {
	const names = { live: words.myFolder(), other: worktreeName(worktree) };
	const found = await Promise.all(changes.map(async (change) => ({ change, ...(await findFile(change, worktree.source)) })));
	return await Promise.all(
		found.map(
			async (one) => await withContents({ ...one, decision: decideChange(one.change, one.file, { ...names, isExecutable: one.isExecutable }) }),
		),
	);
}

/** Makes those changes that the person wants, and gives all of them as they were planned last. */
async function edit(
	looked: readonly PlannedChange[],
	{ worktree, wanted }: { readonly worktree: Worktree; readonly wanted: ReadonlySet<string> },
): Promise<readonly PlannedChange[]> {
	const changes = looked.map(({ change }) => change);
	for (let attempt = 1; ; attempt++) {
		// Anew: the person may have typed while they looked, and does so while this is planned; then VS Code refuses the edit.
		const planned = await plan(changes, worktree);
		const chosen = planned.filter((one) => isToDo(one) && wanted.has(one.change.path) && !isWorse(one, looked));
		const wasClean = chosen.map(({ document }) => document?.isDirty !== true);
		const isAccepted = chosen.length === 0 || (await vscode.workspace.applyEdit(editOf(chosen)));
		if (!isAccepted) {
			if (attempt < MAX_ATTEMPTS) continue;
			throw new Error(words.editRefused());
		}
		await Promise.all(chosen.map(makeExecutable));
		await Promise.all(chosen.map(async (one, at) => wasClean[at] === true && one.decision.type === 'write' && (await save(one))));
		return planned;
	}
}

/** A conflict that was none when the person looked is not written unseen. */
function isWorse({ change, decision }: PlannedChange, looked: readonly PlannedChange[]): boolean {
	const before = looked.find((one) => one.change.path === change.path)?.decision;
	return decision.type === 'write' && decision.hasConflict && !(before?.type === 'write' && before.hasConflict);
}

async function save({ uri }: PlannedChange): Promise<void> {
	const document = await vscode.workspace.openTextDocument(uri);
	if (document.isDirty) await document.save();
}

/** One that cannot be made so is told of as not applied. */
async function makeExecutable({ change: { executable, target, status } }: PlannedChange): Promise<void> {
	if (executable !== null && status !== 'deleted') await setExecutable(target, executable).catch(() => {});
}

async function withContents(one: Omit<PlannedChange, 'contents'>): Promise<PlannedChange> {
	const { change, decision, uri } = one;
	if (decision.type === 'copy') return { ...one, contents: await fs.readFile(change.file) };
	if (decision.type === 'create') return { ...one, contents: await vscode.workspace.encode(change.after ?? '', { uri }) };
	return { ...one, contents: null };
}

function editOf(chosen: readonly PlannedChange[]): vscode.WorkspaceEdit {
	const all = new vscode.WorkspaceEdit();
	// Text first: where a file operation fails, no text is lost.
	for (const { decision, document, uri } of chosen) {
		if (decision.type === 'write' && document !== null) all.set(uri, textEdits(document, decision.text));
	}
	for (const { decision, uri, contents } of chosen) {
		if (contents !== null) all.createFile(uri, { overwrite: decision.type === 'copy', contents });
		if (decision.type === 'delete') all.deleteFile(uri, { recursive: false, ignoreIfNotExists: false });
	}
	return all;
}

/** Whether the folder has it now: the person may have left some of it out. */
async function isThere(one: PlannedChange): Promise<boolean> {
	const { executable, target, status } = one.change;
	const now = executable === null || status === 'deleted' ? null : await executableOf(target);
	return (now === null || now === executable) && (await hasContents(one));
}

async function hasContents({ change, decision, uri, contents }: PlannedChange): Promise<boolean> {
	switch (decision.type) {
		case 'there':
		case 'mode':
			return true;
		case 'refused':
		case 'unusable':
			return false;
		case 'delete':
			return !(await exists(change.target));
		case 'copy':
		case 'create': {
			const now = await fs.readFile(change.target).catch(() => null);
			return now !== null && contents !== null && now.equals(contents);
		}
		case 'write':
			return normalize((await vscode.workspace.openTextDocument(uri)).getText()) === normalize(decision.text);
	}
}

async function exists(file: string): Promise<boolean> {
	return (await fs.lstat(file).catch(() => null)) !== null;
}

function hashOf(text: string | null): string | null {
	return text === null ? null : createHash('sha256').update(text).digest('hex');
}

async function report(
	planned: readonly PlannedChange[],
	{ name, there }: { readonly name: string; readonly there: readonly PlannedChange[] },
): Promise<void> {
	const made = there.filter(({ decision }) => decision.type !== 'there');
	const left = planned.filter((one) => !there.includes(one));
	if (made.length === 0 && left.length === 0) return void vscode.window.showInformationMessage(words.nothingToApply(name));
	const conflicts = made.filter(({ decision }) => decision.type === 'write' && decision.hasConflict);
	const sentences = [
		made.length > 0 ? words.applied(made.length, name) : words.notApplied(name),
		...(conflicts.length > 0 ? [words.conflicts(conflicts.length)] : []),
		...(left.length > 0 ? [leftOut(left)] : []),
	];
	const [first] = conflicts;
	if (first !== undefined) await vscode.window.showTextDocument(first.uri, { preview: false });
	const show = conflicts.length + left.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
	void show(sentences.join(' '));
}
