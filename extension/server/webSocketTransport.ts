import net from 'node:net';
import { AbstractMessageReader, AbstractMessageWriter } from 'vscode-jsonrpc/node.js';
import type { DataCallback, Disposable, Message, MessageReader, MessageWriter } from 'vscode-jsonrpc/node.js';
import WebSocket from 'ws';
import { parseMessage, serializeMessage } from './wireMessage.ts';

export interface Transport {
	readonly reader: MessageReader;
	readonly writer: MessageWriter;
	/** Ends the connection. Called once; the reader then tells that it is closed. */
	close(): void;
}

const MAX_PAYLOAD = 256 * 1024 * 1024;

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

/** Connects to a server that listens on a unix socket or a named pipe. Rejects when nothing listens there. */
export function connectWebSocket(socketPath: string, signal: AbortSignal): Promise<Transport> {
	return new Promise((resolve, reject) => {
		signal.throwIfAborted();
		// The address says only that it is a socket of this machine: VS Code sends every other request through its proxy settings, whatever
		// `createConnection` says. The path itself is not in it, where a space, `#` or `:` would mean something.
		const socket = new WebSocket('ws+unix:socket:/', {
			createConnection: () => net.connect(socketPath),
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
