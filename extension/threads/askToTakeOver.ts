import * as vscode from 'vscode';
import type { HolderElsewhere } from './takeOver.ts';
import { threadWords } from './threadWords.ts';

/** Only a person knows whether a server on another machine, or in a container that was made anew, is gone. */
export async function askToTakeOver({ host, since }: HolderElsewhere): Promise<boolean> {
	const detail = threadWords.takeOverDetail(new Date(since).toLocaleString(vscode.env.language));
	const clicked = await vscode.window.showWarningMessage(threadWords.takeOverQuestion(host), { modal: true, detail }, threadWords.takeOverButton());
	return clicked === threadWords.takeOverButton();
}
