import type { Connection, ConnectionHandler } from './connection.ts';

/** What the client's end of a pair hears. */
export interface ClientHandler {
	message(value: unknown): void;
	/** Called once, when nothing more will come. */
	closed(): void;
}

/** The client's end of a connection inside the process. */
export interface ClientEnd {
	/** Starts delivery. Called once; what the server sent before waits. */
	listen(handler: ClientHandler): void;
	/** Takes what can be JSON; the server gets a copy. */
	send(message: unknown): void;
	close(): void;
}

/**
 * A connection without a socket: what one end sends the other gets, in order and never within the call. Both ends pass on JSON text,
 * so that nothing is shared and nothing can be sent that a socket would not take.
 */
export function linkedPair(): { readonly server: Connection; readonly client: ClientEnd } {
	const toServer = new Mailbox();
	const toClient = new Mailbox();
	let server: ConnectionHandler | null = null;
	let client: ClientHandler | null = null;
	const close = (reason: string | null) => {
		// What was sent before the end still arrives.
		toServer.end(() => server?.closed(reason));
		toClient.end(() => client?.closed());
	};
	return {
		server: {
			transport: 'inProcess',
			listen(handler) {
				server = handler;
				toServer.listen((text) => handler.message(JSON.parse(text), text.length));
			},
			send: (text) => toClient.put(text),
			congested: false,
			full: false,
			relieved: () => Promise.resolve(),
			drained: () => toClient.drained(),
			close,
		},
		client: {
			listen(handler) {
				client = handler;
				toClient.listen((text) => handler.message(JSON.parse(text)));
			},
			send: (message) => toServer.put(JSON.stringify(message)),
			close: () => close(null),
		},
	};
}

/** Texts for one reader, brought in order, after the call that put them. */
class Mailbox {
	#texts: string[] = [];
	#read: ((text: string) => void) | null = null;
	#scheduled = false;
	#ended: (() => void) | null = null;
	#waiting: (() => void)[] = [];

	put(text: string): void {
		if (this.#ended) return;
		this.#texts.push(text);
		this.#schedule();
	}

	listen(read: (text: string) => void): void {
		this.#read = read;
		this.#schedule();
	}

	end(ended: () => void): void {
		if (this.#ended) return;
		this.#ended = ended;
		this.#schedule();
	}

	/** Resolves when all that was put has been read. */
	drained(): Promise<void> {
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
			this.#schedule();
		});
	}

	#schedule(): void {
		if (this.#scheduled) return;
		this.#scheduled = true;
		setImmediate(() => this.#deliver());
	}

	#deliver(): void {
		this.#scheduled = false;
		if (this.#read) {
			const texts = this.#texts;
			this.#texts = [];
			for (const text of texts) this.#read(text);
			if (this.#texts.length > 0) return this.#schedule();
		} else if (!this.#ended) {
			return;
		}
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const resolve of waiting) resolve();
		const ended = this.#ended;
		if (!ended) return;
		// Once only; what is put from now on is dropped.
		this.#ended = () => {};
		ended();
	}
}
