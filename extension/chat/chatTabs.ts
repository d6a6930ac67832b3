import * as vscode from 'vscode';
import { panelPlace } from './chatPlace.ts';
import { KeptPage } from './page/keptPage.ts';
import type { ChatOptions, OpenChat } from './openChat.ts';

export const chatTabType = 'tiller.chatTab';

export interface ChatTabsOptions {
	readonly open: (options: ChatOptions) => OpenChat;
	readonly icon: { readonly light: vscode.Uri; readonly dark: vscode.Uri };
	/** Brings a new chat in step with the server, if there is one. */
	readonly opened: (chat: OpenChat) => void;
}

/** Chats among the editors, each with a thread of its own. VS Code keeps where they are, also from window to window. */
export class ChatTabs implements vscode.WebviewPanelSerializer, vscode.Disposable {
	readonly #options: ChatTabsOptions;
	readonly #tabs = new Map<vscode.WebviewPanel, OpenChat>();

	constructor(options: ChatTabsOptions) {
		this.#options = options;
	}

	get all(): readonly OpenChat[] {
		return [...this.#tabs.values()];
	}

	/** The one that the person is in, or was in last. */
	get active(): OpenChat | null {
		return [...this.#tabs].find(([panel]) => panel.active)?.[1] ?? null;
	}

	/** Shows a thread in its tab, or in a new one; null for a new thread. */
	async open(threadId: string | null): Promise<void> {
		const shown = threadId === null ? undefined : this.all.find(({ active }) => active.id === threadId);
		const chat =
			shown ??
			this.#attach(
				vscode.window.createWebviewPanel(chatTabType, 'Tiller', vscode.ViewColumn.Active, { enableFindWidget: false, enableScripts: true }),
				threadId,
			);
		await chat.view.focus();
	}

	/** After a reload. The page has kept which thread it showed. */
	async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
		this.#attach(panel, threadOf(state));
	}

	dispose(): void {
		for (const chat of this.all) chat.dispose();
		this.#tabs.clear();
	}

	#attach(panel: vscode.WebviewPanel, threadId: string | null): OpenChat {
		const place = panelPlace(panel);
		const chat = this.#options.open({
			threadId,
			rememberThread: () => {},
			kept: new KeptPage(null, () => {}),
			show: (how) => place.show(how),
			onSilence: () => {},
			onDidChangeVisibility: () => chat.seen(),
		});
		this.#tabs.set(panel, chat);
		panel.iconPath = this.#options.icon;
		panel.onDidDispose(() => {
			this.#tabs.delete(panel);
			chat.dispose();
		});
		chat.view.attach(place);
		this.#options.opened(chat);
		return chat;
	}
}

function threadOf(state: unknown): string | null {
	const isObject = typeof state === 'object' && state !== null;
	return isObject && 'thread' in state && typeof state.thread === 'string' && state.thread !== '' ? state.thread : null;
}
