import type { Readable, Writable } from 'node:stream';
import type { Connection, ConnectionHandler } from './connection.ts';
import { LineMessageReader } from './lineReader.ts';
import { LineMessageWriter } from './lineWriter.ts';

/** One client over a pair of streams. The end of the input is the end of the connection. */
export function stdioConnection(input: Readable, output: Writable): Connection {
	const writer = new LineMessageWriter(output);
	let handler: ConnectionHandler | null = null;
	let closed = false;
	const close = () => {
		if (closed) return;
		closed = true;
		handler?.closed();
	};
	return {
		transport: 'stdio',
		listen(given) {
			handler = given;
			const reader = new LineMessageReader(input, (problem, excerpt) => given.malformed(`a line that is ${problem}: ${excerpt}`));
			reader.onClose(close);
			reader.onError(close);
			writer.onClose(close);
			reader.listen((message) => given.message(message));
		},
		send: (text) => writer.writeText(text),
		drained: () => writer.drained(),
		close() {
			writer.end();
			input.destroy();
			close();
		},
	};
}
