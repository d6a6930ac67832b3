import * as vscode from 'vscode';
import type { Client } from '../server/client.ts';
import { pluginWords as words } from './pluginWords.ts';

/** What can be fetched takes its time. */
export function working<T>(title: string, work: () => Promise<T>): Thenable<T> {
	return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: words.working(title) }, work);
}

export async function addMarketplace(client: Client): Promise<void> {
	const source = await vscode.window.showInputBox({ title: words.add(), prompt: words.addPrompt(), ignoreFocusOut: true });
	if (source === undefined || source.trim() === '') return;
	const isFolder = /^[./~\\]|^[A-Za-z]:[\\/]/.test(source.trim());
	const refName = isFolder ? '' : await vscode.window.showInputBox({ title: words.add(), prompt: words.addRef(), ignoreFocusOut: true });
	if (refName === undefined) return;
	const { marketplaceName, alreadyAdded } = await working(words.add(), () =>
		client.request('marketplace/add', { source: source.trim(), refName: refName.trim() === '' ? null : refName.trim() }),
	);
	void vscode.window.showInformationMessage(alreadyAdded ? words.alreadyAdded(marketplaceName) : words.added(marketplaceName));
}

export async function upgradeMarketplaces(client: Client): Promise<void> {
	const { selectedMarketplaces, upgradedRoots, errors } = await working(words.upgrade(), () => client.request('marketplace/upgrade', {}));
	for (const { marketplaceName, message } of errors) void vscode.window.showErrorMessage(`${marketplaceName}: ${message}`);
	if (selectedMarketplaces.length === 0) void vscode.window.showInformationMessage(words.nothingToUpgrade());
	else if (upgradedRoots.length > 0) void vscode.window.showInformationMessage(words.upgraded(upgradedRoots.length));
}

/** `names`: those that a person added. The others belong to a folder. */
export async function removeMarketplace(client: Client, names: readonly string[]): Promise<void> {
	const name = await vscode.window.showQuickPick(names, { title: words.removeMarketplace() });
	if (name === undefined) return;
	const message = { modal: true, detail: words.removeMarketplaceDetail() };
	const answer = await vscode.window.showWarningMessage(words.removeMarketplaceQuestion(name), message, words.remove());
	if (answer === words.remove()) await client.request('marketplace/remove', { marketplaceName: name });
}
