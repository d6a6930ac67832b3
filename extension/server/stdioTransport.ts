import { StringDecoder } from 'node:string_decoder';
import type { Readable, Writable } from 'node:stream';
import { AbstractMessageReader, AbstractMessageWriter } from 'vscode-jsonrpc/node.js';
import type { DataCallback, Disposable, Message } from 'vscode-jsonrpc/node.js';
import { parseMessage, serializeMessage } from './wireMessage.ts';

/** One JSON object a line; a line ends at LF only, so that U+2028 inside a text stays inside. */
export class NewlineReader extends AbstractMessageReader {
	readonly #stream: Readable;

	constructor(stream: Readable) {
		super();
		this.#stream = stream;
	}

	listen(callback: DataCallback): Disposable {
		const decoder = new StringDecoder('utf8');
		// Parts of a line that is not whole yet, so that a long line costs no repeated joining.
		let parts: string[] = [];
		const take = (line: string) => {
			if (line.trim() === '') return;
			const parsed = parseMessage(line);
			if (parsed instanceof Error) this.fireError(parsed);
			else callback(parsed);
		};
		const onData = (chunk: Buffer | string) => {
			const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
			let from = 0;
			for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
				parts.push(text.slice(from, at));
				const line = parts.join('');
				parts = [];
				from = at + 1;
				take(line);
			}
			if (from < text.length) parts.push(text.slice(from));
		};
		const onError = (error: Error) => this.fireError(error);
		let closed = false;
		const onClose = () => {
			if (closed) return;
			closed = true;
			this.fireClose();
		};
		this.#stream.on('data', onData).on('error', onError).on('end', onClose).on('close', onClose);
		return {
			dispose: () => {
				this.#stream.off('data', onData).off('end', onClose).off('close', onClose);
			},
		};
	}
}

export class NewlineWriter extends AbstractMessageWriter {
	readonly #stream: Writable;

	constructor(stream: Writable) {
		super();
		this.#stream = stream;
		// A server that has gone gives EPIPE; the reader's end tells it, and a write rejects.
		stream.on('error', () => {});
	}

	write(message: Message): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#stream.write(`${serializeMessage(message)}\n`, (error) => {
				if (error) reject(error);
				else resolve();
			});
		});
	}

	end(): void {
		this.#stream.end();
	}
}
