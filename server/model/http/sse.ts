import { createParser } from 'eventsource-parser';

export interface SseEvent {
	readonly event: string | null;
	readonly data: string;
}

/**
 * Puts server-sent events together from the chunks of a body. Bytes of one character may lie in two chunks; an event that the body's
 * end cuts off is dropped, as the specification says.
 */
export class SseDecoder {
	readonly #text = new TextDecoder();
	#ready: SseEvent[] = [];
	readonly #parser = createParser({ onEvent: ({ event, data }) => this.#ready.push({ event: event ?? null, data }) });

	/** The events that this chunk completes. */
	push(chunk: Uint8Array): readonly SseEvent[] {
		this.#parser.feed(this.#text.decode(chunk, { stream: true }));
		if (this.#ready.length === 0) return [];
		const events = this.#ready;
		this.#ready = [];
		return events;
	}
}
