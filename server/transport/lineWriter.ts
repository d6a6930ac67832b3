import type { Writable } from 'node:stream';

/** Texts are joined up to about this many characters before they go to the stream. */
const BATCH_LENGTH = 64 * 1024;

interface Batch {
	readonly texts: string[];
	length: number;
	/** Who wants to know when this batch has left. Then nothing is added to it any more. */
	onLeft: (() => void) | null;
}

/**
 * Writes messages as lines. Everything written in one turn of the event loop leaves in one system call. When the stream is full it
 * waits for room, however long, and nothing is dropped (S008): whoever produces more looks at `backlog` first.
 */
export class LineWriter {
	readonly #stream: Writable;
	readonly #onClosed: () => void;
	#batches: Batch[] = [];
	#queued = 0;
	#scheduled = false;
	#blocked = false;
	#closed = false;

	/** `closed` is called once, when the reader went away. */
	constructor(stream: Writable, closed: () => void) {
		this.#stream = stream;
		this.#onClosed = closed;
		stream.on('drain', () => {
			this.#blocked = false;
			this.#flush();
		});
		stream.on('error', () => this.#close());
		stream.on('close', () => this.#close());
	}

	/** Characters that wait here or in the stream. */
	get backlog(): number {
		return this.#queued + this.#stream.writableLength;
	}

	/** Queues a message that is already JSON text. */
	write(text: string): void {
		if (this.#closed) return;
		const last = this.#batches.at(-1);
		if (last && last.length < BATCH_LENGTH && !last.onLeft) {
			last.texts.push(text, '\n');
			last.length += text.length + 1;
		} else {
			this.#batches.push({ texts: [text, '\n'], length: text.length + 1, onLeft: null });
		}
		this.#queued += text.length + 1;
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

	/** Resolves when the stream has taken everything that waits now, or will take nothing more. */
	drained(): Promise<void> {
		if (this.#closed) return Promise.resolve();
		return new Promise((resolve) => {
			this.#batches.push({ texts: [], length: 0, onLeft: resolve });
			this.#flush();
		});
	}

	#flush(): void {
		this.#scheduled = false;
		while (!this.#closed && !this.#blocked) {
			const batch = this.#batches.shift();
			if (batch === undefined) break;
			this.#queued -= batch.length;
			this.#blocked = !this.#stream.write(batch.texts.join(''), () => batch.onLeft?.());
		}
	}

	#close(): void {
		if (this.#closed) return;
		this.#closed = true;
		const left = this.#batches;
		this.#batches = [];
		this.#queued = 0;
		for (const batch of left) batch.onLeft?.();
		this.#onClosed();
	}
}
