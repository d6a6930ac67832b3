import path from 'node:path';
import * as vscode from 'vscode';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { Turn } from '../../server/protocol/thread/turn.ts';
import type { FoundItem } from '../../webview/channel/replies.ts';
import { findInTurns } from './findInTurns.ts';
import { ItemDocuments } from './itemDocuments.ts';
import { allTurns, newerTurns, type TextPlace } from './readThread.ts';
import { textWords } from './textWords.ts';
import { fileName, ThreadDocuments, type ThreadDocumentsOptions } from './threadDocuments.ts';

/** Threads as texts: to read in an editor, to search in, to take away. */
export class ThreadTexts implements vscode.Disposable {
	readonly #options: ThreadDocumentsOptions;
	readonly documents: ThreadDocuments;
	readonly #items: ItemDocuments;
	/** Of the thread that was searched last. */
	#searched: { readonly threadId: string; readonly turns: readonly Turn[] } | null = null;

	constructor(options: ThreadDocumentsOptions) {
		this.#options = options;
		this.documents = new ThreadDocuments(options);
		this.#items = new ItemDocuments(options.ready);
	}

	dispose(): void {
		this.documents.dispose();
		this.#items.dispose();
	}

	async show(thread: Thread | null): Promise<void> {
		if (thread !== null) await this.documents.show(thread);
	}

	async showWhole(place: TextPlace, name: string): Promise<void> {
		await this.#items.show(place, name);
	}

	/** The items of a thread that have these words, oldest first: of all that is stored, not of what is on the screen. */
	async find(threadId: string, query: string): Promise<readonly FoundItem[]> {
		const client = await this.#options.ready();
		const known = this.#searched;
		const turns = known?.threadId === threadId ? await newerTurns(client, threadId, known.turns) : await allTurns(client, threadId);
		this.#searched = { threadId, turns };
		return findInTurns(turns, query, textWords);
	}

	/** Writes a thread to a Markdown file that the person names. */
	async export(thread: Thread | null): Promise<void> {
		if (thread === null) return;
		const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(thread.cwd);
		const defaultUri = vscode.Uri.joinPath(folder, `${fileName(thread)}.md`);
		const target = await vscode.window.showSaveDialog({ defaultUri, filters: { [textWords.markdown()]: ['md'] } });
		if (target === undefined) return;
		await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(await this.documents.read(thread.id)));
		const clicked = await vscode.window.showInformationMessage(textWords.exported(path.basename(target.fsPath)), textWords.openFile());
		if (clicked === textWords.openFile()) await vscode.window.showTextDocument(target);
	}
}
