import type { Writable } from 'node:stream';
import { AbstractMessageWriter, type Message, type MessageWriter } from 'vscode-jsonrpc/node.js';

/** Texts are joined up to this size before they go to the stream. */
const BATCH_LENGTH = 64 * 1024;

/**
 * Newline-delimited JSON without the `jsonrpc` member. Everything written in one turn of the event loop leaves in one system call.
 * When the stream is full it waits for room; nothing is dropped (S008).
 */
export class LineMessageWriter extends AbstractMessageWriter implements MessageWriter {
	readonly #stream: Writable;
	#queue: string[] = [];
	#queued = 0;
	#scheduled = false;
	#blocked = false;
	#closed = false;
	#waiting: (() => void)[] = [];

	constructor(stream: Writable) {
		super();
		this.#stream = stream;
		stream.on('drain', () => {
			this.#blocked = false;
			this.#flush();
		});
		stream.on('error', (error) => this.#fail(error));
		stream.on('close', () => this.#fail(null));
	}

	write(message: Message): Promise<void> {
		const { jsonrpc: _, ...rest } = message;
		this.writeText(JSON.stringify(rest));
		return Promise.resolve();
	}

	/** Queues a message that is already JSON text. */
	writeText(text: string): void {
		if (this.#closed) return;
		this.#queue.push(text, '\n');
		this.#queued += text.length;
		if (this.#blocked) return;
		if (this.#queued >= BATCH_LENGTH) {
			this.#flush();
		} else if (!this.#scheduled) {
			this.#scheduled = true;
			setImmediate(() => this.#flush());
		}
	}

	end(): void {
		this.#flush();
	}

	/** Resolves when the stream has taken everything, or will take nothing more. */
	drained(): Promise<void> {
		if (this.#closed) return Promise.resolve();
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
			this.#flush();
		});
	}

	#flush(): void {
		this.#scheduled = false;
		if (this.#closed || this.#blocked) return;
		if (this.#queue.length > 0) {
			const batch = this.#queue.join('');
			this.#queue = [];
			this.#queued = 0;
			this.#blocked = !this.#stream.write(batch);
			if (this.#blocked) return;
		}
		const waiting = this.#waiting;
		if (waiting.length === 0) return;
		this.#waiting = [];
		this.#stream.write('', () => {
			for (const resolve of waiting) resolve();
		});
	}

	#fail(error: Error | null): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#queue = [];
		for (const resolve of this.#waiting) resolve();
		this.#waiting = [];
		if (error) this.fireError(error);
		this.fireClose();
	}
}
