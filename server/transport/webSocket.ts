import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Connection, ConnectionHandler, Listener } from './connection.ts';

/** A client that leaves more than this unread is cut off, so that it cannot hold memory or others (S007). */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** One JSON-RPC message per text frame. */
export function webSocketConnection(socket: WebSocket): Connection {
	let handler: ConnectionHandler | null = null;
	let closed = false;
	const close = () => {
		if (closed) return;
		closed = true;
		handler?.closed();
	};
	return {
		transport: 'websocket',
		listen(given) {
			handler = given;
			socket.on('message', (data, isBinary) => {
				if (isBinary) return given.malformed('a binary frame; messages are text frames');
				const text = frameText(data);
				let value: unknown;
				try {
					value = JSON.parse(text);
				} catch {
					return given.malformed(`a frame that is not JSON: ${text.slice(0, 80)}`);
				}
				given.message(value);
			});
			socket.on('close', close);
			socket.on('error', close);
		},
		send(text) {
			if (closed) return;
			if (socket.bufferedAmount > MAX_BACKLOG_BYTES) {
				socket.terminate();
				close();
				return;
			}
			socket.send(text);
		},
		drained: () =>
			new Promise((resolve) => {
				if (closed || socket.bufferedAmount === 0) resolve();
				else socket.ping(undefined, undefined, () => resolve());
			}),
		close(reason) {
			socket.close(1000, reason.slice(0, 120));
			close();
		},
	};
}

function frameText(data: RawData): string {
	if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
	return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}

export interface WebSocketListenerOptions {
	/** Gets every connection that passed the upgrade. */
	readonly accept: (connection: Connection) => void;
	/** Null lets the upgrade pass; else the HTTP status that it is refused with. Never rejects. */
	readonly refuse: (request: http.IncomingMessage) => Promise<number | null>;
}

/** Another live server already listens on the socket path. */
export class AddressInUseError extends Error {}

export async function listenOnTcp(address: { host: string; port: number }, options: WebSocketListenerOptions): Promise<Listener> {
	const server = createServer(options);
	await listening(server, () => server.http.listen(address.port, address.host));
	const bound = server.http.address() as net.AddressInfo;
	const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
	return { address: `ws://${host}:${bound.port}`, close: server.close };
}

/**
 * Listens on a unix socket (on Windows a named pipe) that only this user may open. A socket file that nobody listens on is replaced.
 * Throws `AddressInUseError` when somebody does.
 */
export async function listenOnUnix(socketPath: string, options: WebSocketListenerOptions): Promise<Listener> {
	const server = createServer(options);
	const listener = { address: `unix://${socketPath}`, close: server.close };
	if (socketPath.startsWith('\\\\')) {
		await listening(server, () => server.http.listen(socketPath));
		return listener;
	}
	fs.mkdirSync(path.dirname(socketPath), { recursive: true, mode: 0o700 });
	const unlock = await lock(`${socketPath}.lock`);
	try {
		if (await isAlive(socketPath)) throw new AddressInUseError(`another server is already listening on ${socketPath}`);
		removeSocket(socketPath);
		const umask = process.umask(0o177);
		try {
			await listening(server, () => server.http.listen(socketPath));
		} finally {
			process.umask(umask);
		}
	} finally {
		unlock();
	}
	return listener;
}

/** A lock older than this belongs to a process that died with it: it is held for some milliseconds only. */
const STALE_LOCK_MS = 5000;

/**
 * Between the look whether somebody listens and the own listening no other server may do the same: the one would remove the socket
 * of the other, and both would run. Resolves with what frees the lock.
 */
async function lock(file: string): Promise<() => void> {
	for (;;) {
		try {
			fs.closeSync(fs.openSync(file, 'wx', 0o600));
			return () => fs.rmSync(file, { force: true });
		} catch (error) {
			if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
		}
		const since = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
		if (since !== undefined && Math.abs(Date.now() - since) > STALE_LOCK_MS) fs.rmSync(file, { force: true });
		else await delay(20);
	}
}

/** Removes a socket that nobody listens on. Throws when something else lies there: it is not ours to remove. */
function removeSocket(socketPath: string): void {
	const stats = fs.lstatSync(socketPath, { throwIfNoEntry: false });
	if (stats && !stats.isSocket()) throw new Error(`cannot listen on ${socketPath}: it exists and is no socket`);
	fs.rmSync(socketPath, { force: true });
}

function createServer(options: WebSocketListenerOptions): { http: http.Server; close: () => Promise<void> } {
	const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
	const server = http.createServer((request, response) => {
		const healthy = request.method === 'GET' && (request.url === '/readyz' || request.url === '/healthz');
		response.writeHead(healthy ? 200 : 404, { 'content-length': 0 }).end();
	});
	server.on('upgrade', (request, socket, head) => {
		// Until the upgrade is through nobody else listens; an error of a socket without a listener would end the process.
		socket.on('error', () => socket.destroy());
		void options.refuse(request).then((status) => {
			if (status === null) {
				sockets.handleUpgrade(request, socket, head, (client) => options.accept(webSocketConnection(client)));
				return;
			}
			socket.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
		});
	});
	const close = async () => {
		for (const client of sockets.clients) client.terminate();
		sockets.close();
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	};
	return { http: server, close };
}

function listening(server: { http: http.Server }, start: () => void): Promise<void> {
	return new Promise((resolve, reject) => {
		server.http.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new AddressInUseError(error.message) : error));
		server.http.once('listening', resolve);
		start();
	});
}

/** Whether somebody accepts connections on a socket path. */
function isAlive(socketPath: string): Promise<boolean> {
	return new Promise((resolve) => {
		const probe = net.connect(socketPath);
		probe.once('connect', () => {
			probe.destroy();
			resolve(true);
		});
		probe.once('error', () => resolve(false));
	});
}
