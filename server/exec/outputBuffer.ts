/** What is kept of one command's output. */
const OUTPUT_CAP_BYTES = 1024 * 1024;

/**
 * Bytes of an output with a bound: the beginning and the end are kept, the middle goes. One half of the cap each.
 */
export class OutputBuffer {
	readonly #headCap: number;
	readonly #tailCap: number;
	#head: Buffer[] = [];
	#headBytes = 0;
	#tail: Buffer[] = [];
	#tailBytes = 0;
	#total = 0;

	constructor(capBytes: number = OUTPUT_CAP_BYTES) {
		this.#headCap = Math.ceil(capBytes / 2);
		this.#tailCap = Math.floor(capBytes / 2);
	}

	get totalBytes(): number {
		return this.#total;
	}

	get droppedBytes(): number {
		return this.#total - this.#headBytes - this.#tailBytes;
	}

	append(chunk: Uint8Array): void {
		this.#total += chunk.byteLength;
		let rest: Buffer = Buffer.from(chunk);
		const room = this.#headCap - this.#headBytes;
		if (room > 0) {
			const first = rest.subarray(0, room);
			this.#head.push(first);
			this.#headBytes += first.length;
			rest = rest.subarray(first.length);
		}
		if (rest.length === 0) return;
		this.#tail.push(rest);
		this.#tailBytes += rest.length;
		this.#trimTail();
	}

	#trimTail(): void {
		let first = this.#tail[0];
		while (first !== undefined && this.#tailBytes > this.#tailCap) {
			const excess = this.#tailBytes - this.#tailCap;
			if (first.length <= excess) {
				this.#tail.shift();
				this.#tailBytes -= first.length;
				first = this.#tail[0];
			} else {
				this.#tail[0] = Buffer.from(first.subarray(excess));
				this.#tailBytes -= excess;
				return;
			}
		}
	}

	/** The kept text. Says how much is missing where something is; invalid bytes become U+FFFD. */
	text(): string {
		const head = Buffer.concat(this.#head);
		const tail = Buffer.concat(this.#tail);
		const dropped = this.droppedBytes;
		if (dropped === 0) return Buffer.concat([head, tail]).toString('utf8');
		return `${decodeWithoutCutEnd(head)}\n[... ${dropped} bytes not kept ...]\n${decodeWithoutCutStart(tail)}`;
	}

	/** Takes everything out, so that the next `text` begins with what comes from now on. */
	drain(): { readonly text: string; readonly totalBytes: number } {
		const drained = { text: this.text(), totalBytes: this.#total };
		this.#head = [];
		this.#tail = [];
		this.#headBytes = 0;
		this.#tailBytes = 0;
		this.#total = 0;
		return drained;
	}
}

/** Index of the first byte of a character that does not end within `bytes`; `bytes.length` when all end. */
export function completeCharactersEnd(bytes: Uint8Array): number {
	for (let back = 1; back <= Math.min(4, bytes.length); back++) {
		const byte = bytes[bytes.length - back] ?? 0;
		if ((byte & 0b1100_0000) === 0b1000_0000) continue;
		const length = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
		return length > back ? bytes.length - back : bytes.length;
	}
	return bytes.length;
}

function decodeWithoutCutEnd(bytes: Buffer): string {
	return bytes.toString('utf8', 0, completeCharactersEnd(bytes));
}

function decodeWithoutCutStart(bytes: Buffer): string {
	let start = 0;
	while (start < Math.min(3, bytes.length) && ((bytes[start] ?? 0) & 0b1100_0000) === 0b1000_0000) start++;
	return bytes.toString('utf8', start);
}
