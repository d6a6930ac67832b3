/** What a thread works with, and how much it may do, as VS Code's own lists. */
import * as vscode from 'vscode';
import type { Model } from '../../../server/protocol/account/model.ts';
import type { ApprovalMode } from '../../../webview/channel/requests/settingsRequests.ts';
import type { PageSettings } from '../../../webview/channel/pageState.ts';
import { settingWords } from './settingWords.ts';

export interface PickerThread {
	readonly settings: PageSettings;
	setModel(model: string, effort: string | null): void;
	setMode(mode: 'default' | 'plan'): void;
	setApprovalMode(mode: ApprovalMode): void;
}

export interface ModelPickerOptions {
	readonly thread: PickerThread;
	readonly models: readonly Model[];
}

/** They ask for a provider or an account. */
const otherWays = [
	{ label: settingWords.signIn(), detail: settingWords.signInDetail(), icon: 'key', command: 'tiller.signIn' },
	{ label: settingWords.editorModel(), detail: settingWords.editorModelDetail(), icon: 'vscode', command: 'tiller.useEditorModel' },
	{ label: settingWords.addProvider(), detail: settingWords.addProviderDetail(), icon: 'add', command: 'tiller.addProvider' },
	{ label: settingWords.local(), detail: settingWords.localDetail(), icon: 'device-desktop', command: 'tiller.useLocalModel' },
	{ label: settingWords.demo(), detail: settingWords.demoDetail(), icon: 'beaker', command: 'tiller.tryDemo' },
] as const;

interface Item extends vscode.QuickPickItem {
	readonly run?: () => unknown;
}

const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
const mark = (chosen: boolean): string => (chosen ? settingWords.current() : '');

/** One list: the models, then how much the chosen one reasons, then the ways to other models. */
export async function pickModel({ thread, models }: ModelPickerOptions): Promise<void> {
	const { settings } = thread;
	const current = models.find(({ model }) => model === settings.model);
	const offered = models.filter(({ hidden, model }) => !hidden || model === settings.model);
	const shown = current === undefined && settings.model !== '' ? [settings.model] : [];
	const efforts = current?.supportedReasoningEfforts ?? [];
	const effort = settings.effort ?? current?.defaultReasoningEffort ?? null;
	const items: Item[] = [
		separator(settingWords.model()),
		...shown.map((name) => ({ label: name, description: mark(true) })),
		...offered.map((model) => ({
			label: model.displayName,
			description: mark(model.model === settings.model),
			detail: model.description,
			run: () => thread.setModel(model.model, effortFor(model, settings.effort)),
		})),
		...(efforts.length < 2 ? [] : [separator(settingWords.effort())]),
		...(efforts.length < 2 ? [] : efforts).map(({ reasoningEffort, description }) => ({
			label: settingWords.effortName(reasoningEffort),
			description: mark(reasoningEffort === effort),
			detail: description,
			run: () => thread.setModel(settings.model, reasoningEffort),
		})),
		separator(settingWords.otherModels()),
		{ label: `$(edit) ${settingWords.modelByName()}`, run: () => nameModel(thread) },
		...otherWays.map(({ label, detail, icon, command }) => ({
			label: `$(${icon}) ${label}`,
			detail,
			run: () => vscode.commands.executeCommand(command),
		})),
	];
	await pick(items, settingWords.pickModel());
}

/** An effort that the model has: the one that was chosen where it knows it, else its own default. It is never raised by itself. */
function effortFor(model: Model, chosen: string | null): string | null {
	const has = (effort: string | null) => model.supportedReasoningEfforts.some(({ reasoningEffort }) => reasoningEffort === effort);
	if (has(chosen)) return chosen;
	return has(model.defaultReasoningEffort) ? model.defaultReasoningEffort : null;
}

async function nameModel(thread: PickerThread): Promise<void> {
	const name = await vscode.window.showInputBox({
		title: settingWords.pickModel(),
		prompt: settingWords.modelNamePrompt(),
		value: thread.settings.model,
	});
	if (name !== undefined && name.trim() !== '') thread.setModel(name.trim(), null);
}

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
