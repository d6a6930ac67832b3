import type { TurnEvent } from '../items/events.ts';
import type { FirstUnread, ReadState, ReadStates } from '../store/readStates.ts';
import { spawnedAgent, type SessionSource } from '../store/sessionSource.ts';
import type { ThreadStore } from '../store/threadStore.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Thread } from '../thread/thread.ts';
import type { Observer } from '../thread/threadObserver.ts';
import type { Threads } from '../thread/threads.ts';
import type { Clients } from './clients.ts';
import { encodeNotification } from './session.ts';

export interface ReadMarksOptions {
	readonly states: ReadStates;
	readonly store: Pick<ThreadStore, 'find'>;
	readonly threads: Pick<Threads, 'get'>;
	readonly clients: Clients;
	readonly log: Logger;
	/** What is unread has changed. */
	changed(): void;
}

/** What of which thread nobody has read yet. A turn that ends by itself is news; whoever shows it says that it is read. */
export class ReadMarks implements Observer {
	readonly phase = 'record';
	readonly #options: ReadMarksOptions;

	constructor(options: ReadMarksOptions) {
		this.#options = options;
	}

	/** Null for a thread that has no mark: one that is not kept, or an agent's. */
	async of(threadId: string): Promise<ReadState | null> {
		const loaded = this.#options.threads.get(threadId);
		if (loaded) return this.ofLoaded(loaded);
		const stored = await this.#options.store.find(threadId);
		return stored && this.ofKept(threadId, stored.meta.source);
	}

	ofLoaded(thread: Thread): ReadState | null {
		return thread.ephemeral || !thread.materialized ? null : this.ofKept(thread.id, thread.meta.source);
	}

	/** The same of a thread that is known to be kept. */
	ofKept(threadId: string, source: SessionSource): ReadState | null {
		return spawnedAgent(source) === null ? this.#options.states.of(threadId) : null;
	}

	/** Throws the file system's error. */
	set(threadId: string, firstUnread: FirstUnread | null): ReadState {
		const state = this.#options.states.set(threadId, firstUnread);
		this.#options.changed();
		return state;
	}

	/** Tells every client that knows of marks. */
	tell(threadId: string, readState: ReadState): void {
		const encoded = encodeNotification({ method: 'thread/readState/changed', params: { threadId, readState } });
		for (const session of this.#options.clients.initialized()) if (session.client?.newer) session.notify(encoded);
	}

	attach(threadId: string) {
		return {
			event: (event: TurnEvent) => {
				if (event.type === 'turnEnded' && event.end.status !== 'interrupted') this.#ended(threadId, event.turnId);
			},
		};
	}

	/** The thread is deleted. Throws the file system's error. */
	forget(threadId: string): void {
		this.#options.states.remove(threadId);
	}

	#ended(threadId: string, turnId: string): void {
		const thread = this.#options.threads.get(threadId);
		const before = thread && !thread.ephemeral ? this.ofKept(threadId, thread.meta.source) : null;
		if (before === null) return;
		try {
			this.tell(threadId, this.set(threadId, before.firstUnread ?? { type: 'turn', turnId }));
		} catch (error) {
			// A home that cannot be written keeps no marks; the turn is what counts.
			this.#options.log.warn('what is unread could not be noted', { thread: threadId, error });
		}
	}
}
