import net from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { RawData } from 'ws';
import { CONGESTED_BYTES } from './backlog.ts';
import { parseError } from '../protocol/wire/rpcError.ts';
import { readMessages } from './lineReader.ts';
import { frameBytes } from './webSocket.ts';

/**
 * Lets a client that speaks lines use a server that listens on a unix socket (S014): each line becomes a text frame, each frame a
 * line. Neither side is read faster than the other takes it. Resolves with the exit code when either side ends. Rejects when nobody
 * listens there.
 */
export async function proxyToSocket(socketPath: string, { input, output }: { input: Readable; output: Writable }): Promise<number> {
	const { WebSocket } = await import('ws');
	// Not by a `ws+unix:` address, in which a space or `#` of the path would mean something.
	const socket = new WebSocket('ws://localhost/', { createConnection: () => net.connect(socketPath) });
	await new Promise<void>((resolve, reject) => {
		socket.once('open', resolve);
		socket.once('error', (error) => reject(new Error(`no app-server answers on ${socketPath}: ${error.message}`, { cause: error })));
	});
	const { promise, resolve } = Promise.withResolvers<number>();
	socket.on('message', (data: RawData) => {
		if (!output.write(`${frameBytes(data).toString('utf8')}\n`)) socket.pause();
	});
	output.on('drain', () => socket.resume());
	output.on('error', () => socket.close());
	socket.on('close', () => resolve(0));
	socket.on('error', () => resolve(1));
	readMessages(input, {
		message: (value) => {
			socket.send(JSON.stringify(value), () => {
				if (socket.bufferedAmount < CONGESTED_BYTES) input.resume();
			});
			if (socket.bufferedAmount >= CONGESTED_BYTES) input.pause();
		},
		malformed: ({ reason, id }) => {
			process.stderr.write(`dropped ${reason}\n`);
			if (id !== null) output.write(`${JSON.stringify({ id, error: parseError(`Invalid request: ${reason}`) })}\n`);
		},
		closed: () => socket.close(),
	});
	return promise;
}
