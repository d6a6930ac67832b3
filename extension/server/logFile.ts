import fs from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** Hands every new line of a file that another process appends to, from its present end on. Watches; does not poll. */
export function followLog(file: string, onLine: (line: string) => void): { dispose(): void } {
	let position = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
	const decoder = new StringDecoder('utf8');
	let rest = '';
	const read = () => {
		const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
		if (size < position) position = 0;
		if (size === position) return;
		const buffer = Buffer.alloc(Math.min(size - position, 1_000_000));
		const descriptor = fs.openSync(file, 'r');
		try {
			const length = fs.readSync(descriptor, buffer, 0, buffer.length, position);
			position += length;
			rest += decoder.write(buffer.subarray(0, length));
		} finally {
			fs.closeSync(descriptor);
		}
		const lines = rest.split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) onLine(line);
		if (position < size) setImmediate(read);
	};
	const name = path.basename(file);
	const watcher = fs.watch(path.dirname(file), { persistent: false }, (_, changed) => {
		if (changed !== name) return;
		try {
			read();
		} catch (error) {
			onLine(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
		}
	});
	watcher.on('error', (error) => onLine(`${file} is not followed any more: ${error.message}`));
	return { dispose: () => watcher.close() };
}
