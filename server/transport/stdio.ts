import type { Readable, Writable } from 'node:stream';
import { CONGESTED_BYTES, FULL_BYTES } from './backlog.ts';
import type { Connection, ConnectionHandler } from './connection.ts';
import { readMessages } from './lineReader.ts';
import { LineWriter } from './lineWriter.ts';

/** One client over a pair of streams. The end of the input is the end of the connection. */
export function stdioConnection(input: Readable, output: Writable): Connection {
	let handler: ConnectionHandler | null = null;
	let closed = false;
	const close = (reason: string | null) => {
		if (closed) return;
		closed = true;
		handler?.closed(reason);
	};
	const writer = new LineWriter(output, () => close(null));
	return {
		transport: 'stdio',
		listen(given) {
			handler = given;
			readMessages(input, {
				message: (value, bytes) => given.message(value, bytes),
				malformed: (problem) => given.malformed(problem),
				closed: () => close(null),
			});
		},
		send: (text) => writer.write(text),
		get congested() {
			return writer.backlog > CONGESTED_BYTES;
		},
		get full() {
			return writer.backlog > FULL_BYTES;
		},
		relieved: () => writer.drained(),
		drained: () => writer.drained(),
		close(reason) {
			writer.end();
			input.destroy();
			close(reason);
		},
	};
}
