/** "Tiller: Hooks": where each comes from and whether it runs, and the decisions about it. */
import * as vscode from 'vscode';
import type { HookMetadata } from '../../server/protocol/integrations/hook.ts';
import { visibleText } from '../../server/protocol/approval/visibleText.ts';
import type { Client } from '../server/client.ts';
import { hookWords as words } from './hookWords.ts';
import { eventTitle, inOrder, lineOfHook, stateKey, waitsForTrust } from './hookRows.ts';

export interface HookListOptions {
	/** The folders whose hooks apply. */
	readonly folders: () => readonly string[];
}

export interface ListedHooks {
	readonly hooks: readonly HookMetadata[];
	/** Files that cannot be used, for people. */
	readonly problems: readonly string[];
}

/** Runs nothing. */
export async function readHooks(client: Client, folders: readonly string[]): Promise<ListedHooks> {
	const { data } = await client.request('hooks/list', { cwds: [...folders] });
	const problems = data.flatMap(({ warnings, errors }) => [...errors.map(({ path, message }) => `${path}: ${message}`), ...warnings]);
	return { hooks: inOrder(data.flatMap(({ hooks }) => hooks)), problems: [...new Set(problems)] };
}

interface Row extends vscode.QuickPickItem {
	readonly run?: () => Promise<unknown>;
}

/** Shows the list until the person is done with it. */
export async function showHooks(client: Client, options: HookListOptions): Promise<void> {
	for (;;) {
		const listed = await readHooks(client, options.folders());
		const row = await vscode.window.showQuickPick<Row>(rowsOf(client, listed), {
			title: words.title(),
			placeHolder: words.placeholder(),
			matchOnDescription: true,
			matchOnDetail: true,
		});
		if (row?.run === undefined) return;
		const goOn = await row.run();
		if (goOn === 'done') return;
	}
}

function rowsOf(client: Client, { hooks, problems }: ListedHooks): readonly Row[] {
	if (hooks.length === 0 && problems.length === 0) return [{ label: words.none(), detail: words.noneDetail() }];
	return [
		...hooks.map(
			(hook): Row => ({
				label: `$(${iconOf(hook)}) ${titleOf(hook)}`,
				description: [words.source(hook.source), words.state(hook.trustStatus), ...(hook.enabled ? [] : [words.off()])].filter(Boolean).join(' · '),
				detail: visibleText(hook.command ?? '', { code: true }),
				run: () => decide(client, hook, hooks),
			}),
		),
		...problems.map((problem): Row => ({ label: `$(warning) ${problem}` })),
	];
}

const iconOf = (hook: HookMetadata): string => {
	if (!hook.enabled) return 'circle-slash';
	if (hook.isManaged) return 'lock';
	return waitsForTrust(hook) ? 'shield' : 'symbol-event';
};

const titleOf = ({ eventName, matcher }: HookMetadata): string => `${eventTitle(eventName)}${matcher === null ? '' : ` (${visibleText(matcher)})`}`;

/** What can be done with one hook. An administrator's hook can only be looked at. */
async function decide(client: Client, hook: HookMetadata, all: readonly HookMetadata[]): Promise<unknown> {
	const write = (member: 'trusted_hash' | 'enabled', value: string | boolean | null) =>
		client.request('config/value/write', { keyPath: stateKey(hook, member), value, mergeStrategy: 'replace' });
	const isTrusted = hook.trustStatus === 'trusted';
	const own: readonly Row[] = hook.isManaged
		? []
		: [
				isTrusted
					? { label: `$(shield) ${words.distrust()}`, detail: words.distrustDetail(), run: () => write('trusted_hash', null) }
					: { label: `$(pass) ${words.trust()}`, run: () => trust(client, hook) },
				hook.enabled
					? { label: `$(circle-slash) ${words.switchOff()}`, run: () => write('enabled', false) }
					: { label: `$(play) ${words.switchOn()}`, run: () => write('enabled', null) },
			];
	const rows: readonly Row[] = [
		...own,
		{
			label: `$(go-to-file) ${words.open()}`,
			description: vscode.workspace.asRelativePath(hook.sourcePath),
			run: async () => {
				await openHook(hook, all);
				return 'done';
			},
		},
	];
	const row = await vscode.window.showQuickPick(rows, { title: titleOf(hook), placeHolder: visibleText(hook.command ?? '', { code: true }) });
	return row?.run?.();
}

/** Trust is for the text that the person has before their eyes: its hash is written. */
async function trust(client: Client, hook: HookMetadata): Promise<void> {
	const { command, eventName, matcher, sourcePath, pluginId, trustStatus, currentHash } = hook;
	const detail = [
		...(trustStatus === 'modified' ? [words.trustAgain(), ''] : []),
		visibleText(command ?? '', { code: true }),
		'',
		words.runsAt(eventTitle(eventName), matcher === null ? null : visibleText(matcher)),
		pluginId === null ? words.definedIn(sourcePath) : words.ofPlugin(pluginId),
		'',
		words.trustDetail(),
	].join('\n');
	const answer = await vscode.window.showWarningMessage(words.trustQuestion(), { modal: true, detail }, words.trust());
	if (answer !== words.trust()) return;
	await client.request('config/value/write', { keyPath: stateKey(hook, 'trusted_hash'), value: currentHash, mergeStrategy: 'replace' });
}

async function openHook(hook: HookMetadata, all: readonly HookMetadata[]): Promise<void> {
	const uri = vscode.Uri.file(hook.sourcePath);
	const { type } = await vscode.workspace.fs.stat(uri);
	if ((type & vscode.FileType.Directory) !== 0) {
		await vscode.commands.executeCommand('revealFileInOS', uri);
		return;
	}
	const document = await vscode.workspace.openTextDocument(uri);
	const at = new vscode.Position(lineOfHook(document.getText(), hook, all), 0);
	await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}
