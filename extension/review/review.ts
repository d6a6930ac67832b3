import path from 'node:path';
import * as vscode from 'vscode';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import { applyFileChanges } from '../edits/applyFileChanges.ts';
import type { Client } from '../server/client.ts';
import { canonicalPath, namesOf, realPath } from '../edits/fileIdentity.ts';
import { words } from '../words.ts';
import { workspaceRoots } from '../workspaceRoots.ts';
import { hunksOf } from './fileReview.ts';
import { ReviewActions, type UndoFailure } from './reviewActions.ts';
import { baseUri, liveText, ReviewDocuments } from './reviewDocuments.ts';
import { ReviewFollow } from './reviewFollow.ts';
import { ReviewLenses } from './reviewLenses.ts';
import { ReviewMarks } from './reviewMarks.ts';
import { Reviews } from './reviews.ts';
import { ReviewScm } from './reviewScm.ts';
import { ReviewSync } from './reviewSync.ts';

export interface ReviewOptions {
	/** Where the files of all windows are kept. */
	readonly globalFolder: vscode.Uri;
	/** Where the workspace's own files are kept; none in a window without a folder. */
	readonly workspaceFolder: vscode.Uri | undefined;
	readonly ready: () => Promise<Client>;
	readonly log: { error(message: string): void };
}

/** The review of what the agent changed: in the editors, in the view of source control, by commands. Never in the way of the agent. */
export class Review implements vscode.Disposable {
	readonly reviews: Reviews;
	readonly #actions: ReviewActions;
	readonly #failed: (error: unknown) => void;
	readonly #owned: readonly { dispose(): unknown }[];
	readonly #loaded: Promise<void>;

	constructor({ globalFolder, workspaceFolder, ready, log }: ReviewOptions) {
		this.#failed = (error) => log.error(`review: ${error instanceof Error ? error.message : String(error)}`);
		this.reviews = new Reviews({
			folder: workspaceFolder === undefined ? null : path.join(globalFolder.fsPath, 'reviews'),
			oldFile: workspaceFolder === undefined ? null : path.join(workspaceFolder.fsPath, 'review.json'),
			roots: () => workspaceRoots().map((root) => realPath(root.path)),
			nameOf: canonicalPath,
			realOf: realPath,
			failed: this.#failed,
			notKept: (error) => {
				this.#failed(error);
				void vscode.window.showWarningMessage(words.reviewsNotKept(error instanceof Error ? error.message : String(error)));
			},
		});
		this.#actions = new ReviewActions({ reviews: this.reviews, apply: applyFileChanges, ready, liveText });
		const documents = new ReviewDocuments(this.reviews);
		const follow = new ReviewFollow(this.reviews, this.#failed);
		this.#owned = [
			documents,
			follow,
			new ReviewLenses(this.reviews),
			new ReviewMarks(this.reviews),
			new ReviewScm(this.reviews, documents),
			this.reviews.onDidChange(() => this.#tellContext()),
			vscode.workspace.onDidChangeWorkspaceFolders(() => this.#lookAgain()),
			vscode.window.onDidChangeWindowState(({ focused }) => {
				if (focused) this.#lookAgain();
			}),
		];
		this.#loaded = this.reviews.load().then(() => follow.lookAtAll());
		this.#loaded.catch(this.#failed);
		this.#tellContext();
	}

	/** Follows what the agent changes, as long as a connection lasts. */
	connect(client: Client): { notice(notification: ServerNotification): void; catchUp(): void } {
		const sync = new ReviewSync({ client, reviews: this.reviews, failed: this.#failed });
		return {
			notice: (notification) => void this.#loaded.then(() => sync.notice(notification)).catch(this.#failed),
			catchUp: () => void this.#loaded.then(() => sync.catchUp()).catch(this.#failed),
		};
	}

	dispose(): void {
		for (const part of this.#owned) part.dispose();
		this.reviews.dispose();
	}

	async keepHunk(target: unknown, id: unknown): Promise<void> {
		const at = await this.#hunkAt(target, id);
		if (at) await this.#actions.keepHunk(at.file, at.id);
	}

	async undoHunk(target: unknown, id: unknown): Promise<void> {
		const at = await this.#hunkAt(target, id);
		if (at) this.#tell([await this.#actions.undoHunk(at.file, at.id)]);
	}

	async toggleReviewed(target: unknown, id: unknown): Promise<void> {
		const at = await this.#hunkAt(target, id);
		if (at) this.#actions.toggleReviewed(at.file, at.id);
	}

	keepFile(target: unknown): void {
		const file = fileOf(target);
		if (file !== null) this.#actions.keepFiles([file]);
	}

	async undoFile(target: unknown): Promise<void> {
		const file = fileOf(target);
		if (file !== null) this.#tell(await this.#actions.undoFiles([file]));
	}

	keepAll(): void {
		this.#actions.keepFiles(this.reviews.list().map((review) => review.path));
	}

	async undoAll(): Promise<void> {
		const files = this.reviews.list().map((review) => review.path);
		if (files.length === 0) return;
		const answer = await vscode.window.showWarningMessage(words.undoAllQuestion(files.length), { modal: true }, words.undoAll());
		if (answer === words.undoAll()) this.#tell(await this.#actions.undoFiles(files));
	}

	async compareFile(target: unknown): Promise<void> {
		const file = fileOf(target);
		if (file === null) return;
		await vscode.commands.executeCommand('vscode.diff', baseUri(file), vscode.Uri.file(file), words.diffTitle(path.basename(file)));
	}

	/** All open changes in one editor; of one thread when it is named. */
	async showChanges(threadId?: string): Promise<void> {
		const files = (threadId === undefined ? this.reviews.list() : this.reviews.of(threadId)).filter(({ opaque }) => !opaque);
		if (files.length === 0) {
			void vscode.window.showInformationMessage(words.nothingToReview());
			return;
		}
		const resources = files.map((review) => {
			const uri = vscode.Uri.file(review.path);
			return [uri, review.base === null ? undefined : baseUri(review.path), review.agent === null ? undefined : uri];
		});
		await vscode.commands.executeCommand('vscode.changes', words.reviewTitle(), resources);
	}

	/** Goes to the next (or previous) change that is not decided, also in another file. */
	async step(by: 1 | -1): Promise<void> {
		const places: { readonly file: string; readonly line: number }[] = [];
		for (const review of this.reviews.list()) {
			for (const hunk of hunksOf(review, (await liveText(review.path)) ?? '')) places.push({ file: review.path, line: hunk.live.start });
		}
		const editor = vscode.window.activeTextEditor;
		const at = { file: editor?.document.uri.fsPath ?? '', line: editor?.selection.active.line ?? -1 };
		const isAfter = (place: (typeof places)[number]) => place.file > at.file || (place.file === at.file && place.line > at.line);
		const isBefore = (place: (typeof places)[number]) => place.file < at.file || (place.file === at.file && place.line < at.line);
		const next = by === 1 ? (places.find(isAfter) ?? places[0]) : (places.findLast(isBefore) ?? places.at(-1));
		if (next === undefined) {
			void vscode.window.showInformationMessage(words.nothingToReview());
			return;
		}
		const position = new vscode.Position(next.line, 0);
		await vscode.window.showTextDocument(vscode.Uri.file(next.file), { selection: new vscode.Range(position, position) });
	}

	/** A hunk by what a lens hands over, or the one at the cursor. */
	async #hunkAt(target: unknown, id: unknown): Promise<{ readonly file: string; readonly id: string } | null> {
		const file = fileOf(target);
		if (file === null) return null;
		if (typeof id === 'string') return { file, id };
		const review = this.reviews.get(file);
		const line = vscode.window.activeTextEditor?.selection.active.line ?? 0;
		const hunks = review === null ? [] : hunksOf(review, (await liveText(file)) ?? '');
		const found = hunks.find(({ live }) => line >= live.start && line < Math.max(live.end, live.start + 1));
		if (found === undefined) void vscode.window.showInformationMessage(words.noHunkHere());
		return found === undefined ? null : { file, id: found.id };
	}

	#tell(failures: readonly (UndoFailure | null)[]): void {
		const lines = failures.flatMap((failure) => (failure === null ? [] : [`${vscode.workspace.asRelativePath(failure.path)}: ${failure.message}`]));
		if (lines.length > 0) void vscode.window.showWarningMessage(words.notUndone(lines.join('\n')));
	}

	#lookAgain(): void {
		try {
			this.reviews.lookAgain();
		} catch (error) {
			this.#failed(error);
		}
	}

	#tellContext(): void {
		const files = this.reviews.list().flatMap(({ path: file }) => namesOf(file));
		void vscode.commands.executeCommand('setContext', 'tiller.reviewFiles', files.length > 0 ? files : undefined);
	}
}

/** The file of a lens, of a row in the view of source control, or of the editor in front. */
function fileOf(target: unknown): string | null {
	if (target instanceof vscode.Uri) return target.fsPath;
	if (typeof target === 'object' && target !== null && 'resourceUri' in target && target.resourceUri instanceof vscode.Uri) {
		return target.resourceUri.fsPath;
	}
	const uri = vscode.window.activeTextEditor?.document.uri;
	return uri?.scheme === 'file' ? uri.fsPath : null;
}
