/** What side questions say to people. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const sideWords = {
	nothingYet: () => t('There is nothing to ask beside yet. Send a message first.'),
	notOffered: () => t('This server cannot answer side questions.'),
	serverLost: () => t('The Tiller server ended. Ask again.'),
	prompt: () => t('Ask beside the thread. The answer reads, never writes, and leaves nothing in it.'),
	title: () => t('Side Question'),
};
