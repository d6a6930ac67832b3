import type { Logger } from '../telemetry/logger.ts';
import type { Threads } from '../thread/threads.ts';
import type { Clients } from './clients.ts';
import type { ThreadSubscriptions } from './threadSubscriptions.ts';

export interface IdleThreadsOptions {
	readonly threads: Pick<Threads, 'get' | 'unload'>;
	readonly clients: Pick<Clients, 'subscribersOf'>;
	readonly subscriptions: Pick<ThreadSubscriptions, 'broadcast'>;
	/** Whether something of the thread runs that its turns do not show, such as a terminal. */
	isBusy(threadId: string): boolean;
	/** How long nobody has to follow a thread, and nothing to happen in it. Milliseconds. */
	readonly idleMs: number;
	readonly log: Logger;
}

/** As long as other servers of this protocol wait. */
export const THREAD_IDLE_MS = 30 * 60_000;

/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Unloads threads that nobody follows any more, so that a server that runs for weeks does not keep all that anybody ever looked at.
 * A thread in which something runs or waits for a person is kept. There is a timer only while a thread waits for its end.
 */
export class IdleThreads {
	readonly #options: IdleThreadsOptions;
	/** Since when nobody follows a thread and nothing has happened in it, by `performance.now()`. */
	readonly #since = new Map<string, number>();
	#timer: NodeJS.Timeout | null = null;

	constructor(options: IdleThreadsOptions) {
		this.#options = options;
	}

	/** Its last follower left. */
	left(threadId: string): void {
		// Nobody comes back for an answer beside a thread: it ends with whoever asked.
		if (this.#options.threads.get(threadId)?.settings.onlyReads) {
			void this.#unload(threadId);
			return;
		}
		this.#since.set(threadId, performance.now());
		this.#schedule();
	}

	get threads(): readonly string[] {
		return [...this.#since.keys()];
	}

	/** It is no longer loaded. */
	endThread(threadId: string): void {
		this.#since.delete(threadId);
	}

	dispose(): void {
		this.#since.clear();
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#schedule(): void {
		if (this.#timer || this.#since.size === 0) return;
		const wait = Math.max(0, Math.min(...this.#since.values()) + this.#options.idleMs - performance.now());
		this.#timer = setTimeout(() => this.#check(), Math.min(wait, MAX_TIMER_MS)).unref();
	}

	#check(): void {
		this.#timer = null;
		const { threads, clients, isBusy, idleMs } = this.#options;
		for (const [threadId, since] of [...this.#since]) {
			if (performance.now() - since < idleMs) continue;
			this.#since.delete(threadId);
			const thread = threads.get(threadId);
			if (!thread || clients.subscribersOf(threadId).length > 0) continue;
			const quietFor = Date.now() - thread.updatedAt;
			if (thread.activeTurnId !== null || thread.questions.open.length > 0 || isBusy(threadId)) this.#since.set(threadId, performance.now());
			else if (quietFor < idleMs) this.#since.set(threadId, performance.now() - Math.max(0, quietFor));
			else void this.#unload(threadId);
		}
		this.#schedule();
	}

	async #unload(threadId: string): Promise<void> {
		const { threads, subscriptions, log } = this.#options;
		try {
			await threads.unload(threadId);
		} catch (error) {
			log.error('a thread could not be unloaded', { thread: threadId, error });
			return;
		}
		subscriptions.broadcast({ method: 'thread/status/changed', params: { threadId, status: { type: 'notLoaded' } } });
		subscriptions.broadcast({ method: 'thread/closed', params: { threadId } });
	}
}
