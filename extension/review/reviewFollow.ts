import * as vscode from 'vscode';
import { isSettled } from './fileReview.ts';
import { isBehindDisk, liveText } from './reviewDocuments.ts';
import type { Reviews } from './reviews.ts';

const WAIT_MS = 150;

/** Ends the review of what is no longer in a file: taken back in the editor, by git or by another program. */
export class ReviewFollow implements vscode.Disposable {
	readonly #reviews: Reviews;
	readonly #failed: (error: unknown) => void;
	readonly #owned: readonly { dispose(): void }[];
	readonly #waiting = new Set<string>();
	#watcher: vscode.FileSystemWatcher | null = null;
	#timer: NodeJS.Timeout | null = null;

	constructor(reviews: Reviews, failed: (error: unknown) => void) {
		this.#reviews = reviews;
		this.#failed = failed;
		this.#owned = [vscode.workspace.onDidChangeTextDocument(({ document }) => this.#look(document.uri)), reviews.onDidChange(() => this.#watch())];
	}

	dispose(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#watcher?.dispose();
		for (const part of this.#owned) part.dispose();
	}

	/** Whatever was kept may have been decided while no window looked. */
	lookAtAll(): void {
		for (const { path } of this.#reviews.list()) this.#look(vscode.Uri.file(path));
		this.#watch();
	}

	/** Files are watched only as long as there is something to review. */
	#watch(): void {
		if (this.#reviews.list().length === 0) {
			this.#watcher?.dispose();
			this.#watcher = null;
			return;
		}
		if (this.#watcher !== null) return;
		const watcher = vscode.workspace.createFileSystemWatcher('**/*');
		for (const changed of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) changed((uri) => this.#look(uri));
		this.#watcher = watcher;
	}

	#look(uri: vscode.Uri): void {
		if (uri.scheme !== 'file' || this.#reviews.get(uri.fsPath) === null) return;
		this.#waiting.add(uri.fsPath);
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			const files = [...this.#waiting];
			this.#waiting.clear();
			Promise.all(files.map((file) => this.#settle(file))).catch(this.#failed);
		}, WAIT_MS);
	}

	async #settle(file: string): Promise<void> {
		const before = this.#reviews.get(file);
		const live = await liveText(file);
		// Another change of the agent, or a decision, came in the meantime.
		if (before === null || !isSettled(before, live)) return;
		// An editor that still shows the text from before the agent's change: its document will change, and is looked at then.
		if (!(await isBehindDisk(file))) this.#reviews.replace(before, null);
	}
}
