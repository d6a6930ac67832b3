import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { AbstractMessageReader, AbstractMessageWriter } from 'vscode-jsonrpc/node.js';
import type { DataCallback, Disposable, Message, MessageReader, MessageWriter } from 'vscode-jsonrpc/node.js';
import WebSocket from 'ws';
import { PIPE_SECRET, proveOver, SilentPipeError, UnprovenPipeError } from '../../server/protocol/wire/pipeProof.ts';
import type { RunFiles } from './runFolder.ts';
import { parseMessage, serializeMessage } from './wireMessage.ts';

export interface Transport {
	readonly reader: MessageReader;
	readonly writer: MessageWriter;
	/** Ends the connection. Called once; the reader then tells that it is closed. */
	close(): void;
}

const MAX_PAYLOAD = 256 * 1024 * 1024;
/** How long the two ends of a pipe may take to prove who they are. */
const PROOF_MS = 10_000;

class WebSocketReader extends AbstractMessageReader {
	readonly #socket: WebSocket;

	constructor(socket: WebSocket) {
		super();
		this.#socket = socket;
	}

	listen(callback: DataCallback): Disposable {
		const onMessage = (data: WebSocket.RawData, isBinary: boolean) => {
			if (isBinary) return this.fireError(new Error('The server sent a binary frame; only text frames are understood.'));
			const parsed = parseMessage(rawText(data));
			if (parsed instanceof Error) this.fireError(parsed);
			else callback(parsed);
		};
		const onError = (error: Error) => this.fireError(error);
		const onClose = () => this.fireClose();
		this.#socket.on('message', onMessage).on('error', onError).on('close', onClose);
		if (this.#socket.readyState === WebSocket.CLOSED) queueMicrotask(onClose);
		return {
			dispose: () => {
				this.#socket.off('message', onMessage).off('close', onClose);
			},
		};
	}
}

class WebSocketWriter extends AbstractMessageWriter {
	readonly #socket: WebSocket;

	constructor(socket: WebSocket) {
		super();
		this.#socket = socket;
	}

	write(message: Message): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#socket.send(serializeMessage(message), (error) => {
				if (error) reject(error);
				else resolve();
			});
		});
	}

	end(): void {
		this.#socket.close();
	}
}

function rawText(data: WebSocket.RawData): string {
	if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
	return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}

async function connectSocket({ socket: socketPath, secret }: ServerAddress, signal: AbortSignal): Promise<net.Socket> {
	const socket = net.connect(socketPath);
	const onAbort = () => socket.destroy();
	signal.addEventListener('abort', onAbort, { once: true });
	const timer = setTimeout(onAbort, PROOF_MS);
	try {
		await new Promise<void>((resolve, reject) =>
			socket
				.once('connect', resolve)
				.once('error', reject)
				.once('close', () => reject(new SilentPipeError())),
		);
		if (secret !== null) {
			const key = readSecret(secret);
			const mac = (text: string) => createHmac('sha256', key).update(text).digest('hex');
			await proveOver(socket, 'client', { pipe: socketPath, nonce: randomBytes(32).toString('hex'), mac });
		}
		return socket;
	} catch (error) {
		socket.destroy();
		throw error;
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', onAbort);
	}
}

/** A server makes the secret before it listens: without one, what listens is no server of this user. */
function readSecret(file: string): Buffer {
	let text: string;
	try {
		text = fs.readFileSync(file, 'utf8').trim();
	} catch (error) {
		throw new UnprovenPipeError(`the secret of the pipe cannot be read: ${error instanceof Error ? error.message : String(error)}`);
	}
	if (!PIPE_SECRET.test(text)) throw new UnprovenPipeError(`${file} holds no secret of a pipe`);
	return Buffer.from(text, 'hex');
}

/** Where a server listens, and what it is known by. */
export type ServerAddress = Pick<RunFiles, 'socket' | 'secret'>;

/**
 * Connects to a server that listens on a unix socket or a named pipe. Rejects when nothing listens there, and with `UnprovenPipeError` when
 * what listens on a pipe is not this user's server.
 */
export async function connectWebSocket(address: ServerAddress, signal: AbortSignal): Promise<Transport> {
	signal.throwIfAborted();
	const raw = await connectSocket(address, signal);
	return new Promise((resolve, reject) => {
		// The address says only that it is a socket of this machine: VS Code sends every other request through its proxy settings, whatever
		// `createConnection` says. The path itself is not in it, where a space, `#` or `:` would mean something.
		const socket = new WebSocket('ws+unix:socket:/', {
			createConnection: () => raw,
			perMessageDeflate: false,
			maxPayload: MAX_PAYLOAD,
			handshakeTimeout: 10_000,
		});
		const onAbort = () => socket.terminate();
		const onFailure = (error: Error) => {
			signal.removeEventListener('abort', onAbort);
			reject(error);
		};
		signal.addEventListener('abort', onAbort, { once: true });
		socket.once('error', onFailure);
		socket.once('open', () => {
			signal.removeEventListener('abort', onAbort);
			socket.off('error', onFailure);
			// Without a listener an error of the socket would end the extension host.
			socket.on('error', () => {});
			resolve({ reader: new WebSocketReader(socket), writer: new WebSocketWriter(socket), close: () => socket.close() });
		});
	});
}
