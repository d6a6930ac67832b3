import { type LineMark, MARK_BYTES, markOf } from './lineMark.ts';
import type { RolloutBytes } from './rolloutBytes.ts';

/** Pages at the end of a file need little; whoever goes on needs a lot. */
const FIRST_CHUNK = 64 * 1024;
const LARGEST_CHUNK = 1024 * 1024;
/** A line that has to be read as a whole to be understood is no longer than this, in bytes. */
const LONGEST_UNUSUAL_LINE = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * Goes through a file from its end to its beginning and marks the lines. A line of any length takes no more memory than a chunk.
 * Throws the file system's error.
 */
export class BackwardLines {
	/** Where the part that was not looked at ends. */
	#before: number;
	/** Where the line that is looked for ends. */
	#lineEnd: number;
	#closed = false;
	#chunk = FIRST_CHUNK;
	#buffer = Buffer.alloc(0);

	/** `from` is the end of a line, or of the file. */
	constructor(from: number) {
		this.#before = from;
		this.#lineEnd = from;
	}

	/** The file before this offset has still to be read. */
	get before(): number {
		return this.#before;
	}

	/** Another one that goes on from here by itself. */
	copy(): BackwardLines {
		const other = new BackwardLines(this.#before);
		other.#lineEnd = this.#lineEnd;
		other.#closed = this.#closed;
		other.#chunk = this.#chunk;
		return other;
	}

	/** Gives its memory back until it goes on. */
	rest(): void {
		this.#buffer = Buffer.alloc(0);
	}

	/** The marks of another part of the open file, the last line first; none when the beginning has been reached. */
	next(file: RolloutBytes): LineMark[] {
		if (this.#before === 0) return [];
		const start = Math.max(0, this.#before - this.#chunk);
		this.#chunk = Math.min(this.#chunk * 4, LARGEST_CHUNK);
		if (this.#buffer.length < this.#before - start) this.#buffer = Buffer.allocUnsafe(this.#before - start);
		const bytes = readBytes(file, this.#buffer.subarray(0, this.#before - start), start);
		const marks: LineMark[] = [];
		const push = (mark: LineMark | null) => {
			if (mark) marks.push(mark);
		};
		for (let end = bytes.length; ; ) {
			// The last byte of a line tells whether it is whole; it may lie in an earlier chunk than its line feed.
			const last = this.#lineEnd - 1 - start;
			if (last >= 0 && last < bytes.length) this.#closed = closes(bytes, last);
			const feed = end > 0 ? bytes.lastIndexOf(LINE_FEED, end - 1) : -1;
			if (feed < 0) break;
			push(this.#mark(file, { start: start + feed + 1, bytes, at: feed + 1 }));
			this.#lineEnd = start + feed;
			end = feed;
		}
		this.#before = start;
		if (start === 0) {
			push(this.#mark(file, { start: 0, bytes, at: 0 }));
			this.rest();
		}
		return marks;
	}

	#mark(file: RolloutBytes, { start, bytes, at }: { start: number; bytes: Buffer; at: number }): LineMark | null {
		const end = this.#lineEnd;
		if (start >= end) return null;
		const text = (to: number) => readBytes(file, Buffer.allocUnsafe(to - start), start).toString('utf8');
		const length = Math.min(MARK_BYTES, end - start);
		const beginning = at + length <= bytes.length ? bytes.toString('latin1', at, at + length) : text(start + length);
		return markOf({ start, end }, { beginning, closed: this.#closed, read: () => (end - start > LONGEST_UNUSUAL_LINE ? '' : text(end)) });
	}
}

/** Whether a record may end here. */
function closes(bytes: Buffer, index: number): boolean {
	return bytes[index] === 0x7d || bytes[index] === 0x0d;
}

/** Fills the buffer from an offset; shorter at the end of the file. Throws the file system's error. */
export function readBytes(file: RolloutBytes, buffer: Buffer, position: number): Buffer {
	return buffer.subarray(0, file.read(buffer, position));
}
