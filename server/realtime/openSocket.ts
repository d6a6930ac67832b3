import type { Agent } from 'node:http';
import type { RawData } from 'ws';
import type { OpenSocket } from './realtimeSession.ts';

export interface SocketTarget {
	/** `ws:` or `wss:`. */
	readonly url: URL;
	readonly headers: Readonly<Record<string, string>>;
	readonly agent: Agent;
	/** Takes secrets out of a text. */
	readonly redact: (text: string) => string;
}

const HANDSHAKE_TIMEOUT_MS = 15_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** Sockets over `ws`, which is loaded with the first one. `target` is asked for each: it rejects with an `Error` for people. */
export function webSockets(target: (signal: AbortSignal) => Promise<SocketTarget>): OpenSocket {
	return async (listener, signal) => {
		const { url, headers, agent, redact } = await target(signal);
		const { WebSocket } = await import('ws');
		signal.throwIfAborted();
		const place = `${url.origin}${url.pathname}`;
		const socket = new WebSocket(url, { headers, agent, handshakeTimeout: HANDSHAKE_TIMEOUT_MS, maxPayload: MAX_BYTES, followRedirects: false });
		const close = () => socket.terminate();
		signal.addEventListener('abort', close, { once: true });
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		let isOpen = false;
		let problem: string | null = null;
		socket.once('open', () => {
			isOpen = true;
			resolve();
		});
		socket.once('unexpected-response', (request, response) => {
			response.resume();
			request.destroy();
			reject(new Error(`The realtime service refused the connection with ${response.statusCode} (${place}).`));
		});
		// Stays for the life of the socket: later errors are followed by `close`.
		socket.on('error', (error) => {
			problem = `The connection to the realtime service failed (${place}): ${redact(error.message)}.`;
			reject(new Error(problem));
		});
		socket.on('message', (data, isBinary) => {
			if (!isBinary) listener.message(messageText(data));
		});
		socket.once('close', (code) => {
			signal.removeEventListener('abort', close);
			reject(new Error(`The realtime service closed the connection (${place}).`));
			const isClean = problem === null && (code === 1000 || code === 1001);
			if (isOpen) listener.closed(isClean ? null : (problem ?? `The realtime service cut the connection (${code}).`));
		});
		await promise;
		return {
			send: (text) => {
				if (socket.readyState === socket.OPEN) socket.send(text);
			},
			close: () => {
				if (socket.readyState === socket.OPEN) socket.close(1000);
				else socket.terminate();
			},
		};
	};
}

function messageText(data: RawData): string {
	if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
	return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}
