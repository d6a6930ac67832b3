import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { patienceMs, until } from '../support/deadline.ts';

/** What a person does with a list: chooses a row, ticks these rows and no others, or presses the button of a row. */
export type Step = string | readonly string[] | { readonly row: string; readonly button: string };

type Row = string | vscode.QuickPickItem;
type Pick = vscode.QuickPick<vscode.QuickPickItem>;

/** As a person reads it. */
const labelOf = (row: Row) => (typeof row === 'string' ? row : row.label).replace(/^\$\([\w~-]+\) /, '');
const textOf = (row: Row) => [labelOf(row), ...(typeof row !== 'string' && row.description ? [`(${row.description})`] : [])].join(' ');

/** Replaces functions of VS Code's window until the result is called. */
export function replaceInWindow(changes: Partial<typeof vscode.window>): () => void {
	const before = Object.fromEntries(Object.keys(changes).map((name) => [name, vscode.window[name as keyof typeof vscode.window]]));
	Object.assign(vscode.window, changes);
	return () => void Object.assign(vscode.window, before);
}

/**
 * Does one step in each list that the command shows, and closes the first one after them. When the command is over: the rows of every
 * list, as a person reads them.
 */
export async function inLists(command: string, ...steps: readonly Step[]): Promise<readonly (readonly string[])[]> {
	const shown: (readonly string[])[] = [];
	const rest = [...steps];
	const failures: unknown[] = [];
	const { createQuickPick } = vscode.window;
	const restore = replaceInWindow({
		showQuickPick: (async (given: readonly Row[] | Thenable<readonly Row[]>) => {
			const rows = await given;
			shown.push(rows.map(textOf));
			const step = rest.shift();
			return Array.isArray(step) ? rows.filter((row) => step.includes(labelOf(row))) : rows.find((row) => labelOf(row) === step);
		}) as never,
		createQuickPick: (() => {
			const pick = createQuickPick();
			// A page that opened before may take the focus late, on a busy machine.
			pick.ignoreFocusOut = true;
			const buttons: ((event: vscode.QuickPickItemButtonEvent<vscode.QuickPickItem>) => unknown)[] = [];
			// VS Code has no command that presses the button of a row.
			Object.assign(pick, { onDidTriggerItemButton: (listener: (typeof buttons)[number]) => buttons.push(listener) });
			drive(pick, (event) => buttons.forEach((listener) => listener(event))).catch((error: unknown) => {
				failures.push(error);
				pick.hide();
			});
			return pick;
		}) as never,
	});

	async function drive(pick: Pick, press: (event: vscode.QuickPickItemButtonEvent<vscode.QuickPickItem>) => void): Promise<void> {
		let isOver = false;
		pick.onDidHide(() => (isOver = true));
		pick.onDidAccept(() => (isOver = true));
		await until('the list is filled', () => isOver || (!pick.busy && pick.items.length > 0), patienceMs);
		while (!isOver) {
			const { items } = pick;
			shown.push(items.map(textOf));
			const step = rest.shift();
			const wanted = typeof step === 'object' && 'row' in step ? step.row : step;
			const row = items.find((item) => labelOf(item) === wanted);
			if (row === undefined) {
				if (step !== undefined) failures.push(new Error(`There is no ${JSON.stringify(step)} in ${items.map(textOf).join(', ')}`));
				return pick.hide();
			}
			if (typeof step === 'object' && 'button' in step) {
				const button = row.buttons?.find(({ tooltip }) => tooltip === step.button);
				assert.ok(button, `There is no button ${step.button} at ${step.row}`);
				press({ item: row, button });
				await until('the button has had its effect', () => isOver || pick.items !== items, patienceMs);
				continue;
			}
			pick.activeItems = [row];
			// What is set here is sent when this turn of the loop is over, and is there when a later command has come back.
			await new Promise((resolve) => setTimeout(resolve));
			await vscode.commands.executeCommand('setContext', 'tiller.testRow', wanted);
			await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
			await until(`${String(wanted)} is chosen`, () => isOver, patienceMs);
		}
	}

	try {
		await vscode.commands.executeCommand(command);
	} finally {
		restore();
	}
	if (failures.length > 0) throw failures[0];
	assert.deepEqual(rest, [], `Not done with ${JSON.stringify(shown.at(-1))}`);
	return shown;
}

/** For new threads: the model of the configuration, whatever a test before chose. */
export async function useConfiguredModel(model: string): Promise<void> {
	await vscode.commands.executeCommand('tiller.newThread');
	await inLists('tiller.pickModel', model);
	await vscode.commands.executeCommand('tiller.newThread');
}
