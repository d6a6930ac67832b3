/** How much a thread may do, as VS Code's own list. */
import * as vscode from 'vscode';
import type { ApprovalMode } from '../../../webview/channel/requests/settingsRequests.ts';
import type { PageSettings } from '../../../webview/channel/pageState.ts';
import { settingWords } from './settingWords.ts';

export interface PickerThread {
	readonly settings: PageSettings;
	setMode(mode: 'default' | 'plan'): void;
	setApprovalMode(mode: ApprovalMode): void;
}

interface Item extends vscode.QuickPickItem {
	readonly run?: () => unknown;
}

const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
const mark = (chosen: boolean): string => (chosen ? settingWords.current() : '');

/** Whether the agent acts or plans, and what it may do without asking. */
export async function pickPermissions(thread: PickerThread, notAllowed: ReadonlySet<ApprovalMode>): Promise<void> {
	const { settings } = thread;
	const mode = settings.mode ?? 'default';
	const modes: readonly ApprovalMode[] =
		settings.approvalMode === 'custom' ? ['readOnly', 'auto', 'fullAccess', 'custom'] : ['readOnly', 'auto', 'fullAccess'];
	const items: Item[] = [
		separator(settingWords.mode()),
		...(['default', 'plan'] as const).map((value) => ({
			label: `$(${value === 'plan' ? 'checklist' : 'play'}) ${settingWords.modes[value].name()}`,
			description: mark(value === mode),
			detail: settingWords.modes[value].detail(),
			run: () => thread.setMode(value),
		})),
		separator(settingWords.permissions()),
		...modes.map((value) => ({
			label: `$(${notAllowed.has(value) ? 'lock' : permissionIcons[value]}) ${settingWords.approvalModes[value].name()}`,
			description: mark(value === settings.approvalMode),
			detail: notAllowed.has(value) ? settingWords.notAllowed() : settingWords.approvalModes[value].detail(),
			run: () => (notAllowed.has(value) ? tellNotAllowed() : setApprovalMode(thread, value)),
		})),
	];
	await pick(items, settingWords.pickPermissions());
}

const permissionIcons: Readonly<Record<ApprovalMode, string>> = { readOnly: 'eye', auto: 'shield', fullAccess: 'unlock', custom: 'settings' };

async function tellNotAllowed(): Promise<void> {
	const show = settingWords.showEffectiveSettings();
	const clicked = await vscode.window.showInformationMessage(settingWords.notAllowed(), show);
	if (clicked === show) await vscode.commands.executeCommand('tiller.showEffectiveSettings');
}

/** Full access is turned on only by somebody who was told what it means. False when they thought better of it. */
export async function setApprovalMode(thread: PickerThread, mode: ApprovalMode): Promise<boolean> {
	if (mode === 'fullAccess' && thread.settings.approvalMode !== 'fullAccess') {
		const turnOn = settingWords.fullAccessTurnOn();
		const answer = await vscode.window.showWarningMessage(
			settingWords.fullAccessQuestion(),
			{ modal: true, detail: settingWords.fullAccessDetail() },
			turnOn,
		);
		if (answer !== turnOn) return false;
	}
	thread.setApprovalMode(mode);
	return true;
}

async function pick(items: readonly Item[], title: string): Promise<void> {
	const picked = await vscode.window.showQuickPick(items, { title, matchOnDetail: true });
	await picked?.run?.();
}
