/** What side questions say to people. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const sideWords = {
	nothingYet: () => t('This thread has no messages yet. Send one first.'),
	notOffered: () => t('This server cannot answer side questions.'),
	serverLost: () => t('The Tiller server ended. Ask again.'),
	prompt: () => t('The agent only reads, and the answer is not added to the thread.'),
	title: () => t('Side Question'),
};
