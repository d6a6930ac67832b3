import fs from 'node:fs';
import path from 'node:path';
import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import { relativeInside } from '../system/host.ts';
import { type AgentChange, type FileReview, takeChange } from './fileReview.ts';
import { mergeOldReviews } from './oldReviews.ts';
import { ReviewStore } from './reviewStore.ts';

/** Several writes of another window are looked at once. */
const LOOK_AFTER_MS = 20;
/** Threads that are asked for what happened meanwhile. */
const MAX_FOLLOWED = 200;

export interface ReviewsOptions {
	/** Where all windows keep them; null in a window without a folder, which keeps nothing. */
	readonly folder: string | null;
	/** The file in which an older version kept the reviews of this window. */
	readonly oldFile: string | null;
	/** The real paths of the window's folders. */
	readonly roots: () => readonly string[];
	/** The path under which this window shows a file. */
	readonly nameOf: (path: string) => string;
	/** The path of a file without any link in it. */
	readonly realOf: (path: string) => string;
	readonly failed: (error: unknown) => void;
	/** Nothing can be kept, so that all of it ends with the window. */
	readonly notKept: (error: unknown) => void;
}

interface Shown {
	readonly revision: number;
	readonly real: string;
	readonly review: FileReview;
}

/**
 * The changes of the agent that wait for a decision in the folders of this window, or were made by its threads. All windows share them: each
 * step is taken on what is stored, whoever stored it, and every window shows what came of it.
 */
export class Reviews {
	readonly #options: ReviewsOptions;
	readonly #changed = new Emitter<readonly string[]>();
	/** Paths whose review has changed. */
	readonly onDidChange: Event<readonly string[]> = this.#changed.event;
	readonly #shown = new Map<string, Shown>();
	#store: ReviewStore | null = null;
	#watcher: fs.FSWatcher | null = null;
	#timer: NodeJS.Timeout | null = null;
	#isDisposed = false;

	constructor(options: ReviewsOptions) {
		this.#options = options;
	}

	/** Takes in what was kept. Before, there is nothing to review, and no step may be taken. */
	async load(): Promise<void> {
		const { folder, oldFile, failed, notKept, realOf } = this.#options;
		const store = await (folder === null ? ReviewStore.inMemory(failed) : ReviewStore.open(folder, failed)).catch((error: unknown) => {
			notKept(error);
			return ReviewStore.inMemory(failed);
		});
		if (this.#isDisposed) {
			store.close();
			return;
		}
		this.#store = store;
		if (oldFile !== null && store.signal !== null) await mergeOldReviews({ file: oldFile, store, folders: this.#folders(), realOf }).catch(failed);
		this.#watch();
		this.lookAgain();
	}

	get(file: string): FileReview | null {
		return this.#shown.get(this.#options.nameOf(file))?.review ?? null;
	}

	/** Sorted by path. */
	list(): readonly FileReview[] {
		return [...this.#shown.values()].map(({ review }) => review).sort((a, b) => (a.path < b.path ? -1 : 1));
	}

	of(threadId: string): readonly FileReview[] {
		return this.list().filter(({ sources }) => sources.some((source) => source.threadId === threadId));
	}

	/** How many changes of a thread are taken in; null when it is not followed yet. */
	known(threadId: string): number | null {
		return this.#opened().known(threadId);
	}

	followed(): readonly string[] {
		return this.#opened().followed(this.#folders()).slice(0, MAX_FOLLOWED);
	}

	/** From now on the changes of a thread are followed, from this one on. */
	follow(threadId: string, from: number): void {
		const store = this.#opened();
		if (store.known(threadId) !== null && store.followed(this.#folders()).includes(threadId)) return;
		store.write(() => {
			if (store.known(threadId) === null) store.setKnown(threadId, from);
			store.follow(this.#folders(), threadId);
		});
		this.#show();
	}

	/** Takes in the changes of a thread between its first `from` and its first `known` ones. False when those were taken in before, by any window. */
	take(
		threadId: string,
		{ changes, from, known }: { readonly changes: readonly AgentChange[]; readonly from: number; readonly known: number },
	): boolean {
		const store = this.#opened();
		const isNew = store.write(() => {
			if (store.known(threadId) !== from) return false;
			store.setKnown(threadId, known);
			for (const change of changes) {
				const real = this.#options.realOf(change.path);
				store.put(real, takeChange(store.file(real)?.review ?? null, { ...change, path: real }));
			}
			return true;
		});
		this.#show();
		return isNew;
	}

	/** After a decision on a review that `list` or `get` gave; null when nothing of the file is left. False when the review was another one meanwhile. */
	replace(before: FileReview, after: FileReview | null): boolean {
		const shown = this.#shown.get(before.path);
		if (shown?.review !== before) return false;
		const store = this.#opened();
		const isReplaced = store.write(() => {
			if (store.file(shown.real)?.revision !== shown.revision) return false;
			store.put(shown.real, after === null ? null : { ...after, path: shown.real });
			return true;
		});
		this.#show();
		return isReplaced;
	}

	/** The folders of the window are others, or another window may have decided unseen. */
	lookAgain(): void {
		if (this.#store === null) return;
		this.#store.hasNews();
		this.#show();
	}

	dispose(): void {
		this.#isDisposed = true;
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#watcher?.close();
		this.#store?.close();
		this.#store = null;
		this.#changed.dispose();
	}

	#opened(): ReviewStore {
		if (this.#store === null) throw new Error('The reviews are not loaded.');
		return this.#store;
	}

	#folders(): string {
		return JSON.stringify([...this.#options.roots()].sort());
	}

	/** Brings what is shown in step with what is stored, and tells of the difference. */
	#show(): void {
		const store = this.#opened();
		const roots = this.#options.roots();
		const followed = new Set(store.followed(this.#folders()));
		const gone = new Set(this.#shown.keys());
		const changed: string[] = [];
		for (const head of store.heads()) {
			const isHere = roots.some((root) => relativeInside(root, head.path) !== null) || head.threads.some((thread) => followed.has(thread));
			if (!isHere) continue;
			const name = this.#options.nameOf(head.path);
			gone.delete(name);
			if (this.#shown.get(name)?.revision === head.revision) continue;
			const stored = store.file(head.path);
			if (stored === null) continue;
			this.#shown.set(name, { revision: stored.revision, real: head.path, review: { ...stored.review, path: name } });
			changed.push(name);
		}
		for (const name of gone) this.#shown.delete(name);
		changed.push(...gone);
		if (changed.length > 0) this.#changed.fire(changed);
	}

	#watch(): void {
		const signal = this.#store?.signal;
		if (signal === null || signal === undefined) return;
		try {
			// The folder: the file may not be there yet.
			this.#watcher = fs.watch(path.dirname(signal), (_event, name) => {
				if (name === null || name === path.basename(signal)) this.#lookSoon();
			});
			this.#watcher.on('error', this.#options.failed);
		} catch (error) {
			this.#options.failed(error);
		}
	}

	#lookSoon(): void {
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			try {
				if (this.#store?.hasNews() === true) this.#show();
			} catch (error) {
				this.#options.failed(error);
			}
		}, LOOK_AFTER_MS);
	}
}
