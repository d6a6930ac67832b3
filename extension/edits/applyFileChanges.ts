/**
 * Brings a patch of the agent into the workspace: one edit for all files, so that one undo takes it back.
 * The person's text always wins: what overlaps with it is reported and not written.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import type { FileChangeApplyChange, FileChangeApplyResult } from '../../server/protocol/approval/fileChangeApply.ts';
import { words } from '../words.ts';
import { canonicalEntry, canonicalPath, openDocument } from './fileIdentity.ts';
import { isOnDisk, readFileState } from './fileState.ts';
import type { FileState } from './fileState.ts';
import { mergeTexts, normalize } from './mergeTexts.ts';
import { textEdits } from './textEdits.ts';

/** What is there, read before anything is decided. */
interface Inspected {
	readonly change: FileChangeApplyChange;
	readonly uri: vscode.Uri;
	readonly state: FileState;
	readonly moveTo: vscode.Uri | null;
	readonly targetTaken: boolean;
	/** Of a new file, in the encoding that its folder's settings ask for. */
	readonly contents: Uint8Array | null;
}

/** What is to be done about one file, decided from its text at this moment. */
type Plan =
	| { readonly type: 'done'; readonly result: FileChangeApplyResult }
	| { readonly type: 'create'; readonly uri: vscode.Uri; readonly contents: Uint8Array }
	| { readonly type: 'delete'; readonly uri: vscode.Uri }
	| {
			readonly type: 'edit';
			readonly uri: vscode.Uri;
			readonly moveTo: vscode.Uri | null;
			readonly document: vscode.TextDocument;
			readonly wasDirty: boolean;
			/** What was there, and what comes there. */
			readonly before: string;
			readonly text: string;
	  };

/** How often a patch is planned anew because somebody typed in between. */
const MAX_ATTEMPTS = 20;

export async function applyFileChanges(changes: readonly FileChangeApplyChange[]): Promise<readonly FileChangeApplyResult[]> {
	for (let attempt = 1; ; attempt++) {
		const inspected = await Promise.all(changes.map(inspectSafely));
		// From here to the edit nothing is awaited: what is typed meanwhile makes VS Code refuse the edit, and it is planned anew.
		const plans = inspected.map((found) => ('status' in found ? { type: 'done' as const, result: found } : decide(found)));
		const edit = buildEdit(plans);
		const nothingToDo = edit.size === 0 && !hasFileOperations(plans);
		const accepted = nothingToDo || (await vscode.workspace.applyEdit(edit));
		if (accepted || attempt === MAX_ATTEMPTS || !(await nothingHappened(plans))) return await finishAll(changes, plans, accepted);
	}
}

async function inspectSafely(change: FileChangeApplyChange): Promise<Inspected | FileChangeApplyResult> {
	try {
		return await inspect(change);
	} catch (error) {
		return failed(change, error instanceof Error ? error.message : String(error));
	}
}

async function inspect(change: FileChangeApplyChange): Promise<Inspected | FileChangeApplyResult> {
	if (!path.isAbsolute(change.path)) return failed(change, words.notAbsolute());
	if (change.kind === 'move' && (change.movePath === null || !path.isAbsolute(change.movePath))) return failed(change, words.notAbsolute());
	const { uri, open } = placeOf(change);
	const state = await readFileState(uri, open);
	const moveTo =
		change.kind === 'move' && change.movePath !== null && change.movePath !== change.path ? vscode.Uri.file(canonicalEntry(change.movePath)) : null;
	const targetTaken = moveTo !== null && (await readFileState(moveTo)).type !== 'missing';
	const contents = state.type === 'missing' && change.after !== null ? await vscode.workspace.encode(change.after, { uri }) : null;
	return { change, uri, state, moveTo, targetTaken, contents };
}

/** A text goes where a link leads to, whatever name its editor has; what is removed or moved is the link itself. */
function placeOf({ path: file, kind }: FileChangeApplyChange): { readonly uri: vscode.Uri; readonly open: vscode.TextDocument | undefined } {
	const same = kind === 'delete' || kind === 'move' ? canonicalEntry : canonicalPath;
	const open = openDocument(file, same);
	return { open, uri: open?.uri ?? vscode.Uri.file(same(file)) };
}

function decide({ change, uri, state, moveTo, targetTaken, contents }: Inspected): Plan {
	const conflict = (message: string): Plan => ({ type: 'done', result: { path: change.path, status: 'conflict', message, content: null } });
	if (state.type === 'refused') return { type: 'done', result: failed(change, state.message) };
	if (state.type === 'notOpen') return { type: 'done', result: { path: change.path, status: 'notOpen', message: null, content: null } };
	if (state.type === 'missing') {
		if (change.kind === 'add' && contents !== null) return { type: 'create', uri, contents };
		return conflict(words.missing());
	}
	const { document } = state;
	const live = document.getText();
	if (change.kind === 'delete') {
		if (change.before !== null && normalize(live) === normalize(change.before) && !document.isDirty) return { type: 'delete', uri };
		return conflict(words.deletedChanged());
	}
	if (change.after === null) return { type: 'done', result: failed(change, words.editRefused()) };
	if (change.before === null && normalize(live) !== normalize(change.after)) return conflict(words.existsAlready());
	if (moveTo !== null && targetTaken) return conflict(words.targetExists(moveTo.fsPath));
	const merged = mergeTexts(change.before ?? live, live, change.after);
	if (merged.type === 'conflict') return conflict(words.conflict(merged.liveLine));
	return { type: 'edit', uri, moveTo, document, wasDirty: document.isDirty, before: live, text: merged.text };
}

function hasFileOperations(plans: readonly Plan[]): boolean {
	return plans.some((plan) => plan.type === 'create' || plan.type === 'delete' || (plan.type === 'edit' && plan.moveTo !== null));
}

function buildEdit(plans: readonly Plan[]): vscode.WorkspaceEdit {
	const edit = new vscode.WorkspaceEdit();
	// Text first: an edit with file operations is carried out in order, and a failure then leaves no file without its text.
	for (const plan of plans) {
		if (plan.type !== 'edit' || plan.moveTo !== null) continue;
		const edits = textEdits(plan.document, plan.text);
		if (edits.length > 0) edit.set(plan.uri, edits);
	}
	for (const plan of plans) {
		if (plan.type === 'create') {
			edit.createFile(plan.uri, { overwrite: false, ignoreIfExists: false, contents: plan.contents });
		}
		if (plan.type === 'delete') edit.deleteFile(plan.uri, { recursive: false, ignoreIfNotExists: false });
		if (plan.type === 'edit' && plan.moveTo !== null) {
			edit.renameFile(plan.uri, plan.moveTo, { overwrite: false, ignoreIfExists: false });
			for (const { range, newText } of textEdits(plan.document, plan.text)) edit.replace(plan.moveTo, range, newText);
		}
	}
	return edit;
}

/** Whether a refused edit left everything as it was, so that it may be tried again. */
async function nothingHappened(plans: readonly Plan[]): Promise<boolean> {
	for (const plan of plans) {
		if (plan.type === 'create' && (await readFileState(plan.uri)).type !== 'missing') return false;
		if (plan.type === 'delete' && (await readFileState(plan.uri)).type === 'missing') return false;
		if (plan.type === 'edit' && plan.moveTo !== null && (await readFileState(plan.moveTo)).type !== 'missing') return false;
	}
	return true;
}

async function finishAll(
	changes: readonly FileChangeApplyChange[],
	plans: readonly Plan[],
	accepted: boolean,
): Promise<readonly FileChangeApplyResult[]> {
	// All at once: VS Code opens a tab for each file that stays unsaved for the better part of a second.
	const results = changes.map(async (change, index): Promise<readonly FileChangeApplyResult[]> => {
		const plan = plans[index];
		if (plan === undefined) return [];
		try {
			return [await finish(change, plan, accepted)];
		} catch (error) {
			return [failed(change, error instanceof Error ? error.message : String(error))];
		}
	});
	return (await Promise.all(results)).flat();
}

/** Saves what was clean before, and reports what is really there. */
async function finish(change: FileChangeApplyChange, plan: Plan, accepted: boolean): Promise<FileChangeApplyResult> {
	if (plan.type === 'done') return plan.result;
	const state = await readFileState(plan.type === 'edit' && plan.moveTo !== null ? plan.moveTo : plan.uri);
	if (plan.type === 'delete') return state.type === 'missing' ? applied(change) : failed(change, words.editRefused());
	if (state.type !== 'text') return failed(change, state.type === 'refused' ? state.message : words.editRefused());
	const { document } = state;
	if (!accepted && !contains(document.getText(), change)) return failed(change, words.changedMeanwhile());
	const keepUnsaved = plan.type === 'edit' && plan.wasDirty;
	const unsaved = normalize(document.getText());
	if (document.isDirty && !keepUnsaved) await document.save();
	const text = document.getText();
	const differs = change.after === null || normalize(text) !== normalize(change.after);
	if (keepUnsaved && document.isDirty) return applied(change, { content: text, message: words.keptUnsaved() });
	// Not `isDirty`: the document of a read-only file is never unsaved, whatever is in it.
	if (!(await isOnDisk(document))) return await notWritten(change, plan, document);
	const changedBySave = differs && change.after !== null && unsaved === normalize(change.after);
	return applied(change, { content: differs ? text : null, changedBySave });
}

/** VS Code did not bring the text into the file. It does not stay in the editor either, where it would look as if it were there. */
async function notWritten(change: FileChangeApplyChange, plan: Plan, document: vscode.TextDocument): Promise<FileChangeApplyResult> {
	if (plan.type === 'edit' && plan.moveTo === null && normalize(document.getText()) === plan.text) {
		const back = new vscode.WorkspaceEdit();
		back.set(document.uri, textEdits(document, plan.before));
		await vscode.workspace.applyEdit(back);
		if (document.isDirty && normalize(document.getText()) === normalize(plan.before)) await document.save();
	}
	return failed(change, words.notSaved());
}

/** Whether a text has a change already: bringing it in once more alters nothing. */
function contains(live: string, { before, after }: FileChangeApplyChange): boolean {
	if (after === null) return false;
	const merged = mergeTexts(before ?? '', live, after);
	return merged.type === 'merged' && merged.text === normalize(live);
}

function applied(
	change: FileChangeApplyChange,
	{ content = null, message = null, changedBySave = false }: { content?: string | null; message?: string | null; changedBySave?: boolean } = {},
): FileChangeApplyResult {
	return { path: change.path, status: 'applied', message, content, ...(changedBySave ? { changedBySave } : {}) };
}

function failed(change: FileChangeApplyChange, message: string): FileChangeApplyResult {
	return { path: change.path, status: 'failed', message, content: null };
}
