import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { ThreadReadState } from '../../server/protocol/thread/readState.ts';
import type { Client } from '../server/client.ts';

/** Which threads have something that nobody has read yet. The server keeps it, for all windows and for other clients. */
export class UnreadThreads {
	readonly #shown: () => readonly string[];
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	readonly #states = new Map<string, ThreadReadState>();
	/** What the person marked as unread while it was shown: it stays so until it is shown anew. */
	readonly #kept = new Set<string>();
	#client: Client | null = null;

	/** `shown`: the threads that a person looks at. */
	constructor(shown: () => readonly string[]) {
		this.#shown = shown;
	}

	has(threadId: string): boolean {
		return this.#states.get(threadId)?.firstUnread != null;
	}

	connect(client: Client): void {
		this.#client = client;
		this.#states.clear();
	}

	/** What a list of threads says. */
	learn(states: Readonly<Record<string, ThreadReadState>> | null | undefined): void {
		for (const [threadId, state] of Object.entries(states ?? {})) this.#states.set(threadId, state);
		this.look();
		this.#changed.fire();
	}

	notice(notification: ServerNotification): void {
		if (notification.method === 'thread/deleted') this.#states.delete(notification.params.threadId);
		if (notification.method !== 'thread/readState/changed') return;
		this.#states.set(notification.params.threadId, notification.params.readState);
		this.look();
		this.#changed.fire();
	}

	/** What is shown now is read. */
	look(): void {
		const shown = this.#shown();
		for (const threadId of this.#kept) if (!shown.includes(threadId)) this.#kept.delete(threadId);
		for (const threadId of shown) if (!this.#kept.has(threadId)) void this.mark(threadId, 'read');
	}

	/** As the person wants it, also for a thread that is shown. */
	async markByHand(threadId: string, type: 'read' | 'unread'): Promise<void> {
		if (type === 'unread') this.#kept.add(threadId);
		else this.#kept.delete(threadId);
		await this.mark(threadId, type);
	}

	/** Never rejects: where a mark is not kept (an older server, another window was first), the next change says how it stands. */
	async mark(threadId: string, type: 'read' | 'unread'): Promise<void> {
		const state = this.#states.get(threadId);
		if (this.#client === null || state === undefined || (state.firstUnread !== null) === (type === 'unread')) return;
		const answer = await this.#client
			.request('thread/readState/update', { threadId, operation: { type }, expectedRevision: state.revision })
			.catch(() => null);
		if (answer === null) return;
		this.#states.set(threadId, answer.readState);
		this.#changed.fire();
	}

	dispose(): void {
		this.#changed.dispose();
	}
}
