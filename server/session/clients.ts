import type { Session } from './session.ts';

/** All live sessions, and which of them follow which thread. A session that closes is gone from everything at once. */
export class Clients {
	readonly #sessions = new Set<Session>();
	readonly #subscribers = new Map<string, Set<Session>>();
	readonly #onCount: ((count: number) => void)[] = [];
	readonly #onLeft: ((threadId: string) => void)[] = [];

	add(session: Session): void {
		this.#sessions.add(session);
		this.#counted();
	}

	remove(session: Session): void {
		this.#sessions.delete(session);
		for (const threadId of [...this.#subscribers.keys()]) this.unsubscribe(threadId, session);
		this.#counted();
	}

	all(): readonly Session[] {
		return [...this.#sessions];
	}

	/** Hears of every change of the number of connections. */
	onCount(listener: (count: number) => void): void {
		this.#onCount.push(listener);
	}

	/** Hears of every thread that lost its last subscriber. */
	onLeft(listener: (threadId: string) => void): void {
		this.#onLeft.push(listener);
	}

	/** False when it already was subscribed. */
	subscribe(threadId: string, session: Session): boolean {
		const sessions = this.#subscribers.get(threadId) ?? new Set();
		this.#subscribers.set(threadId, sessions);
		if (sessions.has(session)) return false;
		sessions.add(session);
		return true;
	}

	/** False when it was not subscribed. */
	unsubscribe(threadId: string, session: Session): boolean {
		const sessions = this.#subscribers.get(threadId);
		if (!sessions?.delete(session)) return false;
		if (sessions.size > 0) return true;
		this.#subscribers.delete(threadId);
		for (const listener of this.#onLeft) listener(threadId);
		return true;
	}

	subscribersOf(threadId: string): readonly Session[] {
		return [...(this.#subscribers.get(threadId) ?? [])];
	}

	get threads(): readonly string[] {
		return [...this.#subscribers.keys()];
	}

	/** It is no longer loaded: nobody follows it. */
	endThread(threadId: string): void {
		this.#subscribers.delete(threadId);
	}

	/** Every session that has completed `initialize`. */
	initialized(): readonly Session[] {
		return [...this.#sessions].filter((session) => session.client !== null);
	}

	#counted(): void {
		for (const listener of this.#onCount) listener(this.#sessions.size);
	}
}
