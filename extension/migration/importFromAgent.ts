/** "Tiller: Import from Another Agent…" and its undo: the person sees what is written or removed before it is. */
import * as vscode from 'vscode';
import type { ExternalAgentConfigMigrationItem, ExternalAgentConfigPastImport } from '../../server/protocol/integrations/externalAgentConfig.ts';
import { oneLine } from '../markdownText.ts';
import type { ReadOnlyTexts } from '../readOnlyTexts.ts';
import type { Client } from '../server/client.ts';
import { importPreview } from './importPreview.ts';
import { importWords as words } from './importWords.ts';

export interface ImportOptions {
	/** The projects to look through besides the home. */
	readonly folders: () => readonly string[];
	readonly documents: ReadOnlyTexts;
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const working = <T>(title: string, work: () => Promise<T>) =>
	vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work);

export async function importFromAgent(client: Client, { folders, documents }: ImportOptions): Promise<void> {
	try {
		if (!(await client.supports('externalAgentConfig/preview'))) return void vscode.window.showWarningMessage(words.unsupported());
		const params = { includeHome: true, cwds: [...folders()] };
		const preview = await working(words.looking(), () => client.request('externalAgentConfig/preview', params));
		const isEmpty = preview.items.length + preview.leftOut.length + preview.unreadable.length === 0;
		if (!isEmpty) await documents.showMarkdown(words.title(), importPreview(preview, words));
		if (preview.items.length === 0) return void vscode.window.showInformationMessage(words.nothing());
		const chosen = await vscode.window.showQuickPick(
			preview.items.map((each) => ({
				label: words.kind(each.item.itemType),
				description: each.item.cwd ?? words.home(),
				detail: words.does(each),
				picked: true,
				item: each.item,
			})),
			{ title: words.title(), placeHolder: words.placeholder(), canPickMany: true, ignoreFocusOut: true, matchOnDetail: true },
		);
		if (chosen === undefined || chosen.length === 0) return;
		const { written, problems } = await working(words.importing(), () =>
			runImport(
				client,
				chosen.map(({ item }) => item),
			),
		);
		const undo = written === null ? [] : [words.undo()];
		const answer =
			problems.length === 0
				? await vscode.window.showInformationMessage(words.imported(chosen.length), ...undo)
				: await vscode.window.showWarningMessage(words.partlyImported(problems.join(' ')), ...undo);
		if (written !== null && answer === words.undo()) await undoOne(client, written.importId);
	} catch (error) {
		void vscode.window.showErrorMessage(words.failed(textOf(error)));
	}
}

interface Outcome {
	/** Null: it wrote nothing. */
	readonly written: ExternalAgentConfigPastImport | null;
	readonly problems: readonly string[];
}

/** Ends when everything is written. */
async function runImport(client: Client, items: ExternalAgentConfigMigrationItem[]): Promise<Outcome> {
	const pastImports = async () => (await client.request('externalAgentConfig/import/list', {})).imports;
	const before = new Set((await pastImports()).map(({ importId }) => importId));
	const problems: string[] = [];
	const heard = client.onNotification((notification) => {
		if (notification.method !== 'configWarning') return;
		const { summary, details } = notification.params;
		problems.push(details == null ? summary : `${summary}: ${details}`);
	});
	try {
		await client.request('externalAgentConfig/import', { migrationItems: items });
		const written = (await pastImports()).find(({ importId }) => !before.has(importId));
		return { written: written ?? null, problems };
	} finally {
		heard.dispose();
	}
}

/** "Tiller: Undo Import…" */
export async function undoImport(client: Client): Promise<void> {
	try {
		if (!(await client.supports('externalAgentConfig/import/list'))) return void vscode.window.showWarningMessage(words.unsupported());
		const { imports } = await client.request('externalAgentConfig/import/list', {});
		if (imports.length === 0) return void vscode.window.showInformationMessage(words.noImports());
		const picked = await vscode.window.showQuickPick(
			imports.map(({ importId, importedAtMs, items, kinds }) => ({
				label: new Date(importedAtMs).toLocaleString(vscode.env.language),
				detail: (kinds.length === 0 ? items : kinds.map(({ itemType, cwd }) => words.kindAt(itemType, cwd))).join('; '),
				importId,
			})),
			{ title: words.undoTitle(), placeHolder: words.undoPlaceholder(), matchOnDetail: true },
		);
		if (picked !== undefined) await undoOne(client, picked.importId);
	} catch (error) {
		void vscode.window.showErrorMessage(words.undoFailed(textOf(error)));
	}
}

/** So many lines fit into a question. */
const MAX_LINES = 10;
const bulleted = (lines: readonly string[]) => lines.map((line) => `• ${oneLine(line)}`);
const asLines = (lines: readonly string[]) =>
	lines.length <= MAX_LINES ? bulleted(lines) : [...bulleted(lines.slice(0, MAX_LINES)), words.more(lines.length - MAX_LINES)];

async function undoOne(client: Client, importId: string): Promise<void> {
	const would = await client.request('externalAgentConfig/import/undo', { importId, dryRun: true });
	const kept = asLines(would.kept.map(words.kept));
	if (would.removed.length === 0) {
		return void vscode.window.showInformationMessage(words.nothingLeft(), { modal: true, detail: kept.join('\n') });
	}
	const detail = [...asLines(would.removed), ...kept].join('\n');
	const answer = await vscode.window.showWarningMessage(words.undoQuestion(would.removed.length), { modal: true, detail }, words.remove());
	if (answer !== words.remove()) return;
	const { removed, kept: left } = await client.request('externalAgentConfig/import/undo', { importId });
	void vscode.window.showInformationMessage(left.length === 0 ? words.undone() : words.partlyUndone(removed.length, left.length));
}
