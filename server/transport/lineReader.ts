import type { Readable } from 'node:stream';
import { MAX_MESSAGE_BYTES } from './backlog.ts';
import type { Malformed } from './connection.ts';
import { parseMessage } from './parseMessage.ts';
import { RequestIdScan } from './requestIdScan.ts';

export interface LineHandler {
	/** `bytes` is the length of the line. */
	message(value: unknown, bytes: number): void;
	malformed(problem: Malformed): void;
	/** Called once, when the stream ended or broke. */
	closed(): void;
}

/**
 * Reads newline-delimited JSON. Lines end at LF only, so U+2028 and a lone CR are ordinary characters; a CR before the LF is white
 * space to JSON. Bytes are split before they are decoded, so a character may span chunks. A bad line is reported, and the next one is
 * read as if nothing had happened; one that is too long is not kept.
 */
export function readMessages(stream: Readable, handler: LineHandler): void {
	let chunks: Buffer[] = [];
	let length = 0;
	let skipped: RequestIdScan | null = null;
	let closed = false;

	const keep = (part: Buffer) => {
		if (part.length === 0) return;
		length += part.length;
		if (skipped === null && length > MAX_MESSAGE_BYTES) {
			skipped = new RequestIdScan();
			for (const chunk of chunks) skipped.feed(chunk);
			chunks = [];
		}
		if (skipped) skipped.feed(part);
		else chunks.push(part);
	};
	const finishLine = () => {
		const [line, bytes, scan] = [chunks.length === 1 ? chunks[0] : Buffer.concat(chunks), length, skipped];
		chunks = [];
		length = 0;
		skipped = null;
		if (scan) return handler.malformed({ reason: `a line of ${bytes} bytes: at most ${MAX_MESSAGE_BYTES} are taken`, id: scan.finish() });
		if (line === undefined || isBlank(line)) return;
		const parsed = parseMessage(line, 'a line');
		if ('malformed' in parsed) handler.malformed(parsed.malformed);
		else handler.message(parsed.value, bytes);
	};
	const close = () => {
		if (closed) return;
		closed = true;
		handler.closed();
	};
	stream.on('data', (chunk: Buffer) => {
		let start = 0;
		for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
			keep(chunk.subarray(start, end));
			start = end + 1;
			finishLine();
		}
		keep(chunk.subarray(start));
	});
	stream.on('error', close).on('end', close).on('close', close);
}

function isBlank(line: Buffer): boolean {
	return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
