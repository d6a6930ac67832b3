/** The extension's settings: their names, defaults and values as package.json declares them (a test holds the two equal). */
import * as vscode from 'vscode';
import type { ApprovalMode } from '../webview/channel/requests/settingsRequests.ts';
import { settingsTable } from './settingsTable.ts';
import type { SettingName, SettingValue } from './settingsTable.ts';

export function setting<N extends SettingName>(name: N): SettingValue<N> {
	const value: unknown = vscode.workspace.getConfiguration().get(name);
	const { defaultValue, accepts } = settingsTable[name];
	// A value of another type (settings.json takes anything) counts as not set.
	return (accepts(value) ? value : defaultValue) as SettingValue<N>;
}

export function onSettingChange(name: SettingName, run: () => void): vscode.Disposable {
	return vscode.workspace.onDidChangeConfiguration((event) => {
		if (event.affectsConfiguration(name)) run();
	});
}

export function defaultApprovalMode(): ApprovalMode {
	const mode = setting('tiller.approvals.mode');
	return mode === 'config' ? 'custom' : mode;
}
