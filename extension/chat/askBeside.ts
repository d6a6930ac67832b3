import * as vscode from 'vscode';
import type { OpenChat } from './openChat.ts';
import { sideWords } from './sideWords.ts';

/** Asks the person for a question beside the thread of a chat, and shows the chat with it. */
export async function askBeside({ beside, view }: Pick<OpenChat, 'beside' | 'view'>): Promise<void> {
	const question = (await vscode.window.showInputBox({ title: sideWords.title(), prompt: sideWords.prompt(), ignoreFocusOut: true }))?.trim();
	if (question === undefined || question === '') return;
	beside.ask(question, [{ type: 'text', text: question, text_elements: [] }]);
	await view.focus();
}
