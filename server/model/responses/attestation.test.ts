import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import {
	chatgptSignIn,
	client,
	closeAll,
	completed,
	created,
	message,
	nobody,
	read,
	request,
	serve,
	servers,
	status,
	upgraded,
} from '../../../test/support/model/mockProvider.ts';

const HEADER = 'x-oai-attestation';

describe('attestation of requests to ChatGPT (S226)', () => {
	afterEach(closeAll);

	/** Signed in; each value is another one. */
	const signedIn = (url: string, more: { readonly isChatgpt?: boolean; readonly supportsWebsockets?: boolean } = {}) => {
		const asked: string[] = [];
		const of = client(url, { requiresAuth: true, isChatgpt: true, compacts: true, ...more }, {}, null, {
			account: { ...nobody, forRequest: () => Promise.resolve(chatgptSignIn) },
			attest: async (threadId) => `v1.${asked.push(threadId)}`,
		});
		return { of, asked };
	};

	it('goes along with a compaction, with a value of its own', async () => {
		const { url, seen } = await serve(
			(_request, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(created + message('Hi.') + completed),
			status(200, { output: [{ type: 'compaction', encrypted_content: 'sealed' }] }),
		);
		const { of, asked } = signedIn(url);
		await read(of);
		await of.compact(request, new AbortController().signal);
		assert.deepEqual(
			seen.map((each) => [each.url, each.headers[HEADER]]),
			[
				['/v1/responses', 'v1.1'],
				['/v1/responses/compact', 'v1.2'],
			],
		);
		assert.deepEqual(asked, ['thread-1', 'thread-1']);
	});

	it('goes along with the handshake of a websocket, once for all that it carries', async () => {
		const handshakes: http.IncomingHttpHeaders[] = [];
		const server = http.createServer();
		servers.push(server);
		const sockets = new WebSocketServer({ noServer: true });
		server.on('upgrade', (incoming, socket, head) => {
			handshakes.push(incoming.headers);
			upgraded.push(socket);
			sockets.handleUpgrade(incoming, socket, head, (open) => {
				open.on('message', () => {
					for (const text of [created, message('Hi.'), completed]) open.send(text.slice(text.indexOf('data: ') + 'data: '.length).trim());
				});
			});
		});
		await new Promise<void>((resolve) => {
			server.listen(0, '127.0.0.1', resolve);
		});
		const { of, asked } = signedIn(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { supportsWebsockets: true });
		await read(of);
		await read(of);
		assert.deepEqual(
			handshakes.map((headers) => headers[HEADER]),
			['v1.1'],
		);
		assert.equal(asked.length, 1);
		of.dispose();
	});

	it('is asked of nobody for another host', async () => {
		const { url, seen } = await serve((_request, response) =>
			response.writeHead(200, { 'content-type': 'text/event-stream' }).end(created + message('Hi.') + completed),
		);
		const { of, asked } = signedIn(url, { isChatgpt: false });
		await read(of);
		assert.deepEqual([seen.length, seen[0]?.headers[HEADER], asked.length], [1, undefined, 0]);
	});
});
