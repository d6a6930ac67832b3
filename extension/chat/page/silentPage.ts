/** What a person can do while the page does not load: read, stop, answer and send without it. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const pageWords = {
	help: () => t('This page did not load. You can work without it:'),
	silent: () => t('The Tiller chat did not load. You can read threads, answer requests, and send messages without it. The log may show why.'),
	openText: () => t('Open Thread as Text'),
	answer: () => t('Answer Approvals'),
	send: () => t('Send Message'),
	stop: () => t('Stop'),
	log: () => t('Show Log'),
	again: () => t('Try Again'),
} as const;

/** The only commands that a link in the page may run. All of them only show or ask something, or stop. */
export const helpCommands = ['tiller.openThreadText', 'tiller.showApprovals', 'tiller.sendMessage', 'tiller.stop', 'tiller.showLog'] as const;

export function helpLinks(): readonly { readonly command: string; readonly label: string }[] {
	return [
		{ command: 'tiller.openThreadText', label: pageWords.openText() },
		{ command: 'tiller.showApprovals', label: pageWords.answer() },
		{ command: 'tiller.sendMessage', label: pageWords.send() },
		{ command: 'tiller.stop', label: pageWords.stop() },
		{ command: 'tiller.showLog', label: pageWords.log() },
	];
}

/** Tells a person of it, with ways to go on. */
export async function tellOfSilentPage(): Promise<void> {
	const clicked = await vscode.window.showWarningMessage(pageWords.silent(), pageWords.openText(), pageWords.again(), pageWords.log());
	if (clicked === pageWords.openText()) await vscode.commands.executeCommand('tiller.openThreadText');
	if (clicked === pageWords.again()) await vscode.commands.executeCommand('workbench.action.webview.reloadWebviewAction');
	if (clicked === pageWords.log()) await vscode.commands.executeCommand('tiller.showLog');
}
