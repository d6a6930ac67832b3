/** "Tiller: Show Effective Settings": each value, where it comes from, and where to change it. */
import * as vscode from 'vscode';
import type { Client } from '../server/client.ts';
import { settingsTable } from '../settingsTable.ts';
import { words } from '../words.ts';
import { type EditorSetting, settingGroups, type SettingPlace } from './settingRows.ts';

interface SettingItem extends vscode.QuickPickItem {
	readonly place?: SettingPlace | null;
}

/** `cwd`: the folder whose settings count; null for none. */
export async function showEffectiveSettings(client: Client, cwd: string | null): Promise<void> {
	const answer = await client.request('config/effective/read', { cwd });
	const groups = settingGroups(answer, editorSettings(), { t: vscode.l10n.t, shownPath: (path) => vscode.workspace.asRelativePath(path, false) });
	const items: readonly SettingItem[] =
		groups.length === 0
			? [{ label: words.nothingSet() }]
			: groups.flatMap(({ title, rows }) => [{ label: title, kind: vscode.QuickPickItemKind.Separator }, ...rows]);
	const picked = await vscode.window.showQuickPick(items, {
		title: words.effectiveTitle(),
		placeHolder: words.effectivePlaceholder(),
		matchOnDescription: true,
		matchOnDetail: true,
	});
	if (picked?.place) await openPlace(picked.place);
}

/** The settings of this extension that somebody set, in the scope that wins. */
function editorSettings(): readonly EditorSetting[] {
	const settings = vscode.workspace.getConfiguration();
	return Object.keys(settingsTable).flatMap((id): EditorSetting[] => {
		const found = settings.inspect(id);
		if (found?.workspaceFolderValue !== undefined) return [{ id, value: found.workspaceFolderValue, scope: 'folder' }];
		if (found?.workspaceValue !== undefined) return [{ id, value: found.workspaceValue, scope: 'workspace' }];
		return found?.globalValue === undefined ? [] : [{ id, value: found.globalValue, scope: 'user' }];
	});
}

async function openPlace(place: SettingPlace): Promise<void> {
	if (place.type === 'setting') {
		await vscode.commands.executeCommand('workbench.action.openSettings', `@id:${place.id}`);
		return;
	}
	const at = new vscode.Position(Math.max(0, (place.line ?? 1) - 1), 0);
	await vscode.window.showTextDocument(vscode.Uri.file(place.file), { selection: new vscode.Range(at, at) });
}
