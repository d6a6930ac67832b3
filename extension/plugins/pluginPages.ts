import * as vscode from 'vscode';
import type { PluginDetail } from '../../server/protocol/integrations/plugin.ts';
import { nameOf, pluginMarkdown } from './pluginPage.ts';
import { pluginWords as words } from './pluginWords.ts';
import { readScreenshots } from './screenshots.ts';

const scheme = 'tiller-plugin';
const MAX_PAGES = 20;

/** Pages of plugins in the Markdown preview of VS Code. */
export class PluginPages implements vscode.Disposable {
	readonly #texts = new Map<string, string>();
	readonly #changed = new vscode.EventEmitter<vscode.Uri>();
	readonly #registration: vscode.Disposable;

	constructor() {
		this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
			onDidChange: this.#changed.event,
			provideTextDocumentContent: (uri) => this.#texts.get(uri.path) ?? '',
		});
	}

	dispose(): void {
		this.#registration.dispose();
		this.#changed.dispose();
	}

	/** `codexHome`: where installed plugins lie. */
	async show(detail: PluginDetail, codexHome: string): Promise<void> {
		const { id } = detail.summary;
		const uri = vscode.Uri.from({ scheme, path: `/${id}/${words.pageTitle(nameOf(detail.summary)).replaceAll('/', ' ')}.md` });
		this.#texts.delete(uri.path);
		this.#texts.set(uri.path, pluginMarkdown({ detail, screenshots: await readScreenshots(detail, codexHome) }, words));
		for (const old of [...this.#texts.keys()].slice(0, -MAX_PAGES)) this.#texts.delete(old);
		this.#changed.fire(uri);
		await vscode.commands.executeCommand('markdown.showPreview', uri);
	}
}
