import type { Session } from './session.ts';

/** All live sessions, and which of them follow which thread. A session that closes is gone from everything at once. */
export class Clients {
	readonly #sessions = new Set<Session>();
	readonly #subscribers = new Map<string, Set<Session>>();
	readonly #onCount: ((count: number) => void)[] = [];

	add(session: Session): void {
		this.#sessions.add(session);
		this.#counted();
	}

	/** Returns the threads that it was the last subscriber of. */
	remove(session: Session): string[] {
		this.#sessions.delete(session);
		const left: string[] = [];
		for (const threadId of [...this.#subscribers.keys()]) if (this.unsubscribe(threadId, session) === 'last') left.push(threadId);
		this.#counted();
		return left;
	}

	all(): readonly Session[] {
		return [...this.#sessions];
	}

	/** Hears of every change of the number of connections. */
	onCount(listener: (count: number) => void): void {
		this.#onCount.push(listener);
	}

	/** False when it already was subscribed. */
	subscribe(threadId: string, session: Session): boolean {
		const sessions = this.#subscribers.get(threadId) ?? new Set();
		this.#subscribers.set(threadId, sessions);
		if (sessions.has(session)) return false;
		sessions.add(session);
		return true;
	}

	unsubscribe(threadId: string, session: Session): 'notSubscribed' | 'unsubscribed' | 'last' {
		const sessions = this.#subscribers.get(threadId);
		if (!sessions?.delete(session)) return 'notSubscribed';
		if (sessions.size > 0) return 'unsubscribed';
		this.#subscribers.delete(threadId);
		return 'last';
	}

	subscribersOf(threadId: string): readonly Session[] {
		return [...(this.#subscribers.get(threadId) ?? [])];
	}

	/** Every session that has completed `initialize`. */
	initialized(): readonly Session[] {
		return [...this.#sessions].filter((session) => session.client !== null);
	}

	#counted(): void {
		for (const listener of this.#onCount) listener(this.#sessions.size);
	}
}
