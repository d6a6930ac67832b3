import * as vscode from 'vscode';
import { visibleText } from '../../server/protocol/approval/visibleText.ts';
import type { WorktreeChange } from '../../server/protocol/host/worktree.ts';
import type { ReadOnlyTexts } from '../readOnlyTexts.ts';
import type { ChangeDecision } from './decideChange.ts';
import type { FoundFile } from './folderFile.ts';
import { worktreeWords as words } from './worktreeWords.ts';

/** A change of a worktree, and what bringing it back does. */
export interface PlannedChange extends FoundFile {
	readonly change: WorktreeChange;
	readonly decision: ChangeDecision;
	/** What a file that is made, or whose bytes are replaced, has then. */
	readonly contents: Uint8Array | null;
}

export function isToDo({ decision: { type } }: PlannedChange): boolean {
	return type !== 'there' && type !== 'refused' && type !== 'unusable';
}

/** Which files were not brought back, and why. */
export function leftOut(left: readonly PlannedChange[]): string {
	const why = ({ decision }: PlannedChange) =>
		decision.type === 'refused' ? words.reason(decision.reason) : decision.type === 'unusable' ? decision.message : words.unticked();
	return words.leftOut(left.map((one) => words.leftOutFile(visibleText(one.change.path, { code: true }), why(one))).join(', '));
}

interface Row extends vscode.QuickPickItem {
	readonly planned: PlannedChange;
}

/** The person looks at what is going to happen, each file beside what it would be. Gives the paths that they want; null when they change their mind. */
export function pickChanges(
	planned: readonly PlannedChange[],
	{ name, documents }: { readonly name: string; readonly documents: ReadOnlyTexts },
): Promise<ReadonlySet<string> | null> {
	const compare: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('diff'), tooltip: words.compare() };
	const refused = planned.filter(({ decision: { type } }) => type === 'refused' || type === 'unusable');
	const pick = vscode.window.createQuickPick<Row>();
	pick.title = words.applyTitle(name);
	pick.placeholder = words.applyPlaceholder();
	pick.prompt = refused.length > 0 ? leftOut(refused) : undefined;
	pick.canSelectMany = true;
	pick.ignoreFocusOut = true;
	pick.matchOnDescription = true;
	pick.items = planned.filter(isToDo).map((one) => ({
		label: visibleText(one.change.path, { code: true }),
		description: outcomeOf(one.decision),
		buttons: textOf(one) === null ? [] : [compare],
		planned: one,
	}));
	pick.selectedItems = pick.items;
	return new Promise((resolve) => {
		pick.onDidTriggerItemButton(({ item: { planned: one } }) => {
			const text = textOf(one);
			const file = one.file.type === 'missing' ? null : one.uri;
			if (text !== null) void documents.compare(file, { name: one.change.path, text, title: words.compareTitle(one.change.path, name) });
		});
		pick.onDidAccept(() => {
			resolve(new Set(pick.selectedItems.map(({ planned: one }) => one.change.path)));
			pick.hide();
		});
		pick.onDidHide(() => {
			resolve(null);
			pick.dispose();
		});
		pick.show();
	});
}

function outcomeOf(decision: ChangeDecision): string {
	switch (decision.type) {
		case 'create':
			return words.outcomeNew();
		case 'delete':
			return words.outcomeDeleted();
		case 'write':
			return decision.hasConflict ? words.outcomeConflict() : words.outcomeChanged();
		case 'copy':
			return words.outcomeBytes();
		case 'mode':
			return decision.executable ? words.outcomeExecutable() : words.outcomeNotExecutable();
		case 'there':
		case 'refused':
		case 'unusable':
			return '';
	}
}

/** What a file is going to be; null for one that is no text. */
function textOf({ change, decision, file }: PlannedChange): string | null {
	if (decision.type === 'write') return decision.text;
	if (decision.type === 'create') return change.after;
	return decision.type === 'delete' && file.type === 'text' ? '' : null;
}
