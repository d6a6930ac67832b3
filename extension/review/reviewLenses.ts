import * as vscode from 'vscode';
import { words } from '../words.ts';
import { hunksOf, type ReviewHunk } from './fileReview.ts';
import type { Reviews } from './reviews.ts';

/** What stands above each change: Keep, Undo, Reviewed. */
export class ReviewLenses implements vscode.CodeLensProvider, vscode.Disposable {
	readonly #reviews: Reviews;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly onDidChangeCodeLenses = this.#changed.event;
	readonly #owned: vscode.Disposable[];

	constructor(reviews: Reviews) {
		this.#reviews = reviews;
		this.#owned = [
			this.#changed,
			vscode.languages.registerCodeLensProvider({ scheme: 'file' }, this),
			reviews.onDidChange(() => this.#changed.fire()),
		];
	}

	dispose(): void {
		for (const part of this.#owned) part.dispose();
	}

	provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
		const file = document.uri.fsPath;
		const review = this.#reviews.get(file);
		if (review === null) return [];
		const hunks = hunksOf(review, document.getText());
		const top = lens(0, words.reviewFile(hunks.length), 'tiller.reviewChanges', [document.uri]);
		const whole = [lens(0, words.keepFile(), 'tiller.keepFile', [document.uri]), lens(0, words.undoFile(), 'tiller.undoFile', [document.uri])];
		return [top, ...whole, ...hunks.flatMap((hunk) => lensesOf(document.uri, hunk, document.lineCount))];
	}
}

function lensesOf(uri: vscode.Uri, hunk: ReviewHunk, lineCount: number): readonly vscode.CodeLens[] {
	const line = Math.min(hunk.live.start, lineCount - 1);
	const at = [uri, hunk.id];
	const counts = words.hunkLines(hunk.added.length, hunk.removed.length);
	return [
		lens(line, words.keepHunk(counts), 'tiller.keepHunk', at),
		...(hunk.edited ? [] : [lens(line, words.undoHunk(), 'tiller.undoHunk', at)]),
		lens(line, hunk.reviewed ? words.reviewedHunk() : words.reviewHunk(), 'tiller.toggleReviewed', at),
		...(hunk.removed.length > 0 || hunk.edited ? [lens(line, words.compare(), 'tiller.compareFile', [uri])] : []),
	];
}

function lens(line: number, title: string, command: string, argv: readonly unknown[]): vscode.CodeLens {
	return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: [...argv] });
}
