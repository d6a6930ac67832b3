import type { Session } from './session.ts';

/** Things that a client started under ids of its own, such as watches; they end with its connection. */
export class SessionResources<T extends { close(): void }> {
	readonly #resources = new Map<Session, Map<string, T>>();
	readonly #gone = new WeakSet<Session>();
	readonly #most: number;

	/** `most`: how many one connection may have. */
	constructor(most: number) {
		this.#most = most;
	}

	get(session: Session, id: string): T | null {
		return this.#resources.get(session)?.get(id) ?? null;
	}

	isFull(session: Session): boolean {
		return (this.#resources.get(session)?.size ?? 0) >= this.#most;
	}

	/** Ends what had the id before. */
	set(session: Session, id: string, resource: T): void {
		this.delete(session, id);
		if (this.#gone.has(session)) {
			resource.close();
			return;
		}
		const own = this.#resources.get(session) ?? new Map<string, T>();
		this.#resources.set(session, own);
		own.set(id, resource);
	}

	delete(session: Session, id: string): void {
		const own = this.#resources.get(session);
		const resource = own?.get(id);
		if (own === undefined || resource === undefined) return;
		own.delete(id);
		if (own.size === 0) this.#resources.delete(session);
		resource.close();
	}

	/** The connection is closed. */
	forget(session: Session): void {
		this.#gone.add(session);
		for (const id of [...(this.#resources.get(session)?.keys() ?? [])]) this.delete(session, id);
	}
}
