import type { Readable } from 'node:stream';
import { AbstractMessageReader, type DataCallback, type Disposable, type Message } from 'vscode-jsonrpc/node.js';

/** A line longer than this is dropped and reported. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

export type LineProblem = 'not JSON' | 'too long';

/**
 * Newline-delimited JSON. Lines end at LF only, so U+2028 and a lone CR are ordinary characters; a CR before the LF is white space
 * to JSON. Bytes are split before they are decoded, so a character may span chunks. A bad line is reported through `onProblem` and
 * the next one is read as if nothing had happened.
 */
export class LineMessageReader extends AbstractMessageReader {
	readonly #stream: Readable;
	readonly #onProblem: (problem: LineProblem, excerpt: string) => void;
	#chunks: Buffer[] = [];
	#length = 0;
	#skipping = false;

	constructor(stream: Readable, onProblem: (problem: LineProblem, excerpt: string) => void) {
		super();
		this.#stream = stream;
		this.#onProblem = onProblem;
	}

	listen(callback: DataCallback): Disposable {
		const onData = (chunk: Buffer) => this.#read(chunk, callback);
		const onError = (error: Error) => this.fireError(error);
		const onClose = () => this.fireClose();
		this.#stream.on('data', onData).on('error', onError).on('end', onClose).on('close', onClose);
		return {
			dispose: () => {
				this.#stream.off('data', onData).off('error', onError).off('end', onClose).off('close', onClose);
			},
		};
	}

	#read(chunk: Buffer, callback: DataCallback): void {
		let start = 0;
		for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
			this.#keep(chunk.subarray(start, end));
			start = end + 1;
			this.#finishLine(callback);
		}
		this.#keep(chunk.subarray(start));
	}

	#keep(part: Buffer): void {
		if (this.#skipping || part.length === 0) return;
		this.#length += part.length;
		if (this.#length > MAX_LINE_BYTES) {
			const excerpt = this.#chunks[0]?.toString('utf8', 0, 80) ?? '';
			this.#chunks = [];
			this.#skipping = true;
			this.#onProblem('too long', excerpt);
			return;
		}
		this.#chunks.push(part);
	}

	#finishLine(callback: DataCallback): void {
		const skipped = this.#skipping;
		const line = (this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks))?.toString('utf8') ?? '';
		this.#chunks = [];
		this.#length = 0;
		this.#skipping = false;
		if (skipped || line.trim() === '') return;
		let message: Message;
		try {
			message = JSON.parse(line) as Message;
		} catch {
			this.#onProblem('not JSON', line.slice(0, 80));
			return;
		}
		callback(message);
	}
}
