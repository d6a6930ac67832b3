import * as vscode from 'vscode';
import { words } from '../words.ts';

/** The server is given up: what a person can do about it. */
export async function offerRestart(message: string): Promise<void> {
	const clicked = await vscode.window.showErrorMessage(message, words.restart(), words.openSettings(), words.showLog());
	if (clicked === words.openSettings()) await vscode.commands.executeCommand('tiller.openSettings');
	if (clicked === words.restart()) await vscode.commands.executeCommand('tiller.restartServer');
	if (clicked === words.showLog()) await vscode.commands.executeCommand('tiller.showLog');
}
