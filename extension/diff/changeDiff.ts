import path from 'node:path';
import * as vscode from 'vscode';
import type { FileUpdateChange } from '../../server/protocol/thread/item.ts';
import { words } from '../words.ts';
import { changeTexts } from './changeTexts.ts';

const scheme = 'tiller-change';
/** Documents that are no longer shown cost only their text; the oldest are dropped beyond this. */
const MAX_KEPT = 100;

/** Shows a change of the agent in VS Code's own diff editor: two read-only documents that are no file. */
export class ChangeDiff implements vscode.TextDocumentContentProvider, vscode.Disposable {
	readonly #texts = new Map<string, string>();
	readonly #changed = new vscode.EventEmitter<vscode.Uri>();
	readonly onDidChange = this.#changed.event;
	readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

	dispose(): void {
		this.#registration.dispose();
		this.#changed.dispose();
	}

	provideTextDocumentContent(uri: vscode.Uri): string {
		return this.#texts.get(uri.toString()) ?? '';
	}

	async show(itemId: string, change: FileUpdateChange): Promise<void> {
		const target = change.kind.type === 'update' && change.kind.move_path !== null ? change.kind.move_path : change.path;
		const texts = changeTexts(change, await currentText(vscode.Uri.file(target)));
		const left = this.#put({ itemId, file: change.path, side: 'before', text: texts.before });
		const right = this.#put({ itemId, file: target, side: 'after', text: texts.after });
		await vscode.commands.executeCommand('vscode.diff', left, right, words.diffTitle(path.basename(target)), { preview: true });
	}

	#put({ itemId, file, side, text }: { readonly itemId: string; readonly file: string; readonly side: string; readonly text: string }): vscode.Uri {
		const uri = vscode.Uri.from({ scheme, path: vscode.Uri.file(file).path, query: `${side}:${itemId}` });
		const key = uri.toString();
		this.#texts.delete(key);
		this.#texts.set(key, text);
		const [oldest] = this.#texts.keys();
		if (this.#texts.size > MAX_KEPT && oldest !== undefined) this.#texts.delete(oldest);
		this.#changed.fire(uri);
		return uri;
	}
}

async function currentText(uri: vscode.Uri): Promise<string | null> {
	try {
		return (await vscode.workspace.openTextDocument(uri)).getText();
	} catch {
		return null;
	}
}
