/** "Tiller: Saved Approvals…": what was allowed for more than one time, and taking it back. */
import * as vscode from 'vscode';
import type { SavedApproval } from '../../server/protocol/approval/savedApproval.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { savedApprovalText } from './savedApprovalTexts.ts';

export interface SavedApprovalsOptions {
	readonly folder: string | null;
	readonly threadTitle: (threadId: string) => string;
}

interface ApprovalItem extends vscode.QuickPickItem {
	readonly approval?: SavedApproval;
}

const kinds: readonly SavedApproval['kind'][] = ['rule', 'command', 'files', 'permissions', 'host', 'mcpTool', 'mcpServer', 'trust'];

/** Lists until the person is done; a button, or Enter and a second look, takes one back. */
export async function showSavedApprovals(client: Client, options: SavedApprovalsOptions): Promise<void> {
	const cwd = options.folder;
	const pick = vscode.window.createQuickPick<ApprovalItem>();
	pick.title = words.savedTitle();
	pick.placeholder = words.savedPlaceholder();
	pick.matchOnDescription = true;
	pick.matchOnDetail = true;
	const revokeButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: words.revoke() };
	const openButton = { iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: words.openRuleFile() };
	const auditButton = { iconPath: new vscode.ThemeIcon('history'), tooltip: words.openAudit() };
	pick.buttons = [auditButton];
	let auditFile = '';
	/** The question hides the list, which comes back after it. */
	let confirming = false;

	const load = async () => {
		pick.busy = true;
		try {
			const answer = await client.request('approval/list', { cwd });
			auditFile = answer.auditFile;
			pick.items = itemsOf(answer.data, { ...options, revokeButton, openButton });
		} finally {
			pick.busy = false;
		}
	};
	const revoke = async (approval: SavedApproval) => {
		await client.request('approval/revoke', { id: approval.id, cwd });
		await load();
	};
	const failed = (error: unknown) =>
		void vscode.window.showErrorMessage(words.failed(words.savedTitle(), error instanceof Error ? error.message : String(error)));
	const changes = client.onNotification(({ method }) => {
		if (method === 'approval/changed') void load().catch(failed);
	});

	await new Promise<void>((done) => {
		pick.onDidTriggerItemButton(({ item, button }) => {
			if (item.approval === undefined) return;
			if (button === revokeButton) void revoke(item.approval).catch(failed);
			else void openFile(item.approval).catch(failed);
		});
		pick.onDidTriggerButton(() => void openAudit(auditFile));
		pick.onDidAccept(() => {
			const approval = pick.selectedItems[0]?.approval;
			if (approval === undefined) return;
			confirming = true;
			void confirmRevoke(approval, options)
				.then((sure) => (sure ? revoke(approval) : undefined))
				.catch(failed)
				.finally(() => {
					confirming = false;
					pick.show();
				});
		});
		pick.onDidHide(() => {
			if (!confirming) done();
		});
		pick.show();
		load().catch((error: unknown) => {
			pick.hide();
			failed(error);
		});
	});
	changes.dispose();
	pick.dispose();
}

interface ItemParts extends SavedApprovalsOptions {
	readonly revokeButton: vscode.QuickInputButton;
	readonly openButton: vscode.QuickInputButton;
}

function itemsOf(data: readonly SavedApproval[], parts: ItemParts): readonly ApprovalItem[] {
	if (data.length === 0) return [{ label: words.nothingSaved() }];
	return kinds.flatMap((kind) => {
		const ofKind = data.filter((approval) => approval.kind === kind);
		if (ofKind.length === 0) return [];
		return [
			{ label: words.savedKind(kind), kind: vscode.QuickPickItemKind.Separator },
			...ofKind.map((approval) => ({
				...textOf(approval, parts),
				approval,
				buttons: approval.file === null ? [parts.revokeButton] : [parts.openButton, parts.revokeButton],
			})),
		];
	});
}

function textOf(approval: SavedApproval, { threadTitle }: SavedApprovalsOptions) {
	return savedApprovalText(approval, {
		t: vscode.l10n.t,
		threadTitle,
		shownPath: (path) => vscode.workspace.asRelativePath(path, false),
		shownTime: (unixMs) => new Date(unixMs).toLocaleString(vscode.env.language),
	});
}

async function confirmRevoke(approval: SavedApproval, options: SavedApprovalsOptions): Promise<boolean> {
	const { label, description, detail } = textOf(approval, options);
	const message = { modal: true, detail: [description, detail].filter((text) => text !== '').join('\n') };
	return (await vscode.window.showWarningMessage(words.revokeQuestion(label), message, words.revoke())) === words.revoke();
}

async function openFile({ file, line }: SavedApproval): Promise<void> {
	if (file === null) return;
	const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
	await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(at, at) });
}

async function openAudit(file: string): Promise<void> {
	try {
		await vscode.window.showTextDocument(vscode.Uri.file(file));
	} catch {
		void vscode.window.showInformationMessage(words.noAudit());
	}
}
