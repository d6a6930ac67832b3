import type { PageRequests } from '../../webview/channel/requests/pageRequests.ts';

export type OutgoingMessage = PageRequests['send']['params'];
export type Delivery = PageRequests['send']['result'];

/** Messages of which it is remembered what became of them. */
const REMEMBERED = 64;

/** Messages of the page by their ids: asked for again, the same one is not sent twice. */
export class Sends {
	readonly #sends = new Map<string, Promise<Delivery>>();
	/** They wait for each other, so that two quick messages do not make two threads. */
	#last: Promise<unknown> = Promise.resolve();

	/** What becomes of a message that was sent before; null when it is not known, or failed. */
	known(id: string): Promise<Delivery> | null {
		return this.#sends.get(id) ?? null;
	}

	send(id: string, deliver: () => Promise<Delivery>): Promise<Delivery> {
		const known = this.known(id);
		if (known !== null) return known;
		const send = this.after(deliver);
		// One that failed goes back to the person, who may send it again.
		send.catch(() => this.#sends.delete(id));
		this.#sends.set(id, send);
		for (const oldest of this.#sends.keys()) {
			if (this.#sends.size <= REMEMBERED) break;
			this.#sends.delete(oldest);
		}
		return send;
	}

	/** Runs once all that is being sent has been. */
	after<T>(run: () => Promise<T>): Promise<T> {
		const result = this.#last.then(run);
		this.#last = result.catch(() => {});
		return result;
	}
}
