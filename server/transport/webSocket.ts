import fs from 'node:fs';
import type http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { RawData, WebSocket } from 'ws';
import { CONGESTED_BYTES, LARGE_MESSAGE_BYTES, MAX_BACKLOG_BYTES, MAX_MESSAGE_BYTES, MAX_UNREAD_NEWS_BYTES, tooSlow } from './backlog.ts';
import type { Connection, ConnectionHandler, Listener } from './connection.ts';
import { parseMessage } from './parseMessage.ts';
import { isPipe, type PipeSecret, proveOnPipe } from './provenPipe.ts';
import { SilentPipeError, UnprovenPipeError } from '../protocol/wire/pipeProof.ts';

/** One JSON-RPC message per text frame. `raw` is the stream below the socket. */
function webSocketConnection(socket: WebSocket, raw: Duplex): Connection {
	let handler: ConnectionHandler | null = null;
	let closed = false;
	let corked = false;
	/** Bytes of large messages that are not read yet. */
	let large = 0;
	const close = (reason: string | null) => {
		if (closed) return;
		closed = true;
		handler?.closed(reason);
	};
	const backlog = () => socket.bufferedAmount;
	const left = () => new Promise<void>((resolve) => (closed || raw.destroyed ? resolve() : raw.write('', () => resolve())));
	return {
		transport: 'websocket',
		listen(given) {
			handler = given;
			socket.on('message', (data, isBinary) => {
				if (isBinary) return given.malformed({ reason: 'a binary frame; messages are text frames', id: null });
				const bytes = frameBytes(data);
				const parsed = parseMessage(bytes, 'a frame');
				if ('malformed' in parsed) given.malformed(parsed.malformed);
				else given.message(parsed.value, bytes.length);
			});
			socket.on('close', () => close(null));
			// A frame that is too long or against the rules: the socket closes itself with a status that says so.
			socket.on('error', (error) => close('code' in error && String(error.code).startsWith('WS_ERR') ? error.message : null));
		},
		send(text) {
			if (closed) return;
			const waiting = backlog();
			if (waiting - large > MAX_UNREAD_NEWS_BYTES || waiting > MAX_BACKLOG_BYTES) {
				socket.terminate();
				close(tooSlow(waiting));
				return;
			}
			if (!corked) {
				// All that is sent in one turn of the event loop leaves in one system call.
				corked = true;
				raw.cork();
				setImmediate(() => {
					corked = false;
					raw.uncork();
				});
			}
			if (text.length < LARGE_MESSAGE_BYTES) {
				socket.send(text);
				return;
			}
			const before = backlog();
			socket.send(text, () => {
				large -= size;
			});
			const size = backlog() - before;
			large += size;
		},
		get congested() {
			return backlog() > CONGESTED_BYTES;
		},
		full: false,
		relieved: left,
		drained: left,
		close(reason) {
			socket.close(1000, reason.slice(0, 120));
			close(reason);
		},
	};
}

/** The bytes of a frame, in whichever way they came. */
export function frameBytes(data: RawData): Buffer {
	if (Array.isArray(data)) return Buffer.concat(data);
	return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

export interface WebSocketListenerOptions {
	/** Clients have to prove with it that they are this user's, as this server does: for named pipes. */
	readonly secret?: Buffer;
	/** Gets every connection that passed the upgrade. */
	readonly accept: (connection: Connection) => void;
	/** Null lets the upgrade pass; else the HTTP status that it is refused with. Never rejects. */
	readonly refuse: (request: http.IncomingMessage) => Promise<number | null>;
	/** What goes wrong with the listener while it listens. */
	readonly onError: (error: Error) => void;
}

/** Another live server already listens on the socket path. */
export class AddressInUseError extends Error {}

export async function listenOnTcp(address: { host: string; port: number }, options: WebSocketListenerOptions): Promise<Listener> {
	const server = await createServer(options);
	await listening(server, () => server.net.listen(address.port, address.host));
	const bound = server.net.address() as net.AddressInfo;
	const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
	return { address: `ws://${host}:${bound.port}`, close: server.close };
}

/**
 * Listens on a unix socket (on Windows a named pipe) that only this user may open. A socket file that nobody listens on is replaced.
 * Throws `AddressInUseError` when somebody does.
 */
export async function listenOnUnix(socketPath: string, options: WebSocketListenerOptions): Promise<Listener> {
	const { secret } = options;
	const server = await createServer(options, secret === undefined ? null : { pipe: socketPath, secret });
	const listener = { address: `unix://${socketPath}`, close: server.close };
	if (isPipe(socketPath)) {
		await listening(server, () => server.net.listen(socketPath));
		return listener;
	}
	fs.mkdirSync(path.dirname(socketPath), { recursive: true, mode: 0o700 });
	const unlock = await lock(`${socketPath}.lock`);
	try {
		if (await isAlive(socketPath)) throw new AddressInUseError(`another server is already listening on ${socketPath}`);
		removeSocket(socketPath);
		const umask = process.umask(0o177);
		try {
			await listening(server, () => server.net.listen(socketPath));
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

interface Server {
	/** What listens. */
	readonly net: net.Server;
	readonly onError: (error: Error) => void;
	readonly close: () => Promise<void>;
}

/** Loads what only servers on a socket need. */
async function createServer(options: WebSocketListenerOptions, identity: PipeSecret | null = null): Promise<Server> {
	const { createServer: createHttpServer, STATUS_CODES } = process.getBuiltinModule('node:http');
	const { WebSocketServer } = await import('ws');
	const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
	const server = createHttpServer((request, response) => {
		// No page of a browser may even ask (S011).
		if (request.headers.origin !== undefined) {
			response.writeHead(403, { 'content-length': 0 }).end();
			return;
		}
		const healthy = request.method === 'GET' && (request.url === '/readyz' || request.url === '/healthz');
		response.writeHead(healthy ? 200 : 404, { 'content-length': 0 }).end();
	});
	server.on('upgrade', (request, socket, head) => {
		// Until the upgrade is through nobody else listens; an error of a socket without a listener would end the process.
		socket.on('error', () => socket.destroy());
		const answer = (status: number | null) => {
			if (status === null) {
				sockets.handleUpgrade(request, socket, head, (client) => options.accept(webSocketConnection(client, socket)));
				return;
			}
			socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
		};
		options
			.refuse(request)
			.then(answer)
			.catch((error: unknown) => {
				socket.destroy();
				options.onError(error instanceof Error ? error : new Error(String(error)));
			});
	});
	const unproven = new Set<net.Socket>();
	const listener = identity === null ? server : net.createServer((socket) => void admit(socket, identity));
	const admit = async (socket: net.Socket, known: PipeSecret) => {
		unproven.add(socket);
		socket.on('error', () => socket.destroy());
		try {
			await proveOnPipe(socket, 'server', known);
			server.emit('connection', socket);
		} catch (error) {
			// Nothing was told to it, and nothing of it was heard.
			if (!(error instanceof UnprovenPipeError || error instanceof SilentPipeError))
				options.onError(error instanceof Error ? error : new Error(String(error)));
		} finally {
			unproven.delete(socket);
		}
	};
	const close = async () => {
		for (const client of sockets.clients) client.terminate();
		for (const socket of unproven) socket.destroy();
		sockets.close();
		server.closeAllConnections();
		await new Promise((resolve) => listener.close(resolve));
	};
	return { net: listener, onError: (error) => options.onError(error), close };
}

/** Resolves when the server listens. What goes wrong later, such as too many open files, is reported: one client is not served, the others are. */
function listening(server: Server, start: () => void): Promise<void> {
	return new Promise((resolve, reject) => {
		const failed = (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new AddressInUseError(error.message) : error);
		server.net.once('error', failed);
		server.net.once('listening', () => {
			server.net.off('error', failed).on('error', server.onError);
			resolve();
		});
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
