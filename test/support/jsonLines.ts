import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/** Calls once for each line, split at LF only, without the LF. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
	const decoder = new StringDecoder('utf8');
	let rest = '';
	stream.on('data', (chunk: Buffer) => {
		const lines = (rest + decoder.write(chunk)).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) {
			onLine(line);
		}
	});
}
