import * as vscode from 'vscode';

/** Where a chat is drawn: the view in a side bar or the panel, or a tab among the editors. */
export interface ChatPlace {
	readonly webview: vscode.Webview;
	readonly visible: boolean;
	setTitle(title: string): void;
	/** Brings it into sight. */
	show(options: { readonly preserveFocus: boolean }): Promise<void>;
	onDidChangeVisibility(listener: () => void): void;
	onDidDispose(listener: () => void): void;
}

export const chatViewId = 'tiller.chat';

/** The view is made by VS Code when it is shown for the first time. */
export async function showChatView({ preserveFocus }: { readonly preserveFocus: boolean }): Promise<void> {
	await vscode.commands.executeCommand(`${chatViewId}.focus`, { preserveFocus });
}

export function viewPlace(view: vscode.WebviewView): ChatPlace {
	return {
		webview: view.webview,
		get visible() {
			return view.visible;
		},
		setTitle: (title) => {
			view.title = title;
		},
		show: async ({ preserveFocus }) => {
			if (preserveFocus) view.show(true);
			else await showChatView({ preserveFocus });
		},
		onDidChangeVisibility: (listener) => view.onDidChangeVisibility(listener),
		onDidDispose: (listener) => view.onDidDispose(listener),
	};
}

export function panelPlace(panel: vscode.WebviewPanel): ChatPlace {
	let { visible } = panel;
	return {
		webview: panel.webview,
		get visible() {
			return panel.visible;
		},
		setTitle: (title) => {
			panel.title = title;
		},
		show: async ({ preserveFocus }) => panel.reveal(undefined, preserveFocus),
		onDidChangeVisibility: (listener) =>
			panel.onDidChangeViewState(() => {
				if (visible === panel.visible) return;
				({ visible } = panel);
				listener();
			}),
		onDidDispose: (listener) => panel.onDidDispose(listener),
	};
}
