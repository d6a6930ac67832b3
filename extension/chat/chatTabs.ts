import * as vscode from 'vscode';
import { panelPlace } from './chatPlace.ts';
import { threadOfTab } from './threadOfTab.ts';
import { KeptPage } from './page/keptPage.ts';
import type { ChatOptions, OpenChat } from './openChat.ts';

export const chatTabType = 'tiller.chatTab';

export interface ChatTabsOptions {
	readonly open: (options: ChatOptions) => OpenChat;
	readonly icon: { readonly light: vscode.Uri; readonly dark: vscode.Uri };
	/** The threads of the tabs, `''` for a new one. VS Code writes what a page keeps only when its window closes in an orderly way. */
	readonly memory: { read(): readonly string[]; write(threads: readonly string[]): void };
	/** Brings a new chat in step with the server, if there is one. */
	readonly opened: (chat: OpenChat) => void;
	/** One came into sight or went out of it. */
	readonly shownChanged: () => void;
}

/** Chats among the editors, each with a thread of its own. VS Code keeps where they are, also from window to window. */
export class ChatTabs implements vscode.WebviewPanelSerializer, vscode.Disposable {
	readonly #options: ChatTabsOptions;
	readonly #tabs = new Map<vscode.WebviewPanel, OpenChat>();
	/** Of tabs of the window before that have not been shown again. */
	#left: readonly string[];

	constructor(options: ChatTabsOptions) {
		this.#options = options;
		this.#left = options.memory.read();
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

	/** After a reload. The page has kept which thread it showed, and may be behind: then it is one that no other tab shows. */
	async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
		const { thread, left } = threadOfTab(threadOf(state), this.#left);
		this.#left = left;
		this.#attach(panel, thread);
	}

	#remember(): void {
		this.#options.memory.write([...this.all.map(({ active }) => active.id ?? ''), ...this.#left]);
	}

	dispose(): void {
		for (const chat of this.all) chat.dispose();
		this.#tabs.clear();
	}

	#attach(panel: vscode.WebviewPanel, threadId: string | null): OpenChat {
		const place = panelPlace(panel);
		const chat = this.#options.open({
			threadId,
			rememberThread: () => this.#remember(),
			kept: new KeptPage(null, () => {}),
			show: (how) => place.show(how),
			onSilence: () => {},
			// VS Code has a context key for the tab that the person is in.
			onFocus: () => {},
			onDidChangeVisibility: () => {
				chat.seen();
				this.#options.shownChanged();
			},
		});
		this.#tabs.set(panel, chat);
		panel.iconPath = this.#options.icon;
		panel.onDidDispose(() => {
			this.#tabs.delete(panel);
			chat.dispose();
			this.#remember();
		});
		chat.view.attach(place);
		this.#remember();
		this.#options.opened(chat);
		return chat;
	}
}

function threadOf(state: unknown): string | null {
	const isObject = typeof state === 'object' && state !== null;
	return isObject && 'thread' in state && typeof state.thread === 'string' && state.thread !== '' ? state.thread : null;
}
