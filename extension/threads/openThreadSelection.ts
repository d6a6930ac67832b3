import type * as vscode from 'vscode';
import type { ThreadList } from './threadList.ts';
import type { ThreadNode, ThreadsTree } from './threadsTree.ts';

/** How often a row is revealed that VS Code forgets each time; after that it stays unselected. */
const MAX_REVEALS = 10;

/** The threads that are open, null for a new one. */
export interface OpenThreads {
	readonly view: string | null;
	/** Of the tab that the person is in; undefined when they are in none. */
	readonly tab: string | null | undefined;
}

export interface OpenThreadSelectionOptions {
	readonly view: Pick<vscode.TreeView<ThreadNode>, 'onDidChangeVisibility' | 'reveal' | 'selection' | 'visible'>;
	readonly tree: Pick<ThreadsTree, 'deselect' | 'onDidChangeTreeData'>;
	readonly list: Pick<ThreadList, 'bring' | 'find' | 'loaded'>;
	readonly open: () => OpenThreads;
	readonly log: (error: unknown) => void;
}

/**
 * The selected row of the tree is that of the thread that was opened last, wherever that was done. A person may select another row, such as
 * a group: that stays until another thread is opened.
 */
export class OpenThreadSelection {
	readonly #options: OpenThreadSelectionOptions;
	readonly #owned: readonly vscode.Disposable[];
	#open: OpenThreads = { view: null, tab: undefined };
	/** The thread that was opened last. */
	#last: string | null = null;
	/** The thread that the selection was last brought to; undefined before the first. */
	#at: string | null | undefined;
	/** It had no row then, as before its first message. */
	#isMissing = false;
	/** Whether it has a row is being found out. */
	#isBringing = false;

	constructor(options: OpenThreadSelectionOptions) {
		this.#options = options;
		const { tree, view } = options;
		// VS Code reveals a row when the redraw that has begun is over; a row that is revealed earlier gets lost in it.
		this.#owned = [tree.onDidChangeTreeData(() => this.#follow()), view.onDidChangeVisibility(() => this.#follow())];
	}

	/** The row that a command without one is about; undefined when that is the thread that was opened last. */
	get chosen(): ThreadNode | undefined {
		return this.#at === this.#opened() && !this.#isMissing ? this.#options.view.selection[0] : undefined;
	}

	dispose(): void {
		for (const each of this.#owned) each.dispose();
	}

	#opened(): string | null {
		const before = this.#open;
		this.#open = this.#options.open();
		const { view, tab } = this.#open;
		if (tab !== undefined && tab !== before.tab) this.#last = tab;
		if (view !== before.view) this.#last = view;
		return this.#last;
	}

	#follow(): void {
		const { view, list, log } = this.#options;
		const threadId = this.#opened();
		// A row that is revealed opens the view, too.
		if (!view.visible || !list.loaded) return;
		const isListed = threadId !== null && list.find(threadId) !== undefined;
		// It came into the list, or went out of it, as with one that is loaded anew.
		const isOther = threadId !== this.#at || (threadId !== null && !this.#isBringing && isListed === this.#isMissing);
		if (isOther) this.#select(threadId).catch(log);
	}

	async #select(threadId: string | null): Promise<void> {
		const { view, tree, list } = this.#options;
		this.#at = threadId;
		this.#isMissing = false;
		this.#isBringing = true;
		let isListed = false;
		try {
			isListed = threadId !== null && (await list.bring(threadId));
		} finally {
			if (this.#at === threadId) this.#isBringing = false;
		}
		if (this.#at !== threadId) return;
		const selected = () => view.selection[0];
		const before = JSON.stringify(selected());
		if (threadId !== null && isListed) {
			// A redraw that begins meanwhile makes VS Code forget it: then what was selected before still is.
			for (let tries = 0; tries < MAX_REVEALS; tries++) {
				if (this.#at !== threadId || JSON.stringify(selected()) !== before || threadOf(selected()) === threadId) return;
				if (!view.visible) {
					this.#at = undefined;
					return;
				}
				await view.reveal({ type: 'thread', threadId }, { select: true, focus: false });
			}
		} else {
			this.#isMissing = threadId !== null;
			const other = threadOf(selected());
			if (other !== null) tree.deselect(other);
		}
	}
}

const threadOf = (node: ThreadNode | undefined): string | null => (node?.type === 'thread' ? node.threadId : null);
