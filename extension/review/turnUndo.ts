import path from 'node:path';
import * as vscode from 'vscode';
import type { Checkpoint, RestoredFile } from '../../server/protocol/thread/checkpoint.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { reasonOf } from './undoWords.ts';

export interface TurnUndoOptions {
	readonly activeThread: () => string | null;
	/** What a person said at the beginning of a turn; null when it is not known here. */
	readonly turnTitle: (turnId: string) => string | null;
}

type Scope = 'only' | 'andLater';

interface FileItem extends vscode.QuickPickItem {
	readonly file: RestoredFile;
}

const scheme = 'tiller-undo';
const doable: ReadonlySet<RestoredFile['outcome']> = new Set(['restored', 'merged']);

/** Takes the changes of a turn back, with a look at what would happen first; what was taken back can be brought again in the same way. */
export class TurnUndo implements vscode.TextDocumentContentProvider, vscode.Disposable {
	readonly #options: TurnUndoOptions;
	readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
	readonly #changed = new vscode.EventEmitter<vscode.Uri>();
	readonly onDidChange = this.#changed.event;
	#shownDiff = '';

	constructor(options: TurnUndoOptions) {
		this.#options = options;
	}

	dispose(): void {
		this.#registration.dispose();
		this.#changed.dispose();
	}

	provideTextDocumentContent(): string {
		return this.#shownDiff;
	}

	/** `checkpointId`: a turn, or null to pick one. */
	async undo(client: Client, checkpointId: string | null, threadId = this.#options.activeThread()): Promise<void> {
		if (threadId === null) {
			void vscode.window.showInformationMessage(words.noThread());
			return;
		}
		const { data } = await client.request('thread/checkpoint/list', { threadId });
		const steps = data.filter(({ files, uncovered }) => files.length > 0 || uncovered.length > 0);
		const picked = checkpointId === null ? await this.#pickStep(steps) : steps.find(({ id }) => id === checkpointId);
		// What is undone already is brought again by taking its undo back.
		const chosen = picked?.undone ? steps.findLast(({ of, undone }) => !undone && of.includes(picked.id)) : picked;
		if (chosen === undefined) {
			if (steps.length === 0 || checkpointId !== null) void vscode.window.showInformationMessage(words.nothingToUndo());
			return;
		}
		const scope = await pickScope(chosen, steps);
		if (scope === undefined) return;
		const notCovered = uncoveredNotes(scope === 'only' ? [chosen] : steps.slice(steps.indexOf(chosen)));
		const preview = await client.request('thread/checkpoint/restore', { threadId, checkpointId: chosen.id, scope, dryRun: true });
		if (preview.files.length === 0) return void vscode.window.showInformationMessage([words.nothingToUndo(), ...notCovered].join(' '));
		const paths = await this.#pickFiles(preview.files, { step: chosen, notCovered });
		if (paths === undefined || paths.length === 0) return;
		const done = await client.request('thread/checkpoint/restore', { threadId, checkpointId: chosen.id, scope, paths: [...paths] });
		await this.#tell(client, threadId, done);
	}

	async #tell(
		client: Client,
		threadId: string,
		done: { readonly checkpointId: string | null; readonly files: readonly RestoredFile[] },
	): Promise<void> {
		const bad = done.files.filter(({ outcome }) => !doable.has(outcome) && outcome !== 'unchanged');
		const unsaved = done.files.filter(({ outcome, message }) => doable.has(outcome) && message !== null);
		const lines = [...bad, ...unsaved].map((file) => `${vscode.workspace.asRelativePath(file.path)}: ${reasonOf(file) ?? outcomeWord(file)}`);
		const count = done.files.filter(({ outcome }) => doable.has(outcome)).length;
		const text = [words.undone(count), ...lines].join(' ');
		const { checkpointId } = done;
		const actions = checkpointId === null || count === 0 ? [] : [words.redo()];
		const clicked =
			lines.length > 0 ? await vscode.window.showWarningMessage(text, ...actions) : await vscode.window.showInformationMessage(text, ...actions);
		if (clicked === undefined || checkpointId === null) return;
		await this.#tell(client, threadId, await client.request('thread/checkpoint/restore', { threadId, checkpointId }));
	}

	async #pickStep(steps: readonly Checkpoint[]): Promise<Checkpoint | undefined> {
		const items = steps.toReversed().map((step) => ({
			label: step.kind === 'restore' ? words.undoneStep() : (this.#options.turnTitle(step.id) ?? words.turnAt(timeOf(step))),
			description: step.undone ? words.isUndone() : '',
			detail: [timeOf(step), step.files.map((file) => vscode.workspace.asRelativePath(file.path)).join(', ')].filter(Boolean).join(' · '),
			step,
		}));
		if (items.length === 0) return undefined;
		const picked = await vscode.window.showQuickPick(items, {
			title: words.undoTurnTitle(),
			placeHolder: words.undoTurnPlaceholder(),
			matchOnDetail: true,
		});
		return picked?.step;
	}

	/** The files with what would happen to each; the answer are those that were left ticked. */
	#pickFiles(
		files: readonly RestoredFile[],
		{ step, notCovered }: { readonly step: Checkpoint; readonly notCovered: readonly string[] },
	): Promise<readonly string[] | undefined> {
		const pick = vscode.window.createQuickPick<FileItem>();
		const showDiff: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('diff'), tooltip: words.showUndoDiff() };
		pick.title = step.kind === 'restore' ? words.redoFilesTitle() : words.undoFilesTitle();
		pick.placeholder = words.undoFilesPlaceholder();
		pick.prompt = notCovered.length > 0 ? notCovered.join(' ') : undefined;
		pick.canSelectMany = true;
		pick.ignoreFocusOut = true;
		pick.items = files.map((file) => ({
			label: vscode.workspace.asRelativePath(file.path),
			description: outcomeWord(file),
			detail: reasonOf(file) ?? '',
			buttons: file.diff ? [showDiff] : [],
			file,
		}));
		pick.selectedItems = pick.items.filter(({ file }) => doable.has(file.outcome));
		return new Promise((resolve) => {
			pick.onDidTriggerItemButton(({ item }) => void this.#showDiff(item.file));
			pick.onDidAccept(() => {
				resolve(pick.selectedItems.map(({ file }) => file.path));
				pick.hide();
			});
			pick.onDidHide(() => {
				resolve(undefined);
				pick.dispose();
			});
			pick.show();
		});
	}

	async #showDiff(file: RestoredFile): Promise<void> {
		const name = path.basename(file.path);
		this.#shownDiff = `--- ${name}\n+++ ${name}\n${file.diff ?? ''}`;
		const uri = vscode.Uri.from({ scheme, path: `/${name}.diff` });
		this.#changed.fire(uri);
		await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true, preserveFocus: true });
	}
}

function timeOf({ createdAt }: Checkpoint): string {
	return new Date(createdAt * 1000).toLocaleString();
}

/** What the steps may have changed that undo cannot take back. What a restore wrote is known to the last byte. */
function uncoveredNotes(steps: readonly Checkpoint[]): readonly string[] {
	if (steps.every(({ kind }) => kind === 'restore')) return [];
	const reasons = new Map(steps.flatMap(({ uncovered }) => uncovered.map(({ root, reason }) => [root, reason])));
	const folders = [...reasons].map(([root, reason]) => {
		const folder = vscode.workspace.asRelativePath(root);
		return reason === 'slow' ? words.undoTooSlow(folder) : words.undoTooLarge(folder);
	});
	return [...folders, words.undoCovers()];
}

function outcomeWord({ outcome, action }: RestoredFile): string {
	switch (outcome) {
		case 'restored':
			return action === 'delete' ? words.willBeDeleted() : action === 'create' ? words.willComeBack() : words.willBeAsBefore();
		case 'merged':
			return words.willBeMerged();
		case 'unchanged':
			return words.isAsBefore();
		case 'conflict':
			return words.staysConflict();
		case 'notKept':
			return words.staysNotKept();
		case 'failed':
			return words.undoFailed();
	}
}

/** Only asked when something came after it. */
async function pickScope(chosen: Checkpoint, steps: readonly Checkpoint[]): Promise<Scope | undefined> {
	const later = steps.slice(steps.indexOf(chosen) + 1).filter(({ kind, undone }) => kind === 'turn' && !undone);
	if (later.length === 0 || chosen.kind === 'restore') return 'only';
	const items: readonly (vscode.QuickPickItem & { readonly scope: Scope })[] = [
		{ label: words.scopeOnly(), detail: words.scopeOnlyDetail(), scope: 'only' },
		{ label: words.scopeAndLater(), detail: words.scopeAndLaterDetail(later.length), scope: 'andLater' },
	];
	return (await vscode.window.showQuickPick(items, { title: words.undoTurnTitle() }))?.scope;
}
