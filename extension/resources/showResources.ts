import * as vscode from 'vscode';
import type { ResourceRow } from '../../webview/channel/statusInfo.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import type { ResourceMeter } from './resourceMeter.ts';

/** Milliseconds between two looks. */
const INTERVAL_MS = 2000;

interface ResourceItem extends vscode.QuickPickItem {
	readonly row: ResourceRow;
}

const icons = {
	server: 'server-process',
	other: 'server-environment',
	indexer: 'database',
	command: 'terminal',
	extensionHost: 'extensions',
} as const;

/** A list of what our processes take, live while it is open; commands can be stopped from it. */
export async function showResources(client: Client, meter: ResourceMeter): Promise<void> {
	const pick = vscode.window.createQuickPick<ResourceItem>();
	const stopButton: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('debug-stop'), tooltip: words.stopCommand() };
	pick.title = words.resourcesTitle();
	pick.placeholder = words.resourcesPlaceholder();
	pick.matchOnDescription = true;
	pick.keepScrollPosition = true;
	pick.busy = true;
	let open = true;
	let timer: NodeJS.Timeout | undefined;
	const closed = new Promise<void>((resolve) => {
		pick.onDidHide(() => {
			open = false;
			clearTimeout(timer);
			pick.dispose();
			resolve();
		});
	});
	const look = async (): Promise<void> => {
		clearTimeout(timer);
		try {
			const { rows, serverTells } = await meter.read();
			if (!open) return;
			const active = keyOf(pick.activeItems[0]?.row);
			pick.items = rows.map((row) => toItem(row, stopButton));
			pick.activeItems = pick.items.filter(({ row }) => keyOf(row) === active);
			pick.placeholder = serverTells ? words.resourcesPlaceholder() : words.resourcesSilent();
		} catch (error) {
			if (open) pick.placeholder = error instanceof Error ? error.message : String(error);
		}
		if (!open) return;
		pick.busy = false;
		timer = setTimeout(() => void look(), INTERVAL_MS);
	};
	const stop = async (stopped: ResourceRow['stop'] | undefined): Promise<void> => {
		if (!stopped) return;
		try {
			await client.request('thread/backgroundTerminals/terminate', stopped);
		} catch (error) {
			void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
		}
		if (open) await look();
	};
	pick.onDidTriggerItemButton(({ item }) => void stop(item.row.stop));
	pick.onDidAccept(() => void stop(pick.selectedItems[0]?.row.stop));
	pick.show();
	void look();
	await closed;
}

function toItem(row: ResourceRow, stopButton: vscode.QuickInputButton): ResourceItem {
	const { kind, command, cpuPercent, memoryBytes, startedAtMs, stop } = row;
	const share = cpuPercent === null ? null : cpuPercent.toFixed(cpuPercent < 10 ? 1 : 0);
	const megabytes = Math.round(memoryBytes / 1024 / 1024).toLocaleString();
	const runs = startedAtMs === null ? '' : words.resourceRuns(Math.floor((Date.now() - startedAtMs) / 60_000));
	return {
		label: `$(${icons[kind]}) ${kind === 'command' ? (command ?? '') : words.resourceKind(kind)}`,
		description: words.resourceUse(share, megabytes),
		...(runs === '' ? {} : { detail: runs }),
		alwaysShow: true,
		buttons: stop === null ? [] : [stopButton],
		row,
	};
}

function keyOf(row: ResourceRow | undefined): string {
	return row === undefined ? '' : `${row.kind} ${row.stop?.threadId ?? ''} ${row.stop?.processId ?? ''}`;
}
