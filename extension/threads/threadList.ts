import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { ServerNotification } from '../../server/protocol/methods.ts';
import type { Thread } from '../../server/protocol/thread.ts';
import type { Client } from '../server/client.ts';

/** The threads of one folder, newest first, as far as they were loaded. */
export interface FolderThreads {
	readonly folder: string;
	readonly threads: readonly Thread[];
	/** Of the next page; null when all are here. */
	readonly cursor: string | null;
}

const pageSize = 50;

/** The threads of the workspace's folders. Kept up to date by notifications; asks again only on a new connection. */
export class ThreadList {
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	#folders: readonly FolderThreads[] = [];

	get folders(): readonly FolderThreads[] {
		return this.#folders;
	}

	/** All threads in the order in which they are shown. */
	all(): readonly Thread[] {
		return this.#folders.flatMap((folder) => folder.threads);
	}

	find(threadId: string): Thread | undefined {
		return this.all().find((thread) => thread.id === threadId);
	}

	/** Replaces everything by what the server has now. */
	async load(client: Client, folders: readonly string[]): Promise<void> {
		const loaded = await Promise.all(folders.map((folder) => page(client, { folder, cursor: null })));
		this.#folders = loaded;
		this.#changed.fire();
	}

	async loadMore(client: Client, folder: string): Promise<void> {
		const known = this.#folders.find((entry) => entry.folder === folder);
		if (known === undefined || known.cursor === null) return;
		const next = await page(client, { folder, cursor: known.cursor });
		this.#update(folder, (entry) => ({ ...next, threads: newestFirst([...entry.threads, ...next.threads]) }));
	}

	/** Applies what a notification says about a thread. */
	notice(notification: ServerNotification, nowSeconds: number): void {
		switch (notification.method) {
			case 'thread/started':
				return this.put(notification.params.thread);
			case 'thread/status/changed': {
				const { threadId, status } = notification.params;
				return this.#change(threadId, (thread) => ({
					...thread,
					status,
					updatedAt: status.type === 'active' && thread.status.type !== 'active' ? nowSeconds : thread.updatedAt,
				}));
			}
			case 'thread/name/updated': {
				const { threadId, threadName } = notification.params;
				return this.#change(threadId, (thread) => ({ ...thread, name: threadName ?? null }));
			}
			case 'thread/closed':
				return this.#change(notification.params.threadId, (thread) => ({ ...thread, status: { type: 'notLoaded' } }));
			case 'thread/archived':
				return this.remove(notification.params.threadId);
			case 'item/completed': {
				// The first message of a person is what an unnamed thread is known by.
				const { threadId, item } = notification.params;
				if (item.type !== 'userMessage') return;
				const text = item.content
					.map((part) => (part.type === 'text' ? part.text : ''))
					.join(' ')
					.trim();
				return this.#change(threadId, (thread) => (thread.preview === '' ? { ...thread, preview: text } : thread));
			}
			default:
				return;
		}
	}

	/** Adds a thread, or replaces what is known of it, when it belongs to one of the folders. */
	put(thread: Thread): void {
		if (thread.ephemeral || thread.agentNickname !== null) return;
		this.#update(thread.cwd, (entry) => ({ ...entry, threads: newestFirst([thread, ...entry.threads.filter((other) => other.id !== thread.id)]) }));
	}

	remove(threadId: string): void {
		const owner = this.find(threadId);
		if (owner === undefined) return;
		this.#update(owner.cwd, (entry) => ({ ...entry, threads: entry.threads.filter((thread) => thread.id !== threadId) }));
	}

	#change(threadId: string, change: (thread: Thread) => Thread): void {
		const thread = this.find(threadId);
		if (thread === undefined) return;
		const changed = change(thread);
		if (changed !== thread) this.put(changed);
	}

	#update(folder: string, change: (entry: FolderThreads) => FolderThreads): void {
		if (!this.#folders.some((entry) => entry.folder === folder)) return;
		this.#folders = this.#folders.map((entry) => (entry.folder === folder ? change(entry) : entry));
		this.#changed.fire();
	}
}

async function page(client: Client, { folder, cursor }: { readonly folder: string; readonly cursor: string | null }): Promise<FolderThreads> {
	const { data, nextCursor } = await client.request('thread/list', {
		cwd: folder,
		cursor,
		limit: pageSize,
		sortKey: 'updated_at',
		sortDirection: 'desc',
		sourceKinds: ['cli', 'vscode', 'exec', 'appServer', 'unknown'],
		modelProviders: [],
	});
	return { folder, threads: newestFirst(data), cursor: nextCursor };
}

function newestFirst(threads: readonly Thread[]): readonly Thread[] {
	const unique = new Map<string, Thread>();
	for (const thread of threads) if (!unique.has(thread.id)) unique.set(thread.id, thread);
	return [...unique.values()].sort((a, b) => b.updatedAt - a.updatedAt);
}

/** How a thread is called: its name, or how it began. */
export function threadTitle(thread: Pick<Thread, 'name' | 'preview'>): string | null {
	const title = (thread.name ?? thread.preview).trim().split('\n', 1)[0] ?? '';
	return title === '' ? null : title.length > 120 ? `${title.slice(0, 119)}…` : title;
}
