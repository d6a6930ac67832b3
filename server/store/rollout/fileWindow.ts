import { readBytes } from './backwardLines.ts';
import type { LinePlace } from './lineMark.ts';
import type { RolloutBytes } from './rolloutBytes.ts';

const WINDOW_BYTES = 1024 * 1024;

/** An open file of which places that lie side by side are read, the last one first: what lies before a place is read along with it. */
export class FileWindow {
	readonly file: RolloutBytes;
	readonly #from: number;
	#buffer: Buffer = Buffer.alloc(0);
	#bytes: Buffer = Buffer.alloc(0);
	#start = 0;

	/** Nothing before `from` is read along. */
	constructor(file: RolloutBytes, from: number) {
		this.file = file;
		this.#from = from;
	}

	/** The bytes of a place, good until the next call; null when they are too many to be held. Throws the file system's error. */
	read({ start, end }: LinePlace): Buffer | null {
		if (end - start > WINDOW_BYTES) return null;
		if (start < this.#start || end > this.#start + this.#bytes.length) {
			this.#start = Math.max(0, Math.min(start, Math.max(this.#from, end - WINDOW_BYTES)));
			const length = end - this.#start;
			if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(Math.min(WINDOW_BYTES, Math.max(length, end - this.#from)));
			this.#bytes = readBytes(this.file, this.#buffer.subarray(0, length), this.#start);
		}
		return this.#bytes.subarray(start - this.#start, end - this.#start);
	}
}
