/** Finished looking around and finished commands fold into one line as soon as something follows them. Pure. */
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import { runsByPlace, saysSomething } from '../hooks/turnHookRuns.ts';
import { itemKey } from './itemKey.ts';
import type { ItemState, TurnState } from './viewState.ts';

export interface ActivityGroup {
	/** Items `from` up to, not including, `to` of the turn. */
	readonly from: number;
	readonly to: number;
	/** Files that were read, each once. */
	readonly files: number;
	readonly searches: number;
	readonly commands: number;
	readonly tools: number;
}

/** What is said in a word may hide: nothing that runs, failed, was denied, changed files, or speaks to the person. */
function folds({ item, done, autoReview }: ItemState): boolean {
	if (!done || autoReview !== undefined) return false;
	switch (item.type) {
		case 'reasoning':
		case 'webSearch':
		case 'imageView':
			return true;
		case 'commandExecution':
			return item.status === 'completed' && item.exitCode === 0;
		case 'mcpToolCall':
			return item.status === 'completed' && item.error === null;
		case 'dynamicToolCall':
			return item.status === 'completed' && item.success !== false;
		default:
			return false;
	}
}

/** The groups of a turn in their order. A single line is no group: it says more by itself. */
export function activityGroups({ items, status, hookRuns }: Pick<TurnState, 'items' | 'status' | 'hookRuns'>): readonly ActivityGroup[] {
	const told = new Set([...runsByPlace({ items, hookRuns })].filter(([, runs]) => runs.some(saysSomething)).map(([place]) => place));
	const groups: ActivityGroup[] = [];
	let from = 0;
	for (let at = 0; at <= items.length; at++) {
		const item = items[at];
		if (item !== undefined && folds(item) && !told.has(at)) continue;
		const isLive = item === undefined && status === 'inProgress';
		const inside = items.slice(from, at).map((each) => each.item);
		if (!isLive && inside.filter(shows).length > 1) groups.push({ from, to: at, ...count(inside) });
		from = at + 1;
	}
	return groups;
}

/** Under which the reader's choice to open it is kept. */
export function groupKey({ id, items }: Pick<TurnState, 'id' | 'items'>, { from }: ActivityGroup): string {
	const first = items[from]?.item;
	return `${id}/group/${first === undefined ? from : itemKey(first)}`;
}

/** Reasoning without words draws nothing. */
function shows(item: ThreadItem): boolean {
	return item.type !== 'reasoning' || [...item.summary, ...item.content].some((part) => part.trim() !== '');
}

function count(items: readonly ThreadItem[]): Omit<ActivityGroup, 'from' | 'to'> {
	const files = new Set<string>();
	let searches = 0;
	let commands = 0;
	let tools = 0;
	for (const item of items) {
		if (item.type === 'webSearch') searches++;
		else if (item.type === 'imageView') files.add(item.path);
		else if (item.type === 'mcpToolCall' || item.type === 'dynamicToolCall') tools++;
		else if (item.type === 'commandExecution') {
			if (!saysAll(item)) commands++;
			else {
				for (const action of item.commandActions) {
					if (action.type === 'read') files.add(action.path);
					else searches++;
				}
			}
		}
	}
	return { files: files.size, searches, commands, tools };
}

/** Whether what the server understood of a command is all that it does; else a summary of it would hide the rest. */
export function saysAll({ command, commandActions }: Extract<ThreadItem, { type: 'commandExecution' }>): boolean {
	if (commandActions.length === 0 || commandActions.some(({ type }) => type === 'unknown')) return false;
	let rest = command;
	for (const action of commandActions) {
		const at = rest.indexOf(action.command);
		if (at < 0) return false;
		rest = `${rest.slice(0, at)} ${rest.slice(at + action.command.length)}`;
	}
	// What is left of `bash -lc 'a && b'`: the shell, its quotes, and what joins commands.
	return /^\s*(?:(?:\/\S*\/)?(?:ba|z|da)?sh\s+-l?c)?[\s"';&|]*$/.test(rest);
}
