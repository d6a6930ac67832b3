import * as vscode from 'vscode';

const scheme = 'tiller-text';
/** So many are kept: those that a person can still have open from what was done last. */
const MAX_TEXTS = 4;

/** Texts that a person reads before something is done, as read-only documents. */
export class ReadOnlyTexts implements vscode.Disposable {
	readonly #texts = new Map<string, string>();
	readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
		provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? '',
	});
	#shown = 0;

	dispose(): void {
		this.#registration.dispose();
	}

	async show(name: string, text: string): Promise<void> {
		await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(this.#keep(`${name}.txt`, text)));
	}

	async showMarkdown(name: string, text: string): Promise<void> {
		await vscode.commands.executeCommand('markdown.showPreview', this.#keep(`${name}.md`, text));
	}

	/** Beside a file as it is; null: beside nothing. */
	async compare(
		file: vscode.Uri | null,
		{ name, text, title }: { readonly name: string; readonly text: string; readonly title: string },
	): Promise<void> {
		const left = file ?? this.#keep(name, '');
		await vscode.commands.executeCommand('vscode.diff', left, this.#keep(name, text), title, { preview: true, preserveFocus: true });
	}

	#keep(name: string, text: string): vscode.Uri {
		// An address of its own: VS Code reads no text twice.
		const uri = vscode.Uri.from({ scheme, path: `/${++this.#shown}/${name}` });
		this.#texts.set(uri.toString(), text);
		for (const old of [...this.#texts.keys()].slice(0, -MAX_TEXTS)) this.#texts.delete(old);
		return uri;
	}
}
