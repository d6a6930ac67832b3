import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { WebSocketServer } from 'ws';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

/** Has not the form of any key: only who knows it can hide it. */
const KEY = 'plain-Quiet+Horse-0123456789';

const data = (event: object) => `data: ${JSON.stringify(event)}\n\n`;
const failed = { type: 'response.failed', response: { error: { code: 'odd', message: `your key ${KEY} is odd` } } };
const incomplete = { type: 'response.incomplete', response: { incomplete_details: { reason: `key ${KEY}` } } };
const refused = { error: { message: `wrong key ${KEY}`, code: 'invalid_api_key' } };

type Answer = { readonly status: number; readonly body: string; readonly type: string };
const stream = (body: string): Answer => ({ status: 200, body, type: 'text/event-stream' });
const answer = (status: number, body: string, type = 'application/json'): Answer => ({ status, body, type });

/** Every way in which a provider can say the key back. */
const overHttp: readonly Answer[] = [
	answer(401, JSON.stringify(refused)),
	answer(400, `no JSON, but ${KEY}`, 'text/plain'),
	answer(500, JSON.stringify({ detail: KEY })),
	answer(429, JSON.stringify(refused)),
	answer(200, JSON.stringify(refused)),
	stream(data(failed)),
	stream(data(incomplete)),
	stream(data({ type: 'error', code: 'x', message: KEY })),
	stream(`event: ${KEY}\ndata: {\n\n`),
	stream(data({ type: 'response.output_item.done', item: { type: 'function_call', name: KEY } })),
];
const overChat: readonly Answer[] = [...overHttp.slice(0, 5), stream(data({ error: { message: KEY } })), stream(`data: ${KEY}\n\n`)];
const overOthers: readonly Answer[] = [
	...overHttp.slice(0, 5),
	stream(data({ type: 'error', error: { type: 'overloaded', message: KEY } })),
	stream(data({ error: { code: 400, status: 'X', message: KEY, details: [{ reason: KEY }] } })),
	stream(`data: ${KEY}\n\n`),
];
/** What is sent on a socket; a text closes it with that as its reason. */
const overSocket: readonly (object | string)[] = [
	failed,
	incomplete,
	{ type: 'error', status: 400, error: refused.error },
	{ type: 'error', status: 500, error: refused.error, headers: { 'retry-after-ms': '1' } },
	`bye ${KEY}`,
];

describe('a key that the provider says back', () => {
	let fixture: ServerFixture;
	let provider: http.Server;
	afterEach(async () => {
		await fixture.dispose();
		provider.closeAllConnections();
		provider.close();
	});

	const serve = async (answers: readonly Answer[], messages: readonly (object | string)[]) => {
		const [left, sends] = [[...answers], [...messages]];
		provider = http.createServer((incoming, response) => {
			incoming.resume();
			const { status, body, type } = left.shift() ?? answer(500, KEY);
			response.writeHead(status, { 'content-type': type }).end(body);
		});
		const sockets = new WebSocketServer({ server: provider });
		sockets.on('connection', (socket) =>
			socket.on('message', () => {
				const message = sends.shift() ?? KEY;
				if (typeof message === 'string') socket.close(1008, message);
				else socket.send(JSON.stringify(message));
			}),
		);
		provider.listen(0, '127.0.0.1');
		await once(provider, 'listening');
		return { url: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`, unsaid: () => left.length + sends.length };
	};

	for (const [name, setting, answers, messages] of [
		['over HTTP', 'wire_api = "responses"', overHttp, []],
		['over Chat Completions', 'wire_api = "chat"', overChat, []],
		['over the Messages API', 'wire_api = "anthropic"', overOthers, []],
		['over the Gemini API', 'wire_api = "gemini"', overOthers, []],
		['over a websocket', 'supports_websockets = true', [], overSocket],
	] as const)
		it(`reaches nobody: ${name}`, async () => {
			fixture = await serverFixture([]);
			const { url, unsaid } = await serve(answers, messages);
			await fixture.home.config(
				`model = "gpt-5.4"\nmodel_provider = "p"\n[model_providers.p]\nname = "P"\nbase_url = "${url}"\nenv_key = "P_KEY"\nrequest_max_retries = 0\nstream_max_retries = 0\n${setting}\n`,
			);
			const server = fixture.start({ env: { P_KEY: KEY, RUST_LOG: 'trace' } });
			await server.initialize();
			const id = await server.startThread(fixture.home);
			for (const each of [...answers, ...messages]) {
				const turn = await server.runTurn(id, 'go');
				assert.equal(turn.status, 'failed', JSON.stringify(each));
			}
			assert.equal(unsaid(), 0);
			await server.close();
			const files = await fs.readdir(fixture.home.codexHome, { recursive: true, withFileTypes: true });
			const texts = await Promise.all(
				files.filter((file) => file.isFile()).map((file) => fs.readFile(path.join(file.parentPath, file.name), 'latin1')),
			);
			assert.ok(texts.some((text) => text.includes('[redacted]')));
			const places = { wire: JSON.stringify(server.received), log: server.stderr, files: texts.join('\n') };
			for (const [place, text] of Object.entries(places)) {
				const at = text.indexOf(KEY);
				assert.equal(at, -1, `the key is in the ${place}: ${text.slice(Math.max(0, at - 200), at + 100)}`);
			}
		});
});
