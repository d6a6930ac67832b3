import type { Readable, Writable } from 'node:stream';
import type { RawData } from 'ws';
import { CONGESTED_BYTES } from './backlog.ts';
import { parseError } from '../protocol/wire/rpcError.ts';
import { readMessages } from './lineReader.ts';
import { connectToSocket } from './provenPipe.ts';
import { frameBytes } from './webSocket.ts';

interface ProxyOptions {
	readonly input: Readable;
	readonly output: Writable;
	/** By which the server on a named pipe is known. */
	readonly secretFile: string;
}

/**
 * Lets a client that speaks lines use a server that listens on a unix socket or a named pipe (S014): each line becomes a text frame, each frame a
 * line. Neither side is read faster than the other takes it. Resolves with the exit code when either side ends. Rejects when nobody
 * listens there.
 */
export async function proxyToSocket(socketPath: string, { input, output, secretFile }: ProxyOptions): Promise<number> {
	const { WebSocket } = await import('ws');
	const failed = (error: Error) => new Error(`no app-server answers on ${socketPath}: ${error.message}`, { cause: error });
	const raw = await connectToSocket(socketPath, secretFile).catch((error: Error) => {
		throw failed(error);
	});
	// Not by a `ws+unix:` address, in which a space or `#` of the path would mean something.
	const socket = new WebSocket('ws://localhost/', { createConnection: () => raw });
	await new Promise<void>((resolve, reject) => {
		socket.once('open', resolve);
		socket.once('error', (error) => reject(failed(error)));
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
