import * as vscode from 'vscode';
import type { Worktree } from '../../server/protocol/host/worktree.ts';
import type { Client } from '../server/client.ts';
import { riskText } from './riskText.ts';
import { worktreeName } from './worktreeList.ts';
import { worktreeWords as words } from './worktreeWords.ts';

/** Removes a worktree at once when nothing is lost with it. Else the person is told what, and asked again when that has changed meanwhile. */
export async function removeWorktree(client: Client, worktree: Worktree): Promise<void> {
	const name = worktreeName(worktree);
	let agreed: { readonly confirmed?: string; readonly keepBranch?: boolean } = {};
	for (;;) {
		const { risk } = await client.request('worktree/remove', { id: worktree.id, ...agreed });
		if (risk === null) break;
		const mayKeep = risk.commits.length > 0 && !risk.detached;
		const answer = await vscode.window.showWarningMessage(
			words.removeQuestion(name),
			{ modal: true, detail: riskText(risk, words) },
			words.remove(),
			...(mayKeep ? [words.keepBranch()] : []),
		);
		if (answer === undefined) return;
		agreed = { confirmed: risk.token, keepBranch: answer === words.keepBranch() };
	}
	void vscode.window.showInformationMessage(words.removed(name));
}
