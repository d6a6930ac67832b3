import type { Socket } from 'node:net';

/** Reads a known number of bytes at a time from a socket. */
export class ByteReader {
	readonly #socket: Socket;
	#bytes: Buffer = Buffer.alloc(0);
	#wake: () => void = () => {};
	#ended = false;
	readonly #onData = (chunk: Buffer): void => {
		this.#bytes = Buffer.concat([this.#bytes, chunk]);
		this.#wake();
	};
	readonly #onEnd = (): void => {
		this.#ended = true;
		this.#wake();
	};

	constructor(socket: Socket) {
		this.#socket = socket;
		socket.on('data', this.#onData).once('end', this.#onEnd).once('close', this.#onEnd);
	}

	/** Null when the other side ended before. */
	async take(count: number): Promise<Buffer | null> {
		while (this.#bytes.length < count) {
			if (this.#ended) return null;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
		const taken = this.#bytes.subarray(0, count);
		this.#bytes = this.#bytes.subarray(count);
		return taken;
	}

	/** Stops reading; what was not taken is there for the next reader. */
	release(): void {
		this.#socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd);
		this.#socket.pause();
		if (this.#bytes.length > 0) this.#socket.unshift(this.#bytes);
	}
}
