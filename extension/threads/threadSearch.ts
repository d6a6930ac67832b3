import path from 'node:path';
import * as vscode from 'vscode';
import type { ThreadSearchHit } from '../../server/protocol/thread/threadSearch.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { threadTitle } from './threadList.ts';
import { folderPaths } from './threadActions.ts';
import { threadWords } from './threadWords.ts';

export interface ThreadSearchOptions {
	readonly ready: () => Promise<Client>;
	/** Opens a thread where something was found. */
	readonly reveal: (place: { readonly threadId: string; readonly turnId: string | null; readonly itemId: string | null }) => Promise<void>;
}

interface HitItem extends vscode.QuickPickItem {
	/** Null: brings more of them. */
	readonly hit: ThreadSearchHit | null;
}

const PAUSE_MS = 120;
const PAGE_SIZE = 50;

/** Search in the text of all threads, as the person types. */
export function searchThreads(options: ThreadSearchOptions): void {
	const pick = vscode.window.createQuickPick<HitItem>();
	pick.title = threadWords.searchTitle();
	pick.placeholder = threadWords.searchPlaceholder();
	pick.matchOnDetail = true;
	let everywhere = folderPaths().length === 0;
	let hits: readonly ThreadSearchHit[] = [];
	let cursor: string | null = null;
	/** Counts searches: an answer to a former one is not shown. */
	let search = 0;
	let timer: NodeJS.Timeout | null = null;

	const showScope = () => {
		pick.buttons = [
			everywhere
				? { iconPath: new vscode.ThemeIcon('globe'), tooltip: threadWords.searchEverywhere() }
				: { iconPath: new vscode.ThemeIcon('root-folder'), tooltip: threadWords.searchHere() },
		];
	};
	const run = async (more: boolean) => {
		const query = pick.value.trim();
		const mine = ++search;
		if (query === '') {
			hits = [];
			pick.items = [];
			pick.busy = false;
			return;
		}
		pick.busy = true;
		try {
			const client = await options.ready();
			const cwd = everywhere ? null : [...folderPaths()];
			const answer = await client.request('thread/search', { query, cwd, limit: PAGE_SIZE, cursor: more ? cursor : null });
			// Asked in words of ours, it is answered in them.
			if (mine !== search || !('isComplete' in answer)) return;
			hits = more ? [...hits, ...answer.data] : answer.data;
			cursor = answer.nextCursor;
			const notes = [
				...(cursor === null ? [] : [note(threadWords.searchMore())]),
				...(hits.length === 0 ? [note(threadWords.searchNothing())] : []),
				...(answer.isComplete ? [] : [note(threadWords.searchIncomplete())]),
			];
			pick.items = [...hits.map(hitItem), ...notes];
		} catch (error) {
			if (mine === search) pick.items = [note(error instanceof Error ? error.message : String(error))];
		} finally {
			if (mine === search) pick.busy = false;
		}
	};
	pick.onDidChangeValue(() => {
		if (timer !== null) clearTimeout(timer);
		timer = setTimeout(() => void run(false), PAUSE_MS);
	});
	pick.onDidTriggerButton(() => {
		everywhere = !everywhere;
		showScope();
		void run(false);
	});
	pick.onDidAccept(() => {
		const [chosen] = pick.selectedItems;
		if (chosen === undefined) return;
		if (chosen.hit === null) {
			if (cursor !== null) void run(true);
			return;
		}
		const { thread, turnId, itemId } = chosen.hit;
		pick.hide();
		void options.reveal({ threadId: thread.id, turnId, itemId });
	});
	pick.onDidHide(() => {
		search++;
		if (timer !== null) clearTimeout(timer);
		pick.dispose();
	});
	showScope();
	pick.show();
}

function hitItem(hit: ThreadSearchHit): HitItem {
	const { thread, snippet, itemType } = hit;
	const title = threadTitle(thread) ?? words.unnamedThread();
	const description = [threadWords.searchKinds[itemType](), path.basename(thread.cwd)].join(' · ');
	// The server has found it; VS Code's own filter may not hide it again.
	return { label: `$(comment-discussion) ${title}`, description, detail: snippet.text.replaceAll('$(', '$\u200b('), alwaysShow: true, hit };
}

function note(label: string): HitItem {
	return { label, alwaysShow: true, hit: null };
}
