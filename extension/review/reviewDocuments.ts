import * as vscode from 'vscode';
import { openDocument } from '../edits/fileIdentity.ts';
import { isOnDisk } from '../edits/fileState.ts';
import { originalText } from './fileReview.ts';
import type { Reviews } from './reviews.ts';

const baseScheme = 'tiller-base';

/** The read-only document that a file's open changes are shown against. */
export function baseUri(file: string): vscode.Uri {
	return vscode.Uri.file(file).with({ scheme: baseScheme });
}

/** The text of a file as the person sees it; null when there is none. */
export async function liveText(file: string): Promise<string | null> {
	const uri = vscode.Uri.file(file);
	const open = openDocument(file);
	if (open) return open.getText();
	try {
		await vscode.workspace.fs.stat(uri);
		return (await vscode.workspace.openTextDocument(uri)).getText();
	} catch {
		return null;
	}
}

/** Whether what the person sees is not yet what is on disk: VS Code reads a file that changed a moment later. */
export async function isBehindDisk(file: string): Promise<boolean> {
	const open = openDocument(file);
	return open !== undefined && !open.isDirty && !(await isOnDisk(open));
}

/** Gives VS Code the texts from before the changes, for its diff editors and the marks beside the line numbers. */
export class ReviewDocuments implements vscode.TextDocumentContentProvider, vscode.QuickDiffProvider, vscode.Disposable {
	readonly #reviews: Reviews;
	readonly #changed = new vscode.EventEmitter<vscode.Uri>();
	readonly onDidChange = this.#changed.event;
	readonly #owned: vscode.Disposable[];

	constructor(reviews: Reviews) {
		this.#reviews = reviews;
		this.#owned = [
			this.#changed,
			vscode.workspace.registerTextDocumentContentProvider(baseScheme, this),
			reviews.onDidChange((files) => {
				for (const file of files) this.#changed.fire(baseUri(file));
			}),
			// What the person types is in both texts, so that only the agent's changes are marked.
			vscode.workspace.onDidChangeTextDocument(({ document }) => {
				if (document.uri.scheme === 'file' && reviews.get(document.uri.fsPath) !== null) this.#changed.fire(baseUri(document.uri.fsPath));
			}),
		];
	}

	dispose(): void {
		for (const part of this.#owned) part.dispose();
	}

	async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
		const file = uri.with({ scheme: 'file' }).fsPath;
		const live = await liveText(file);
		const review = this.#reviews.get(file);
		return review === null ? (live ?? '') : originalText(review, live ?? '');
	}

	provideOriginalResource(uri: vscode.Uri): vscode.Uri | undefined {
		const review = uri.scheme === 'file' ? this.#reviews.get(uri.fsPath) : null;
		return review === null || review.opaque ? undefined : baseUri(uri.fsPath);
	}
}
