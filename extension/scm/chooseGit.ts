import * as vscode from 'vscode';
import type { GitChoice } from './gitChoices.ts';

/** A branch or commit from a list, typed where there is none; null when the person changed their mind. */
export async function chooseGit(choices: readonly GitChoice[], prompt: string): Promise<GitChoice | null> {
	if (choices.length > 0) {
		const items = choices.map((choice) => ({
			label: choice.title ?? choice.value,
			description: choice.title === null ? '' : choice.value.slice(0, 8),
			choice,
		}));
		return (await vscode.window.showQuickPick(items, { placeHolder: prompt, matchOnDescription: true }))?.choice ?? null;
	}
	const typed = await vscode.window.showInputBox({ prompt });
	return typed === undefined || typed.trim() === '' ? null : { value: typed.trim(), title: null };
}
