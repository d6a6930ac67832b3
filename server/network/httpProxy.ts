import http from 'node:http';
import type { Socket } from 'node:net';
import { authority, type Destination } from './connection.ts';
import { readHost } from '../config/values/hostName.ts';
import { refusalAnswer } from './refusalTexts.ts';
import { joinSockets, type Opening } from './tunnel.ts';

/** Makes a connection where it is allowed. Never rejects. `method`: null for a tunnel. */
export type Open = (destination: Destination, wanted: { readonly method: string | null; readonly client: Socket }) => Promise<Opening>;

/** For one connection only, whatever they say of it (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
	'connection',
	'keep-alive',
	'proxy-connection',
	'proxy-authenticate',
	'proxy-authorization',
	'te',
	'trailer',
	'transfer-encoding',
	'upgrade',
];

/** An http proxy: tunnels, and requests for `http:` addresses. It listens nowhere; connections are handed to it with the event `connection`. */
export function createHttpProxy(open: Open): http.Server {
	const server = http.createServer((request, response) => {
		forward(open, request, response).catch((error: unknown) => {
			if (response.headersSent) response.destroy();
			else response.writeHead(502, { Connection: 'close' }).end(`${error instanceof Error ? error.message : String(error)}\n`);
		});
	});
	// A long upload is no attack: whoever sends it is a command of ours.
	server.requestTimeout = 0;
	server.on('connect', (request, stream, head) => {
		const client = stream as Socket;
		client.on('error', () => client.destroy());
		tunnel(open, request, { client, head }).catch(() => client.destroy());
	});
	server.on('clientError', (_error, stream) => {
		if (stream.writable) stream.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
	});
	return server;
}

async function tunnel(open: Open, request: http.IncomingMessage, { client, head }: { client: Socket; head: Buffer }): Promise<void> {
	const [, name = '', port = ''] = /^(.*):(\d{1,5})$/.exec(request.url ?? '') ?? [];
	const host = readHost(name);
	if (host === null || !isPort(Number(port))) {
		client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
		return;
	}
	const destination: Destination = { host, port: Number(port), protocol: 'https' };
	if (head.length > 0) client.unshift(head);
	const opened = await open(destination, { method: null, client });
	switch (opened.type) {
		case 'open':
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			joinSockets(client, opened.socket);
			return;
		case 'refused': {
			const { headers, body } = refusalAnswer(destination, opened.refusal);
			const lines = Object.entries(headers).map(([key, value]) => `${key}: ${value}\r\n`);
			client.end(`HTTP/1.1 403 Forbidden\r\n${lines.join('')}\r\n${body}`);
			return;
		}
		case 'failed':
			client.end(`HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(opened.message)}\r\n\r\n${opened.message}`);
	}
}

async function forward(open: Open, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
	const url = URL.parse(request.url ?? '');
	const host = url === null ? null : readHost(url.hostname);
	if (url === null || host === null || url.protocol !== 'http:') {
		response.writeHead(400, { Connection: 'close' }).end('this is a proxy: it takes CONNECT, and requests with a whole http:// address\n');
		return;
	}
	const destination: Destination = { host, port: Number(url.port || 80), protocol: 'http' };
	const opened = await open(destination, { method: request.method ?? 'GET', client: request.socket });
	if (opened.type === 'refused') {
		const { headers, body } = refusalAnswer(destination, opened.refusal);
		response.writeHead(403, headers).end(body);
		return;
	}
	if (opened.type === 'failed') {
		response.writeHead(502, { Connection: 'close' }).end(`${opened.message}\n`);
		return;
	}
	await pass(request, response, {
		socket: opened.socket,
		path: `${url.pathname}${url.search}`,
		host: url.port === '' ? url.host : authority(destination),
	});
}

function pass(
	request: http.IncomingMessage,
	response: http.ServerResponse,
	{ socket, path, host }: { readonly socket: Socket; readonly path: string; readonly host: string },
): Promise<void> {
	return new Promise((resolve, reject) => {
		const outgoing = http.request({
			method: request.method ?? 'GET',
			path,
			// Whatever the program says: the host that was looked at is the one that is meant.
			headers: { ...endToEnd(request.headers), host, connection: 'close' },
			setHost: false,
			// Without an agent, which would make a connection of its own.
			createConnection: () => socket,
		});
		// It stands still where something was read from it before.
		outgoing.on('socket', () => socket.resume());
		outgoing.on('response', (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.headers));
			answer.on('error', () => response.destroy());
			answer.on('aborted', () => response.destroy());
			answer.pipe(response);
		});
		outgoing.on('error', reject);
		response.on('close', () => {
			outgoing.destroy();
			socket.destroy();
			resolve();
		});
		request.on('error', () => outgoing.destroy());
		request.pipe(outgoing);
	});
}

function endToEnd(headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
	const named = String(headers.connection ?? '')
		.toLowerCase()
		.split(/\s*,\s*/);
	return Object.fromEntries(Object.entries(headers).filter(([key]) => !HOP_BY_HOP.includes(key) && !named.includes(key)));
}

const isPort = (port: number) => Number.isInteger(port) && port > 0 && port < 65_536;
