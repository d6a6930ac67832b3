import * as vscode from 'vscode';
import type { Client } from '../server/client.ts';
import { type TextPlace, wholeText } from './readThread.ts';
import { textWords } from './textWords.ts';

const scheme = 'tiller-item';

/** Whole texts of items that are too long to be shown elsewhere, as read-only documents. */
export class ItemDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
	readonly #ready: () => Promise<Client>;
	readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

	constructor(ready: () => Promise<Client>) {
		this.#ready = ready;
	}

	dispose(): void {
		this.#registration.dispose();
	}

	async show(place: TextPlace, name: string): Promise<void> {
		const uri = vscode.Uri.from({ scheme, path: `/${textWords.whole(name).replaceAll('/', ' ')}`, query: JSON.stringify(place) });
		// Read anew: what a running command printed meanwhile is in it.
		await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
	}

	async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
		try {
			const { threadId, turnId, itemId, pointer } = JSON.parse(uri.query) as TextPlace;
			return await wholeText(await this.#ready(), { threadId, turnId, itemId, pointer });
		} catch (error) {
			return textWords.gone(error instanceof Error ? error.message : String(error));
		}
	}
}
