import * as vscode from 'vscode';
import { canonicalPath } from '../edits/fileIdentity.ts';
import { words } from '../words.ts';
import { hunksOf, type ReviewHunk } from './fileReview.ts';
import type { Reviews } from './reviews.ts';

/** Colours the lines that the agent changed, in every editor that shows them. */
export class ReviewMarks implements vscode.Disposable {
	readonly #reviews: Reviews;
	readonly #open = vscode.window.createTextEditorDecorationType({
		isWholeLine: true,
		backgroundColor: new vscode.ThemeColor('diffEditor.insertedLineBackground'),
		overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.addedForeground'),
		overviewRulerLane: vscode.OverviewRulerLane.Full,
	});
	/** Looked at and not decided: only a thin mark is left. */
	readonly #reviewed = vscode.window.createTextEditorDecorationType({
		isWholeLine: true,
		borderWidth: '0 0 0 2px',
		borderStyle: 'solid',
		borderColor: new vscode.ThemeColor('editorOverviewRuler.addedForeground'),
	});
	readonly #removed = vscode.window.createTextEditorDecorationType({
		overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.deletedForeground'),
		overviewRulerLane: vscode.OverviewRulerLane.Full,
	});
	readonly #owned: vscode.Disposable[];

	constructor(reviews: Reviews) {
		this.#reviews = reviews;
		this.#owned = [
			this.#open,
			this.#reviewed,
			this.#removed,
			vscode.window.onDidChangeVisibleTextEditors((editors) => editors.forEach((editor) => this.#draw(editor))),
			vscode.workspace.onDidChangeTextDocument(({ document }) => this.#drawAll((editor) => editor.document === document)),
			reviews.onDidChange((files) => this.#drawAll((editor) => files.includes(canonicalPath(editor.document.uri.fsPath)))),
		];
		this.#drawAll(() => true);
	}

	dispose(): void {
		for (const part of this.#owned) part.dispose();
	}

	#drawAll(which: (editor: vscode.TextEditor) => boolean): void {
		for (const editor of vscode.window.visibleTextEditors) if (which(editor)) this.#draw(editor);
	}

	#draw(editor: vscode.TextEditor): void {
		const { document } = editor;
		if (document.uri.scheme !== 'file') return;
		const review = this.#reviews.get(document.uri.fsPath);
		const hunks = review === null ? [] : hunksOf(review, document.getText());
		const lines = (which: (hunk: ReviewHunk) => boolean) => hunks.filter((hunk) => which(hunk) && hunk.live.end > hunk.live.start).map(rangeOf);
		editor.setDecorations(
			this.#open,
			lines((hunk) => !hunk.reviewed),
		);
		editor.setDecorations(
			this.#reviewed,
			lines((hunk) => hunk.reviewed),
		);
		editor.setDecorations(
			this.#removed,
			hunks.filter(({ live }) => live.start === live.end).map((hunk) => removedMark(document, hunk)),
		);
	}
}

function rangeOf({ live }: ReviewHunk): vscode.Range {
	return new vscode.Range(live.start, 0, live.end - 1, 0);
}

/** Lines that are gone have no place of their own: the line before them says so. */
function removedMark(document: vscode.TextDocument, { live, removed }: ReviewHunk): vscode.DecorationOptions {
	const line = document.lineAt(Math.min(Math.max(live.start - 1, 0), document.lineCount - 1));
	const contentText = `  ${words.removedLines(removed.length)}`;
	const hoverMessage = new vscode.MarkdownString().appendCodeblock(removed.join('\n'), document.languageId);
	return {
		range: new vscode.Range(line.range.end, line.range.end),
		hoverMessage,
		renderOptions: { after: { contentText, color: new vscode.ThemeColor('editorCodeLens.foreground') } },
	};
}
