import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type WebSocket from 'ws';
import { WebSocketServer } from 'ws';
import { Connection, RpcError, ServerGoneError } from './connection.ts';
import type { RequestHandler } from './connection.ts';
import { NewlineReader, NewlineWriter } from './stdioTransport.ts';
import { connectWebSocket } from './webSocketTransport.ts';
import { patient } from '../../test/support/deadline.ts';

const refuse: RequestHandler = async (request) => {
	throw new RpcError(-32601, `no ${request.method}`, null);
};

function stdioPair(onRequest: RequestHandler = refuse) {
	const toClient = new PassThrough();
	const fromClient = new PassThrough();
	const warnings: string[] = [];
	const transport = { reader: new NewlineReader(toClient), writer: new NewlineWriter(fromClient), close: () => fromClient.end() };
	const connection = new Connection(transport, { onRequest, log: { warn: (message) => warnings.push(message) } });
	const nextLine = async (): Promise<unknown> => {
		const [chunk] = await once(fromClient, 'data');
		return JSON.parse(String(chunk));
	};
	return { toClient, connection, warnings, nextLine };
}

describe('connection over lines', () => {
	it('sends requests without the member jsonrpc and takes the answer', async () => {
		const { toClient, connection, nextLine } = stdioPair();
		const sent = nextLine();
		const answer = connection.request('thread/list', { limit: 1 });
		assert.deepEqual(await sent, { id: 0, method: 'thread/list', params: { limit: 1 } });
		toClient.write('{"id":0,"result":{"data":[]}}\n');
		assert.deepEqual(await answer, { data: [] });
		connection.dispose();
	});

	it('sends requests of methods that take nothing without the member params', async () => {
		const { toClient, connection, nextLine } = stdioPair();
		const sent = nextLine();
		const answer = connection.request('configRequirements/read', undefined);
		assert.deepEqual(await sent, { id: 0, method: 'configRequirements/read' });
		toClient.write('{"id":0,"result":{}}\n');
		assert.deepEqual(await answer, {});
		connection.dispose();
	});

	it('gives the error of the server as a value with its code', async () => {
		const { toClient, connection, nextLine } = stdioPair();
		const sent = nextLine();
		const answer = connection.request('turn/steer', {});
		await sent;
		toClient.write('{"id":0,"error":{"code":-32600,"message":"no active turn"}}\n');
		await assert.rejects(answer, (error: unknown) => error instanceof RpcError && error.code === -32600 && error.message === 'no active turn');
		connection.dispose();
	});

	it('survives half lines, CRLF, broken lines and separators inside a text', async () => {
		const { toClient, connection, warnings } = stdioPair();
		const seen: unknown[] = [];
		const three = new Promise<void>((resolve) => {
			connection.onNotification((notification) => {
				seen.push(notification);
				if (seen.length === 3) resolve();
			});
		});
		const bytes = Buffer.from('{"method":"a","params":{"t":"x\u2028ü"}}\r\nnot json\n[]\n\n{"method":"b","params":{}}\n{"method":"c"');
		for (const byte of bytes) toClient.write(Buffer.from([byte]));
		toClient.write(',"params":{}}\n');
		await three;
		assert.deepEqual(seen, [
			{ method: 'a', params: { t: 'x\u2028ü' } },
			{ method: 'b', params: {} },
			{ method: 'c', params: {} },
		]);
		assert.equal(warnings.length, 2);
		connection.dispose();
	});

	it('hands a request of the server to its handler with the id, and answers', async () => {
		const { toClient, connection, nextLine } = stdioPair(async (request) => ({ heard: request }));
		const sent = nextLine();
		toClient.write('{"id":"q7","method":"item/fileChange/requestApproval","params":{"itemId":"i"}}\n');
		assert.deepEqual(await sent, { id: 'q7', result: { heard: { id: 'q7', method: 'item/fileChange/requestApproval', params: { itemId: 'i' } } } });
		connection.dispose();
	});

	it('rejects everything that waits when the server ends', async () => {
		const { toClient, connection } = stdioPair();
		const answers = [connection.request('a', {}), connection.request('b', {})];
		const closed = new Promise<void>((resolve) => connection.onClose(resolve));
		toClient.end();
		for (const answer of answers) await assert.rejects(answer, ServerGoneError);
		await closed;
		await assert.rejects(connection.request('c', {}), ServerGoneError);
	});
});

describe('connection over a unix socket', () => {
	it('speaks one message a frame and tells when the server goes', async () => {
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-ws-'));
		const socketPath = path.join(folder, 'a b #ü\u0301:1', 's.sock');
		fs.mkdirSync(path.dirname(socketPath));
		const httpServer = http.createServer();
		const server = new WebSocketServer({ server: httpServer });
		server.on('connection', (peer: WebSocket) => {
			peer.on('message', (data) => {
				const message = JSON.parse(data.toString('utf8'));
				if (message.method === 'die') peer.terminate();
				else peer.send(JSON.stringify({ id: message.id, result: message }));
			});
		});
		await new Promise<void>((resolve) => httpServer.listen(socketPath, resolve));
		try {
			const connection = new Connection(await connectWebSocket({ socket: socketPath, secret: null }, AbortSignal.timeout(patient(30_000))), {
				onRequest: refuse,
				log: { warn: () => {} },
			});
			assert.deepEqual(await connection.request('initialize', { a: 1 }), { id: 0, method: 'initialize', params: { a: 1 } });
			await assert.rejects(connection.request('die', {}), ServerGoneError);
		} finally {
			server.close();
			httpServer.close();
			fs.rmSync(folder, { recursive: true });
		}
	});

	it('says that nothing listens', async () => {
		await assert.rejects(connectWebSocket({ socket: '/nonexistent/tiller.sock', secret: null }, AbortSignal.timeout(patient(30_000))));
	});
});
