import { Emitter } from 'vscode-jsonrpc/node.js';
import { messageTitle } from '../../server/protocol/thread/messageTitle.ts';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { Client } from '../server/client.ts';
import {
	agentsOf,
	type GroupId,
	type GroupPage,
	groupPage,
	type OtherThreads,
	otherThreads,
	placesOf,
	type PlacesOfThreads,
	type ReadStates,
} from './threadPages.ts';

/** Threads that are shown together, pinned ones first, then the newest, as far as they were loaded. */
export interface ThreadGroup {
	readonly id: GroupId;
	readonly threads: readonly Thread[];
	/** Of the next page; null when all are here. */
	readonly cursor: string | null;
}

export interface PinnedThreads {
	ids(): readonly string[];
	has(threadId: string): boolean;
}

/** What a thread is known by. */
export type StoredThread = Pick<Thread, 'name' | 'preview' | 'cwd'>;

interface Told {
	readonly notification: ServerNotification;
	readonly nowSeconds: number;
}

export interface UnreadMarks {
	learn(states: ReadStates): void;
}

/**
 * The threads of the workspace's folders, and on demand those of other folders and the archived ones. Kept up to date by notifications;
 * asks again only on a new connection.
 */
export class ThreadList {
	readonly #pins: PinnedThreads;
	readonly #unread: UnreadMarks | null;
	readonly #worktrees: PlacesOfThreads['worktrees'];
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	#client: Client | null = null;
	#loaded = false;
	#folders: readonly string[] = [];
	#groups: ReadonlyMap<GroupId, ThreadGroup> = new Map();
	/** Threads that agents started, by their id. */
	#agents: ReadonlyMap<string, Thread> = new Map();
	#others: OtherThreads | null = null;
	#loading: Promise<void> = Promise.resolve();
	/** What the server tells while it is asked for everything. */
	#told: Told[] | null = null;

	/** `unread` is told what each list of the server says of it. */
	constructor(pins: PinnedThreads, unread: UnreadMarks | null = null, worktrees: PlacesOfThreads['worktrees'] = { of: () => [] }) {
		this.#pins = pins;
		this.#unread = unread;
		this.#worktrees = worktrees;
	}

	/** The workspace's folders, in its order. */
	get folders(): readonly ThreadGroup[] {
		return this.#folders.flatMap((folder) => this.group(`folder:${folder}`) ?? []);
	}

	/** What there is besides an empty workspace; null when the workspace has threads, or nothing is known yet. */
	get others(): OtherThreads | null {
		return this.all().length > 0 ? null : this.#others;
	}

	/** Whether a server has told what there is. */
	get loaded(): boolean {
		return this.#loaded;
	}

	/** Undefined as long as it was not loaded. */
	group(id: GroupId): ThreadGroup | undefined {
		return this.#groups.get(id);
	}

	/** The workspace's threads in the order in which they are shown. */
	all(): readonly Thread[] {
		return this.folders.flatMap((group) => group.threads);
	}

	find(threadId: string): Thread | undefined {
		return this.groupOf(threadId)?.threads.find((thread) => thread.id === threadId) ?? this.#agents.get(threadId);
	}

	groupOf(threadId: string): ThreadGroup | undefined {
		return [...this.#groups.values()].find(({ threads }) => threads.some((thread) => thread.id === threadId));
	}

	/** The agents that a thread started, oldest first. */
	agentsOf(threadId: string): readonly Thread[] {
		return [...this.#agents.values()].filter((agent) => parentOf(agent) === threadId).sort((a, b) => a.createdAt - b.createdAt);
	}

	/** Replaces everything by what the server has now. Of several at once the last one counts, for all who asked. */
	load(client: Client, folders: readonly string[]): Promise<void> {
		this.#client = client;
		this.#loading = this.#load(client, folders);
		return this.#loading;
	}

	async #load(client: Client, folders: readonly string[]): Promise<void> {
		const told: Told[] = [];
		this.#told = told;
		try {
			const places = { folders, worktrees: this.#worktrees };
			const onDemand = [...this.#groups.keys()].filter(isOnDemand);
			const ids: readonly GroupId[] = [...folders.map((folder) => `folder:${folder}` as const), ...onDemand];
			const [pages, agents, pinned] = await Promise.all([
				Promise.all(ids.map(async (id) => [id, await groupPage(client, id, { ...places, cursor: null })] as const)),
				agentsOf(client, placesOf(places)),
				this.#loadPinned(client),
			]);
			const isEmpty = pages.every(([id, { threads }]) => isOnDemand(id) || threads.length === 0);
			const others = isEmpty ? await otherThreads(client, placesOf(places)) : null;
			if (this.#told !== told) return await this.#loading;
			this.#loaded = true;
			this.#folders = folders;
			this.#others = others;
			this.#agents = new Map(agents.map((agent) => [agent.id, agent]));
			const openedMeanwhile = [...this.#groups].filter(([id]) => isOnDemand(id) && !onDemand.includes(id));
			this.#groups = new Map([...pages.map(([id, page]) => this.#grouped(id, page)), ...openedMeanwhile]);
			for (const [, { readStates }] of pages) this.#unread?.learn(readStates);
			// The pages may be from before.
			for (const { notification, nowSeconds } of told) this.#apply(notification, nowSeconds);
			// A pinned thread that is too old for the first page.
			for (const thread of pinned) if (this.find(thread.id) === undefined) this.#put(thread);
			this.#changed.fire();
		} finally {
			if (this.#told === told) this.#told = null;
		}
	}

	/** Loads a group that is shown on demand, once. */
	async open(id: GroupId): Promise<ThreadGroup> {
		const known = this.group(id);
		if (known !== undefined) return known;
		const client = this.#client;
		if (client === null) return { id, threads: [], cursor: null };
		const page = await groupPage(client, id, { folders: this.#folders, worktrees: this.#worktrees, cursor: null });
		const [, group] = this.#grouped(id, page);
		if (this.#client === client) this.#groups = new Map([...this.#groups, [id, group]]);
		this.#unread?.learn(page.readStates);
		return group;
	}

	/** Whether a thread is listed now, although it may be archived, of another folder, or too old for the first page. */
	async bring(threadId: string): Promise<boolean> {
		const client = this.#client;
		if (client === null || this.find(threadId) !== undefined) return client !== null;
		const thread = await client.request('thread/read', { threadId, includeTurns: false }).then(
			(answer) => answer.thread,
			() => null,
		);
		if (thread === null || thread.ephemeral) return false;
		const archived = await this.open('archived');
		if (this.#client !== client) return false;
		if (this.find(threadId) !== undefined) return true;
		// It may be archived and old.
		if (archived.cursor !== null) return false;
		if (!this.#put(thread)) {
			await this.open('elsewhere');
			if (this.#client !== client || !this.#put(thread)) return false;
		}
		this.#changed.fire();
		return true;
	}

	async loadMore(id: GroupId): Promise<void> {
		const known = this.group(id);
		const client = this.#client;
		if (client === null || known === undefined || known.cursor === null) return;
		const next = await groupPage(client, id, { folders: this.#folders, worktrees: this.#worktrees, cursor: known.cursor });
		this.#unread?.learn(next.readStates);
		if (this.group(id)?.cursor === known.cursor) this.#update(id, (group) => ({ threads: [...group.threads, ...next.threads], cursor: next.cursor }));
	}

	/** The pins have changed. */
	sort(): void {
		this.#groups = new Map([...this.#groups].map(([id, group]) => this.#grouped(id, group)));
		this.#changed.fire();
	}

	/** Applies what a notification says about a thread. */
	notice(notification: ServerNotification, nowSeconds: number): void {
		this.#told?.push({ notification, nowSeconds });
		this.#apply(notification, nowSeconds);
	}

	#apply(notification: ServerNotification, nowSeconds: number): void {
		switch (notification.method) {
			case 'thread/started':
				// One that is not kept is a question of this extension, and gone when it is answered.
				return notification.params.thread.ephemeral ? undefined : this.put(notification.params.thread);
			case 'thread/status/changed': {
				const { threadId, status } = notification.params;
				this.#change(threadId, (thread) => ({
					...thread,
					status,
					updatedAt: status.type === 'active' && thread.status.type !== 'active' ? nowSeconds : thread.updatedAt,
				}));
				return this.#learnTitle(threadId);
			}
			case 'thread/name/updated': {
				const { threadId, threadName } = notification.params;
				return this.#change(threadId, (thread) => ({ ...thread, name: threadName ?? null }));
			}
			case 'thread/closed':
				return this.#change(notification.params.threadId, (thread) => ({ ...thread, status: { type: 'notLoaded' } }));
			case 'thread/archived':
				return this.#archived(notification.params.threadId);
			case 'thread/unarchived':
				return this.#unarchived(notification.params.threadId);
			case 'thread/deleted':
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

	/** Adds a thread, or replaces what is known of it, where it is shown. */
	put(thread: Thread): void {
		if (!thread.ephemeral && this.#put(thread)) this.#changed.fire();
	}

	remove(threadId: string): void {
		const group = this.groupOf(threadId);
		if (group !== undefined) {
			this.#update(group.id, ({ threads, cursor }) => ({ threads: threads.filter(({ id }) => id !== threadId), cursor }));
		} else if (this.#agents.has(threadId)) {
			this.#agents = new Map([...this.#agents].filter(([id]) => id !== threadId));
			this.#changed.fire();
		}
	}

	#archived(threadId: string): void {
		const thread = this.find(threadId);
		this.remove(threadId);
		if (thread !== undefined && this.#groups.has('archived'))
			this.#update('archived', ({ threads, cursor }) => ({ threads: [thread, ...threads], cursor }));
	}

	#unarchived(threadId: string): void {
		const client = this.#client;
		this.remove(threadId);
		client?.request('thread/read', { threadId, includeTurns: false }).then(
			({ thread }) => this.put(thread),
			// It is gone again, or the server is.
			() => {},
		);
	}

	/** How a thread began that another window started: only that window hears its messages. */
	#learnTitle(threadId: string): void {
		const thread = this.find(threadId);
		if (thread === undefined || thread.name !== null || thread.preview !== '') return;
		this.#client?.request('thread/read', { threadId, includeTurns: false }).then(
			({ thread: { preview } }) => {
				if (preview !== '') this.#change(threadId, (known) => (known.preview === '' ? { ...known, preview } : known));
			},
			// It is gone again, or the server is.
			() => {},
		);
	}

	#put(thread: Thread): boolean {
		if (parentOf(thread) !== null) {
			this.#agents = new Map([...this.#agents, [thread.id, thread]]);
			return true;
		}
		const home = this.#folders.find((folder) => this.#worktrees.of(folder).includes(thread.cwd)) ?? thread.cwd;
		const here = `folder:${home}` as const;
		const id = this.groupOf(thread.id)?.id ?? (this.#groups.has(here) ? here : 'elsewhere');
		const group = this.group(id);
		if (group === undefined) return false;
		this.#groups = new Map([...this.#groups, this.#grouped(id, { ...group, threads: [thread, ...group.threads] })]);
		return true;
	}

	#change(threadId: string, change: (thread: Thread) => Thread): void {
		const thread = this.find(threadId);
		if (thread === undefined) return;
		const changed = change(thread);
		if (changed !== thread) this.put(changed);
	}

	#update(id: GroupId, change: (group: ThreadGroup) => GroupPage): void {
		const group = this.group(id);
		if (group === undefined) return;
		this.#groups = new Map([...this.#groups, this.#grouped(id, change(group))]);
		this.#changed.fire();
	}

	/** The first of two with the same id is kept. */
	#grouped(id: GroupId, { threads, cursor }: GroupPage): readonly [GroupId, ThreadGroup] {
		const unique = new Map<string, Thread>();
		for (const thread of threads) if (!unique.has(thread.id)) unique.set(thread.id, thread);
		const pinned = new Set(this.#pins.ids());
		const order = (a: Thread, b: Thread) => Number(pinned.has(b.id)) - Number(pinned.has(a.id)) || b.updatedAt - a.updatedAt;
		return [id, { id, threads: [...unique.values()].sort(order), cursor }];
	}

	async #loadPinned(client: Client): Promise<readonly Thread[]> {
		const answers = this.#pins.ids().map((threadId) => client.request('thread/read', { threadId, includeTurns: false }));
		const settled = await Promise.allSettled(answers);
		return settled.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.thread] : []));
	}
}

function isOnDemand(id: GroupId): boolean {
	return id === 'elsewhere' || id === 'archived';
}

/** The thread that an agent's thread belongs to; null for a person's thread. */
export function parentOf({ source, forkedFromId, sessionId, id }: Thread): string | null {
	if (typeof source !== 'object' || !('subAgent' in source)) return null;
	const agent = source.subAgent;
	if (typeof agent === 'object' && 'thread_spawn' in agent) return agent.thread_spawn.parent_thread_id;
	return forkedFromId ?? (sessionId === id ? null : sessionId);
}

/** How a thread is called: its name, or how it began. */
export function threadTitle(thread: Pick<Thread, 'name' | 'preview'>): string | null {
	return messageTitle(thread.name ?? thread.preview) || null;
}
