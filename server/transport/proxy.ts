import type { Readable, Writable } from 'node:stream';
import { WebSocket } from 'ws';
import { LineMessageReader } from './lineReader.ts';

/**
 * Lets a client that speaks lines use a server that listens on a unix socket (S014): each line becomes a text frame, each frame a
 * line. Resolves with the exit code when either side ends. Rejects when nobody listens there.
 */
export async function proxyToSocket(socketPath: string, { input, output }: { input: Readable; output: Writable }): Promise<number> {
	const socket = new WebSocket(`ws+unix:${socketPath}:/`);
	await new Promise<void>((resolve, reject) => {
		socket.once('open', resolve);
		socket.once('error', (error) => reject(new Error(`no app-server answers on ${socketPath}: ${error.message}`, { cause: error })));
	});
	const { promise, resolve } = Promise.withResolvers<number>();
	socket.on('message', (data) => output.write(`${(Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer)).toString('utf8')}\n`));
	socket.on('close', () => resolve(0));
	socket.on('error', () => resolve(1));
	output.on('error', () => socket.close());
	const reader = new LineMessageReader(input, (problem, excerpt) => process.stderr.write(`dropped a line that is ${problem}: ${excerpt}\n`));
	reader.onClose(() => socket.close());
	reader.listen((message) => socket.send(JSON.stringify(message)));
	return promise;
}
